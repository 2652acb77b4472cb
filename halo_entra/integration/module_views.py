"""The module's landing screen, the first set-up, and the page *Halo API*."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Q
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.doors import needs
from common.rights import Permission
from connections.models import TenantConnection
from halo_entra.integration import addresses, set_up_steps
from imports.models import Run
from imports.words import RunKind, Status
from sso.models import SsoConnection

if TYPE_CHECKING:
    from django.http import HttpResponse

    from accounts.doors import AgentRequest


@require_safe
@needs(Permission.CONFIGURE)
def module(request: AgentRequest) -> HttpResponse:
    """Show the SSO connections and the way to the tenants (R040, R041, R061)."""
    context = {
        "sso_connections": SsoConnection.objects.select_related("registration"),
        "tenants": TenantConnection.objects.count(),
        "authorised": TenantConnection.objects.exclude(
            authorised_at=None, first_fetched_at=None
        ).count(),
        "redirect_uris": addresses.redirect_uris(),
    }
    return render(request, "integration/module.html", context)


@require_safe
@needs(Permission.CONFIGURE)
def set_up(request: AgentRequest) -> HttpResponse:
    """Walk through the first set-up in the guide's order, with what is done so far."""
    connection = TenantConnection.objects.order_by("-pk").first()
    runs = Run.objects.filter(connection=connection)
    facts = set_up_steps.Facts(
        connection=connection,
        has_secret=bool(connection and connection.registration.credentials.exists()),
        has_mappings=bool(connection and connection.site_mappings.exists()),
        has_import=bool(connection)
        and runs.filter(
            Q(kind=RunKind.IMPORT)
            & Q(status__in=[Status.SUCCEEDED, Status.NOTHING_CHANGED])
        ).exists(),
    )
    context = {
        "steps": set_up_steps.steps(facts),
        "connection": connection,
        "redirect_uris": addresses.redirect_uris(),
    }
    return render(request, "integration/set_up.html", context)


@require_safe
@needs(Permission.CONFIGURE)
def halo_api(request: AgentRequest) -> HttpResponse:
    """Show the addresses of this installation, to compare with Entra (R032, R033)."""
    context = {
        "agent_url": settings.AGENT_BASE_URL,
        "portal_url": settings.PORTAL_BASE_URL,
        "authorisation_url": addresses.authorisation_url(settings.AGENT_BASE_URL),
        "is_set": bool(settings.AUTH_BASE_URL),
        "redirect_uris": addresses.redirect_uris(),
        "tenants": TenantConnection.objects.all()[:20],
    }
    return render(request, "integration/halo_api.html", context)
