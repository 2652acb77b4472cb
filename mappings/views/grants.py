"""Rows of the tables Agent Role mappings and Change Advisory Board (CAB) mappings."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts.doors import needs
from common.rights import Permission
from mappings import removal
from mappings.forms.grants import BoardForm, RoleForm
from mappings.rights import ADMINISTRATORS_ONLY
from mappings.saving import Moved, changing
from mappings.views.advanced import TAB
from mappings.views.frame import done, frame, opened, seen, shown

if TYPE_CHECKING:
    from django.http import HttpResponse

    from accounts.doors import AgentRequest
    from connections.models import TenantConnection
    from mappings.forms.grants import Grant, GrantForm

KINDS: dict[str, type[GrantForm]] = {"roles": RoleForm, "boards": BoardForm}
GIVES = {"roles": "agent role", "boards": "seat"}
TITLES = {"roles": "Agent Role mapping", "boards": "CAB mapping"}
FORM = ("mappings/grant_form.html", "mappings/_grant_form.html")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.CONFIGURE)
@opened
def edit_grant(
    request: AgentRequest,
    connection: TenantConnection,
    kind: str,
    row: int | None = None,
) -> HttpResponse:
    """Add or change a row."""
    stored = _row(connection, kind, row) if row is not None else None
    form = _kind(kind)(
        request.POST if request.method == "POST" else None,
        connection=connection,
        rights=request.rights,
        row=stored,
    )
    if "find" in form.data:
        form.quiet()
    elif request.method == "POST" and form.is_valid() and _save(form):
        return done(request, form.note or "The mapping is saved.", TAB, connection)
    form.find()
    context = frame(connection, TAB) | {
        "form": form,
        "target": form[form.column],
        "row": stored,
        "title": TITLES[kind],
    }
    return shown(request, FORM, context, form)


def _save(form: GrantForm) -> bool:
    """Save the row; False: the form says why not."""
    settled = form.settle(form.gives)
    if settled is None or form.refuse_twin(settled):
        return False
    rows = form.model._default_manager.filter(connection=form.connection)
    row = form.row or form.model(connection=form.connection, position=rows.count())
    try:
        with changing(form.connection, form.seen) as change:
            change.put(row, form.columns(settled))
    except Moved:
        form.refuse_moved()
        return False
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.CONFIGURE)
@opened
def remove_grant(
    request: AgentRequest, connection: TenantConnection, kind: str, row: int
) -> HttpResponse:
    """Ask what becomes of what the row gave; on POST remove it (AM-14)."""
    stored = _row(connection, kind, row)
    is_allowed = request.rights.may(Permission.ADMINISTER)
    if request.method == "POST" and is_allowed:
        return _remove(request, connection, kind, stored)
    context = frame(connection, TAB) | {
        "what": str(stored),
        "count": removal.count(stored),
        "gives": GIVES[kind],
        "back": TAB,
        "refusal": "" if is_allowed else ADMINISTRATORS_ONLY,
    }
    status = 403 if request.method == "POST" else 200
    return render(request, "mappings/remove.html", context, status=status)


def _remove(
    request: AgentRequest, connection: TenantConnection, kind: str, row: Grant
) -> HttpResponse:
    key, text = row.pk, f"The mapping {row} is removed."
    try:
        with changing(connection, seen(request)) as change:
            if request.POST.get("given") == "keep":
                removal.keep(row)
            change.delete(row)
    except Moved as moved:
        messages.error(request, str(moved))
        return redirect("mappings:grant-remove", connection.pk, kind, key)
    return done(request, text, TAB, connection)


def _kind(word: str) -> type[GrantForm]:
    if word not in KINDS:
        raise Http404
    return KINDS[word]


def _row(connection: TenantConnection, kind: str, key: int) -> Grant:
    rows = _kind(kind).model._default_manager.filter(connection=connection)
    return cast("Grant", get_object_or_404(rows, pk=key))
