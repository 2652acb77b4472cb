"""One site mapping: its form, the search for its group, its criteria."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.doors import needs
from common.rights import Permission
from mappings import checks, describe, labels, tenant
from mappings.forms import criteria
from mappings.forms.criteria import PREFIX, READY, CriteriaForms
from mappings.forms.sites import SiteMappingForm
from mappings.models import SiteMapping
from mappings.rights import visible_mappings
from mappings.saving import Moved, changing
from mappings.views.frame import done, frame, opened, shown
from mappings.views.sites import TAB, complete
from mappings.words import MappingType

if TYPE_CHECKING:
    from django.http import HttpResponse

    from accounts.doors import AgentRequest
    from connections.models import TenantConnection
    from mappings.forms.criteria import CriteriaFormSet

FORM = ("mappings/site_form.html", "mappings/_site_form.html")
EDITS = ("refresh", "find", "add_criterion", "add_ready", "remove_criterion")
"""Buttons that change the form and save nothing."""


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.CONFIGURE)
@opened
def new_mapping(
    request: AgentRequest, connection: TenantConnection, type_: str
) -> HttpResponse:
    """Make a site mapping of a type."""
    try:
        return _form(request, connection, MappingType(type_), None)
    except ValueError:
        raise Http404 from None


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.CONFIGURE)
@opened
def edit_mapping(
    request: AgentRequest, connection: TenantConnection, mapping: int
) -> HttpResponse:
    """Change a site mapping; its type stays."""
    rows = visible_mappings(complete(connection), request.rights)
    row = get_object_or_404(rows, pk=mapping)
    return _form(request, connection, MappingType(row.type), row)


def _form(
    request: AgentRequest,
    connection: TenantConnection,
    type_: MappingType,
    row: SiteMapping | None,
) -> HttpResponse:
    data = criteria.edited(request.POST) if request.method == "POST" else None
    form = SiteMappingForm(
        data, connection=connection, rights=request.rights, type_=type_, mapping=row
    )
    before = criteria.stored(row)
    rows = CriteriaForms(data, prefix=PREFIX, initial=criteria.initial(before))
    if data is not None and any(name in data for name in EDITS):
        form.quiet()
        rows.quiet()
    elif data is not None and form.is_valid() & rows.is_valid() and _save(form, rows):
        text = form.note or "The mapping is saved. A preview shows what it changes."
        return done(request, text, TAB, connection)
    elif data is not None and rows.point_out():
        form.add_error(None, "Look at the criteria: one of them is not right yet.")
    form.find()
    context = frame(connection, TAB) | {
        "form": form,
        "rows": rows,
        "kept_rows": rows.kept() if data is not None else rows.forms,
        "row": row,
        "type": labels.TYPES[type_],
        "ready": [(key, words) for key, (words, _) in READY.items()],
        "saved": describe.described(row) if row is not None else None,
    }
    return shown(request, FORM, context, form)


def _save(form: SiteMappingForm, rows: CriteriaFormSet) -> bool:
    """Save the mapping; False: the form says why not."""
    settled = form.settle(form.gives)
    if settled is None:
        return False
    before = criteria.stored(form.mapping)
    wanted = rows.columns(before)
    selects = bool(settled.group_id or settled.name or wanted)
    if not selects and not _may_be_everybody(form, before):
        return False
    try:
        _write(form, form.columns(settled), before, wanted)
    except Moved:
        form.refuse_moved()
        return False
    return True


def _may_be_everybody(form: SiteMappingForm, before: list[dict[str, Any]]) -> bool:
    """Return whether nobody need be asked (again) if everybody is meant (AM-20)."""
    if form.is_agent:
        form.add_error(None, checks.EVERYBODY_AN_AGENT)
        return False
    was_everybody = form.mapping is not None and not form.held and not before
    if was_everybody or form.cleaned_data["everybody"]:
        return True
    form.ask_for_everybody(tenant.count_people(form.connection))
    return False


def _write(
    form: SiteMappingForm,
    columns: dict[str, Any],
    before: list[dict[str, Any]],
    wanted: list[dict[str, Any]],
) -> None:
    with changing(form.connection, form.seen) as change:
        row = form.mapping or SiteMapping(connection=form.connection)
        change.put(row, columns)
        if wanted == before:
            return
        for old in row.criteria.all():
            change.delete(old)
        for position, one in enumerate(wanted):
            change.put(row.criteria.model(mapping=row, position=position), one)


@require_safe
@needs(Permission.CONFIGURE)
@opened
def find_groups(request: AgentRequest, connection: TenantConnection) -> HttpResponse:
    """Return the groups of the tenant whose name begins as typed, for the picker."""
    found = tenant.search(connection, request.GET.get("group", ""))
    return render(request, "mappings/_groups_found.html", {"found": found})
