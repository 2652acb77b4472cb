"""The page at `/`: how each connection stands.

Only the demo shows it to everybody; elsewhere it says that the product runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import OuterRef, Q, Subquery
from django.shortcuts import render
from django.views.decorators.http import require_safe

from connections.models import TenantConnection
from directory.models import Agent, EndUser
from imports.models import Run

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.http import HttpRequest, HttpResponse


@require_safe
@login_not_required
def status(request: HttpRequest) -> HttpResponse:
    """Show the connections with their last runs, and how many people there are."""
    context: dict[str, Any] = {"is_demo": settings.DEMO}
    if settings.DEMO:
        context |= {
            "connections": _connections(),
            "users": EndUser.objects.count(),
            "agents": Agent.objects.count(),
            "runs": Run.objects.select_related("connection")[:20],
        }
    return render(request, "halo_entra/status.html", context)


def _connections() -> Sequence[Mapping[str, Any]]:
    latest = Run.objects.filter(connection=OuterRef("pk")).filter(~Q(finished_at=None))
    rows = TenantConnection.objects.annotate(
        last_status=Subquery(latest.values("status")[:1]),
        last_at=Subquery(latest.values("finished_at")[:1]),
    )
    found = rows.values("name", "display_name", "last_status", "last_at")
    return [
        {**row, "last_status": (row["last_status"] or "never").replace("_", " ")}
        for row in found
    ]
