"""The page at `/`: how each connection stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.doors import needs
from common.rights import Permission
from connections.models import TenantConnection
from imports.models import Run

if TYPE_CHECKING:
    from django.http import HttpResponse

    from accounts.doors import AgentRequest


@require_safe
@needs(Permission.VIEW)
def dashboard(request: AgentRequest) -> HttpResponse:
    """Show the connections and the last runs."""
    context = {
        "connections": TenantConnection.objects.all(),
        "runs": Run.objects.select_related("connection")[:10],
    }
    return render(request, "halo_entra/dashboard.html", context)
