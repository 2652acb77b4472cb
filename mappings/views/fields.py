"""The tab Field Mappings: which Azure field goes into which of ours (R073-R082)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.doors import needs
from common.rights import Permission
from mappings import catalogue, labels
from mappings.forms.fields import FieldForm, RowsForm, custom_labels
from mappings.models import FieldMapping, MatchingField
from mappings.saving import Moved, changing
from mappings.views.frame import done, frame, opened, seen, shown
from mappings.words import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpResponse

    from accounts.doors import AgentRequest
    from connections.models import TenantConnection

TAB = "mappings:fields"
FORM = ("mappings/field_form.html", "mappings/_field_form.html")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.CONFIGURE)
@opened
def fields(request: AgentRequest, connection: TenantConnection) -> HttpResponse:
    """Show both lists; on POST save when their rows apply."""
    rows = connection.field_mappings.order_by("kind", "position", "id")
    form = RowsForm(request.POST or None, connection=connection, rows=rows)
    if request.method == "POST" and form.is_valid():
        try:
            with changing(connection, form.seen) as change:
                for row in form.rows:
                    change.put(row, form.columns(row))
        except Moved:
            form.refuse_moved()
        else:
            return done(request, "Field mappings saved.", TAB, connection)
    context = frame(connection, TAB) | {"form": form, "lists": _lists(form)}
    status = 400 if form.errors else 200
    return render(request, "mappings/fields.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.CONFIGURE)
@opened
def edit_field(
    request: AgentRequest,
    connection: TenantConnection,
    kind: str,
    row: int | None = None,
) -> HttpResponse:
    """Add a field mapping to a list, or change one."""
    list_, stored = _kind(kind), None
    if row is not None:
        stored = get_object_or_404(
            FieldMapping, connection=connection, kind=kind, pk=row
        )
    form = FieldForm(
        request.POST or None, connection=connection, kind=list_, row=stored
    )
    if request.method == "POST" and form.is_valid():
        try:
            _save(form, stored)
        except Moved:
            form.refuse_moved()
        else:
            return done(request, "Field mapping saved.", TAB, connection)
    context = frame(connection, TAB) | {
        "form": form,
        "row": stored,
        "kind": labels.KINDS[list_],
        "has_custom_fields": list_ is Kind.USERS,
    }
    return shown(request, FORM, context, form)


def _save(form: FieldForm, stored: FieldMapping | None) -> None:
    with changing(form.connection, form.seen) as change:
        after = max((one.position for one in form.others), default=-1) + 1
        row = stored or FieldMapping(
            connection=form.connection, kind=form.kind, position=after
        )
        change.put(row, form.columns())


@require_POST
@needs(Permission.CONFIGURE)
@opened
def remove_field(
    request: AgentRequest, connection: TenantConnection, row: int
) -> HttpResponse:
    """Take a field mapping away; what it wrote stays in the records."""
    stored = get_object_or_404(FieldMapping, connection=connection, pk=row)
    shown_as = labels.target(stored.target, Kind(stored.kind), custom_labels())
    if _matches(stored):
        messages.error(
            request,
            f"{shown_as} is a matching field of {labels.KINDS[Kind(stored.kind)]}: "
            "take it out there first (Imports).",
        )
        return redirect(TAB, connection.pk)
    try:
        with changing(connection, seen(request)) as change:
            change.delete(stored)
    except Moved as moved:
        messages.error(request, str(moved))
        return redirect(TAB, connection.pk)
    text = f"{shown_as} is no longer mapped. What it holds stays as it is."
    return done(request, text, TAB, connection)


def _matches(row: FieldMapping) -> bool:
    return MatchingField.objects.filter(
        connection=row.connection_id, kind=row.kind, target=row.target
    ).exists()


def _kind(word: str) -> Kind:
    try:
        return Kind(word)
    except ValueError:
        raise Http404 from None


def _lists(form: RowsForm) -> list[Mapping[str, Any]]:
    custom = custom_labels()
    return [
        {
            "kind": kind.value,
            "title": labels.KINDS[kind],
            "rows": [
                {
                    "row": row,
                    "source": catalogue.label(row.source),
                    "target": labels.target(row.target, kind, custom),
                    "is_custom": row.target.startswith(catalogue.CUSTOM),
                    "is_link": row.target == catalogue.MANAGER,
                    "when_empty": form[f"when_empty-{row.pk}"],
                    "apply": form[f"apply-{row.pk}"],
                }
                for row in form.rows
                if row.kind == kind
            ],
        }
        for kind in Kind
    ]
