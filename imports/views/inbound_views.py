"""*Inbound Requests*: a connection's tab, the same list for all, and one entry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from accounts.doors import needs
from common import paging
from common.pages import page_or_fragment
from common.paging import Column
from common.rights import Permission
from connections.models import TenantConnection
from connections.tabs import LOCKED, is_open, tabs
from imports import inbound, purge, showing, telling
from imports.engine import explain, wording
from imports.engine.types import Action, Reason
from imports.inbound import RESULTS, TONES, Asked
from imports.models import RunItem
from imports.row_filter import visible_items
from imports.views.review_views import KINDS
from imports.views.runs_view import SHOWN
from imports.views.tab_views import found
from imports.words import Stage
from mappings.words import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpResponse

    from accounts.doors import AgentRequest

TAB = "imports:inbound"
LONGEST = 100
COLUMNS = (
    Column("when", "Time", order="run_id"),
    Column("connection", "Connection"),
    Column("person", "User"),
    Column("mapping", "Mapping applied", is_number=True),
    Column("result", "Result"),
    Column("changed", "Changed fields"),
)


@require_safe
@needs(Permission.VIEW)
def of_connection(request: AgentRequest, pk: int) -> HttpResponse:
    """List what Microsoft reported to one connection: its tab (R149d)."""
    connection = found(pk)
    if not is_open(connection):
        messages.warning(request, LOCKED)
        return redirect("connections:details", pk)
    context = _listed(request, connection.pk)
    context |= {"connection": connection, "tabs": tabs(connection, TAB)}
    return page_or_fragment(
        request, "imports/inbound_tab.html", "imports/_inbound.html", context
    )


@require_safe
@needs(Permission.VIEW)
def of_all(request: AgentRequest) -> HttpResponse:
    """List what Microsoft reported to all connections, or to the one asked for."""
    wanted = request.GET.get("connection", "")
    context = _listed(request, int(wanted) if wanted.isdecimal() else None)
    context["connections"] = TenantConnection.objects.only("name")[:SHOWN]
    return page_or_fragment(
        request, "imports/inbound.html", "imports/_inbound.html", context
    )


@require_safe
@needs(Permission.VIEW)
def entry(request: AgentRequest, pk: int) -> HttpResponse:
    """Show one entry: what was sent, what was tested, and what came of it (R149e)."""
    rows = RunItem.objects.select_related("run__connection__registration")
    item = get_object_or_404(visible_items(rows, request.rights), pk=pk)
    if item.sent is None:
        raise Http404
    others = inbound.beside([item]).get((item.run_id, item.object_id), [])
    told = explain.from_trace(item.trace) if item.trace else {"mappings": []}
    context = {
        "item": item,
        "connection": item.run.connection,
        "sent": telling.sent(item.sent),
        "tested": telling.mappings(told["mappings"], showing.mapping_names(item.run)),
        "rows": [_row(one) for one in (item, *others)],
        "may_import": request.rights.may(Permission.IMPORT),
        "kept_days": purge.SENT_DAYS,
    }
    return render(request, "imports/inbound_entry.html", context)


def _listed(request: AgentRequest, connection_id: int | None) -> dict[str, Any]:
    asked = Asked(
        connection_id,
        request.GET.get("result", ""),
        request.GET.get("query", "").strip().replace("\0", "")[:LONGEST],
    )
    rows = inbound.entries(asked, request.rights).defer("trace", "sent", "evidence")
    listing = paging.listing(rows, COLUMNS, request.GET, sort="-when")
    return {
        "listing": listing,
        "rows": _rows(listing.page.rows),
        "results": [(key, label) for key, (label, _) in RESULTS.items()],
        "asked": asked,
        "is_filtered": bool(asked.result or asked.query),
        "see_all": request.rights.sees_everything,
        "here": request.path,
        "kept_days": purge.SENT_DAYS,
    }


def _rows(items: Sequence[RunItem]) -> list[dict[str, Any]]:
    others = inbound.beside(items)
    return [
        _row(item)
        | {"also": [_row(one) for one in others.get((item.run_id, item.object_id), [])]}
        for item in items
    ]


def _row(item: RunItem) -> dict[str, Any]:
    """Return one row in words."""
    word = inbound.result(item)
    return {
        "item": item,
        "kind": KINDS[Kind(item.kind)],
        "is_second_pass": item.stage == Stage.MANAGERS,
        "result": RESULTS[word][0] if word else "Not written yet",
        "tone": TONES.get(word, ""),
        "action": wording.ACTIONS[Action(item.action)].capitalize(),
        "reason": wording.REASONS[Reason(item.reason)] if item.reason else "",
        "changes": telling.changes(item.changes),
    }
