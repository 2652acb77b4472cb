"""The tab Advanced Configuration: the tables and the settings (R110-R121)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from accounts.doors import needs
from common.rights import Permission
from mappings.forms.settings import SECTIONS, LicensingForm
from mappings.saving import Moved, changing
from mappings.views.frame import done, frame, opened

if TYPE_CHECKING:
    from django.http import HttpResponse

    from accounts.doors import AgentRequest
    from connections.models import TenantConnection
    from mappings.forms.settings import SettingsForm

TAB = "mappings:advanced"


@require_safe
@needs(Permission.CONFIGURE)
@opened
def advanced(request: AgentRequest, connection: TenantConnection) -> HttpResponse:
    """Show agent roles, boards, agent licensing and the settings of a connection."""
    return _page(request, connection)


@require_POST
@needs(Permission.CONFIGURE)
@opened
def settings(
    request: AgentRequest, connection: TenantConnection, section: str
) -> HttpResponse:
    """Save one section."""
    kind = SECTIONS.get(section)
    if kind is None:
        raise Http404
    form = kind(
        request.POST, connection=connection, rights=request.rights, prefix=section
    )
    if form.is_valid():
        try:
            _save(form)
        except Moved:
            form.refuse_moved()
        else:
            return done(request, f"{form.title}: saved.", TAB, connection)
    return _page(request, connection, {section: form})


def _save(form: SettingsForm) -> None:
    values = form.values()
    is_new = form.row._state.adding
    is_same = all(getattr(form.row, name) == values[name] for name in values)
    roles = {one.pk for one in form.cleaned_data.get("licensed_roles") or ()}
    with changing(form.connection, form.seen) as change:
        if not (is_new and is_same):
            change.put(form.row, values)
        if not isinstance(form, LicensingForm) or roles == form.held:
            return
        if form.row._state.adding:
            change.put(form.row, values)
        form.licensing.licensed_roles.set(roles)
        change.is_made = True


def _page(
    request: AgentRequest,
    connection: TenantConnection,
    bound: dict[str, SettingsForm] | None = None,
) -> HttpResponse:
    forms = {
        name: (bound or {}).get(name)
        or kind(connection=connection, rights=request.rights, prefix=name)
        for name, kind in SECTIONS.items()
    }
    roles = connection.role_mappings.select_related("role")
    boards = connection.board_mappings.select_related("board")
    context: dict[str, Any] = frame(connection, TAB) | {
        "roles": roles.order_by("group_name", "position"),
        "boards": boards.order_by("group_name", "position"),
        "licensing": forms.pop("licensing"),
        "sections": forms,
        "may_give": request.rights.may(Permission.ADMINISTER),
    }
    return render(
        request, "mappings/advanced.html", context, status=400 if bound else 200
    )
