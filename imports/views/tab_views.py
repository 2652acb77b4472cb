"""The Imports tab of a connection: manual imports, matching, the Integrator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.doors import needs
from common.rights import Permission
from connections.models import TenantConnection
from connections.tabs import LOCKED, is_open, tabs
from imports import integrator_settings, matching_fields
from imports.forms import IntegratorForm, MatchingForm
from imports.models import Run
from imports.words import Status
from mappings.models import LicenceSettings
from mappings.words import Kind

if TYPE_CHECKING:
    from django.http import HttpResponse

    from accounts.doors import AgentRequest

TAB = "imports:imports"
LAST = 5


@require_safe
@needs(Permission.VIEW)
def imports(request: AgentRequest, pk: int) -> HttpResponse:
    """Show the tab; before the connection is authorised it is locked (R065)."""
    connection = found(pk)
    if not is_open(connection):
        messages.warning(request, LOCKED)
        return redirect("connections:details", pk)
    return shown(request, connection)


@require_POST
@needs(Permission.CONFIGURE)
def matching(request: AgentRequest, pk: int) -> HttpResponse:
    """Keep the matching fields of users and agents, each in their order (R127)."""
    connection = found(pk)
    matched = [MatchingForm(connection, kind, request.POST) for kind in Kind]
    # Both are asked first, so that both say what is wrong with them.
    wrong = [form for form in matched if not form.is_valid()]
    if wrong:
        return shown(request, connection, matched=matched)
    changed = [
        matching_fields.save(connection, form.kind, form.targets()) for form in matched
    ]
    if any(changed):
        messages.success(
            request, "The matching fields are saved. Preview before you import."
        )
    else:
        messages.info(request, "Nothing has changed.")
    return redirect(TAB, pk)


@require_POST
@needs(Permission.CONFIGURE)
def integrator(request: AgentRequest, pk: int) -> HttpResponse:
    """Keep the Integrator's settings."""
    connection = found(pk)
    form = IntegratorForm(request.POST)
    if not form.is_valid():
        return shown(request, connection, integrator=form)
    integrator_settings.save(connection, form.settings())
    messages.success(request, "The Integrator's settings are saved.")
    return redirect(TAB, pk)


def found(pk: int) -> TenantConnection:
    """Return a connection; raises Http404."""
    rows = TenantConnection.objects.select_related("registration", "authorised_by")
    return get_object_or_404(rows, pk=pk)


def shown(
    request: AgentRequest,
    connection: TenantConnection,
    *,
    matched: list[MatchingForm] | None = None,
    integrator: IntegratorForm | None = None,
) -> HttpResponse:
    """Render the tab, with a form that came back to be mended."""
    row = integrator_settings.schedule(connection)
    is_wrong = matched is not None or integrator is not None
    context: dict[str, Any] = {
        "connection": connection,
        "tabs": tabs(connection, TAB),
        "matched": matched or [MatchingForm(connection, kind) for kind in Kind],
        "integrator": integrator
        or IntegratorForm(initial=IntegratorForm.initial_of(row)),
        "schedule": row,
        "at_risk": at_risk(connection),
        "has_licences": LicenceSettings.objects.filter(
            connection=connection, organisation__isnull=False
        ).exists(),
        "runs": Run.objects.filter(connection=connection)[:LAST],
        "last_error": Run.objects.filter(
            connection=connection, status__in=[Status.FAILED, Status.CRASHED]
        ).first(),
        "waiting": Run.objects.filter(
            connection=connection, status=Status.WAITING_FOR_APPROVAL
        ).first(),
        "was_previewed": integrator_settings.was_previewed(connection),
        "next_is_full": integrator_settings.next_is_full(connection),
        "next_start": integrator_settings.next_start(row, timezone.now()),
        "can": {
            "preview": request.rights.may(Permission.PREVIEW),
            "import": request.rights.may(Permission.IMPORT),
            "configure": request.rights.may(Permission.CONFIGURE),
        },
    }
    status = 400 if is_wrong else 200
    return render(request, "imports/tab.html", context, status=status)


def at_risk(connection: TenantConnection) -> list[tuple[str, int]]:
    """Return per kind how many records an import might double (R125)."""
    found = [(kind.value, matching_fields.at_risk(connection, kind)) for kind in Kind]
    return [(kind, number) for kind, number in found if number]
