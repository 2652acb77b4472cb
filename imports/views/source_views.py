"""What imports know of one record: the source of its values, and linking by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.doors import needs, require
from common.errors import InvalidInput
from common.pages import page_or_fragment
from common.rights import Permission
from directory.rights import visible
from imports import linking, sources, telling
from imports.engine import wording
from imports.engine.types import Action, Reason
from imports.linking_forms import LinkForm, UnlinkForm
from imports.records import MODELS
from imports.views.whole import see_whole
from mappings.words import Kind

if TYPE_CHECKING:
    from django.http import HttpResponse

    from accounts.doors import AgentRequest
    from directory.models import Agent, EndUser
    from imports.models import RunItem

PAGES = {Kind.USERS: "directory:user", Kind.AGENTS: "directory:agent"}
WORDS = {Kind.USERS: "user", Kind.AGENTS: "agent"}


@require_safe
@needs(Permission.VIEW)
def source(request: AgentRequest, kind: Kind, pk: int) -> HttpResponse:
    """Show where each value of a record comes from; a part of the record's page."""
    record = _record(request, kind, pk)
    items = sources.rows(record)
    context = {
        **_about(record, kind),
        "origins": sources.origins(record, items),
        "runs": [_row(one) for one in items[: sources.SHOWN]],
        "connection": linking.connection_of(record),
        "may_import": request.rights.may(Permission.IMPORT),
        "may_link": _may_link(request, kind),
    }
    return page_or_fragment(
        request, "imports/source.html", "imports/_source.html", context
    )


def _may_link(request: AgentRequest, kind: Kind) -> bool:
    return request.rights.sees_everything and request.rights.may(_needed(kind))


def _needed(kind: Kind) -> Permission:
    """Return what linking needs: whoever is an agent's person signs in as the agent."""
    return Permission.IMPORT if kind is Kind.USERS else Permission.ADMINISTER


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.VIEW, Permission.IMPORT)
def link(request: AgentRequest, kind: Kind, pk: int) -> HttpResponse:
    """Ask whose record this is, and link it."""
    record = _linkable(request, kind, pk)
    form = LinkForm(request.POST if request.method == "POST" else None)
    form.initial["revision"] = record.revision
    if request.method == "POST" and form.is_valid():
        record.revision = form.cleaned_data["revision"]
        try:
            linking.link(record, form.person, by=request.user)
        except InvalidInput as exc:
            form.add_error(None, str(exc))
        else:
            messages.success(
                request,
                f"Linked to {form.person}. Its values follow with the next import.",
            )
            return redirect(PAGES[kind], pk)
    context = {**_about(record, kind), "form": form}
    status = 400 if form.errors else 200
    return render(request, "imports/link.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.VIEW, Permission.IMPORT)
def unlink(request: AgentRequest, kind: Kind, pk: int) -> HttpResponse:
    """Tell what unlinking means, and do it."""
    record = _linkable(request, kind, pk)
    form = UnlinkForm(request.POST if request.method == "POST" else None)
    form.initial["revision"] = record.revision
    if request.method == "POST" and form.is_valid():
        record.revision = form.cleaned_data["revision"]
        try:
            linking.unlink(record, then=form.verdict(), by=request.user)
        except InvalidInput as exc:
            form.add_error(None, str(exc))
        else:
            messages.success(request, f"{record} is linked to nobody in Entra now.")
            return redirect(PAGES[kind], pk)
    context = {**_about(record, kind), "form": form}
    status = 400 if form.errors else 200
    return render(request, "imports/unlink.html", context, status=status)


def _record(request: AgentRequest, kind: Kind, pk: int) -> EndUser | Agent:
    rows: Any = MODELS[kind]._default_manager.select_related("source", "account")
    if kind is Kind.AGENTS:
        rows = rows.select_related("default_team")
    else:
        rows = rows.select_related("manager", "site__organisation", "user_role")
    record: EndUser | Agent = get_object_or_404(visible(rows, request.rights), pk=pk)
    return record


def _linkable(request: AgentRequest, kind: Kind, pk: int) -> EndUser | Agent:
    require(request.rights, _needed(kind))
    see_whole(request)
    return _record(request, kind, pk)


def _about(record: EndUser | Agent, kind: Kind) -> dict[str, Any]:
    word = WORDS[kind]
    return {
        "record": record,
        "kind": word,
        "page": PAGES[kind],
        "link_page": f"imports:{word}-link",
        "unlink_page": f"imports:{word}-unlink",
    }


def _row(item: RunItem) -> dict[str, Any]:
    return {
        "item": item,
        "action": wording.ACTIONS[Action(item.action)].capitalize(),
        "reason": wording.REASONS[Reason(item.reason)] if item.reason else "",
        "changes": telling.changes(item.changes),
    }
