"""*Needs review*: who waits for a decision, side by side with the candidates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.doors import needs, require
from common import paging
from common.errors import InvalidInput, NotFound
from common.pages import page_or_fragment
from common.paging import Column
from common.rights import Permission
from connections.models import TenantConnection
from imports import deciding, explaining, reviewing, seeing, side_by_side, telling
from imports.deciding import Subject
from imports.engine import wording
from imports.engine.types import Action, Match, Reason
from imports.forms import ReasonForm
from imports.models import Decision, MirrorUser, RunItem
from imports.row_filter import visible_items
from imports.views.runs_view import SHOWN
from imports.views.whole import see_whole
from imports.words import Verdict
from mappings.words import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpResponse

    from accounts.doors import AgentRequest
    from imports.explaining import Foreseen

WAITING = (
    Column("person", "Person"),
    Column("kind", "Record"),
    Column("reason", "Why"),
    Column("connection", "Connection"),
    Column("run", "Found by", order="pk"),
)
DECIDED = (
    Column("person", "Person"),
    Column("kind", "Record"),
    Column("verdict", "Decision"),
    Column("connection", "Connection"),
    Column("decided", "Decided", order="pk"),
    Column("back", "Take back"),
)
VERDICTS = {
    Verdict.LINK: "Link the record",
    Verdict.CREATE: "Give them a record of their own",
    Verdict.LEAVE_OUT: "Leave out for good",
    Verdict.KEEP: "Keep as they are, until something changes",
}
KINDS = {Kind.USERS: "User", Kind.AGENTS: "Agent"}


@require_safe
@needs(Permission.VIEW)
def review(request: AgentRequest) -> HttpResponse:
    """List who needs review, or what was decided, over all connections."""
    wanted = request.GET.get("connection", "")
    connection_id = int(wanted) if wanted.isdecimal() else None
    is_decided = request.GET.get("show") == "decided"
    context: dict[str, Any] = {
        "connections": TenantConnection.objects.only("name")[:SHOWN],
        "asked": request.GET,
        "is_decided": is_decided,
        "sees_everything": request.rights.sees_everything,
        "may_import": request.rights.may(Permission.IMPORT),
    }
    if is_decided:
        see_whole(request)
        rows: Any = reviewing.decisions(connection_id=connection_id)
        found = paging.listing(rows, DECIDED, request.GET, sort="-decided")
        context["rows"] = _decisions(found.page.rows)
    else:
        rows = reviewing.waiting(request.rights, connection_id=connection_id)
        rows = rows.defer("changes", "trace", "sent", "evidence")
        found = paging.listing(rows, WAITING, request.GET, sort="-run")
        context["rows"] = [
            (item, KINDS[Kind(item.kind)], _reason(item)) for item in found.page.rows
        ]
    context["listing"] = found
    return page_or_fragment(
        request, "imports/review.html", "imports/_review.html", context
    )


def _reason(item: RunItem) -> str:
    return wording.REASONS[Reason(item.reason)] if item.reason else ""


def _decisions(rows: Sequence[Decision]) -> list[dict[str, Any]]:
    """Return decisions with the names of their people, in one query."""
    people = MirrorUser.objects.filter(object_id__in=[row.object_id for row in rows])
    names = {
        (connection_id, object_id): (upn, name or upn)
        for connection_id, object_id, upn, name in people.values_list(
            *("connection_id", "object_id", "upn", "properties__displayName")
        )
    }
    return [
        {
            "decision": row,
            "who": names.get((row.connection_id, row.object_id), ("", "")),
            "kind": KINDS[Kind(row.kind)],
            "words": VERDICTS[Verdict(row.verdict)],
        }
        for row in rows
    ]


@require_safe
@needs(Permission.VIEW)
def person(request: AgentRequest, pk: int) -> HttpResponse:
    """Show one person beside the records that may be theirs."""
    return _shown(request, _item(request, pk), ReasonForm())


@require_POST
@needs(Permission.IMPORT)
def decide(request: AgentRequest, pk: int) -> HttpResponse:
    """Keep what the agent decided; it takes effect with the next import."""
    item = _item(request, pk)
    subject = Subject(item.run.connection, Kind(item.kind), item.object_id)
    verdict = request.POST.get("verdict", "")
    if verdict == Verdict.LEAVE_OUT:
        form = ReasonForm(request.POST)
        if not form.is_valid():
            return _shown(request, item, form, status=400)
        deciding.leave_out(subject, form.cleaned_data["reason"], by=request.user)
    elif verdict == Verdict.CREATE:
        deciding.create(subject, by=request.user)
    elif not _link(request, item, subject):
        return redirect("imports:review-item", pk)
    messages.success(
        request, "Decided. It comes with the next import, or import this person now."
    )
    return redirect("imports:review-item", pk)


def _link(request: AgentRequest, item: RunItem, subject: Subject) -> bool:
    """Link the record that was chosen; agents' ones give power over the product."""
    if item.kind == Kind.AGENTS:
        require(request.rights, Permission.ADMINISTER)
    chosen = request.POST.get("record", "")
    if not chosen.isdecimal() or int(chosen) not in _candidates(item).candidates:
        messages.error(request, "Choose one of the records that the page shows.")
        return False
    try:
        deciding.link(subject, int(chosen), by=request.user)
    except InvalidInput as exc:
        messages.error(request, str(exc))
        return False
    return True


@require_POST
@needs(Permission.IMPORT)
def take_back(request: AgentRequest, pk: int) -> HttpResponse:
    """Take a decision back: the next run decides by the mappings again."""
    decision = get_object_or_404(Decision.objects.select_related("connection"), pk=pk)
    seeing.require_visible(decision.connection, decision.object_id, request.rights)
    deciding.take_back(decision)
    messages.success(
        request, "The decision is taken back. The next run decides by the mappings."
    )
    return redirect("imports:review")


def _item(request: AgentRequest, pk: int) -> RunItem:
    rows = RunItem.objects.select_related("run__connection__registration")
    return get_object_or_404(
        visible_items(rows, request.rights), pk=pk, action=Action.REVIEW
    )


def _candidates(item: RunItem) -> Match:
    """Return what the run found, as its row keeps it."""
    by, ids = item.trace.get("match") or ("", [])
    return Match(by=by, candidates=tuple(ids))


def _shown(
    request: AgentRequest, item: RunItem, form: ReasonForm, *, status: int = 200
) -> HttpResponse:
    connection, kind = item.run.connection, Kind(item.kind)
    context: dict[str, Any] = {
        "item": item,
        "connection": connection,
        "kind": KINDS[kind],
        "reason": _reason(item),
        "advice": side_by_side.advice(Reason(item.reason) if item.reason else None),
        "form": form,
        "decision": _decision(item),
        "others": _others(request, item),
        "may_decide": request.rights.may(Permission.IMPORT),
        "may_link": kind is Kind.USERS or request.rights.may(Permission.ADMINISTER),
    }
    seen = _foreseen(request, item)
    if seen is not None:
        found = _candidates(item)
        now = seen.items.get(kind)
        context |= {
            "beside": side_by_side.beside(
                connection,
                kind,
                seen.decided.remote,
                (seen.rules, found),
                request.rights,
            ),
            "entra_state": seen.told["entra_state"],
            "found_by": telling.found_by(found.by),
            "part": telling.part(seen.told["user" if kind is Kind.USERS else "agent"]),
            "is_open": now is not None and now.action is Action.REVIEW,
        }
    return render(request, "imports/review_item.html", context, status=status)


def _foreseen(request: AgentRequest, item: RunItem) -> Foreseen | None:
    connection = item.run.connection
    try:
        who = explaining.find(connection, str(item.object_id))
        return explaining.foresee(connection, who, by=request.user)
    except NotFound:
        return None


def _decision(item: RunItem) -> dict[str, Any] | None:
    row = (
        Decision.objects.filter(
            connection=item.run.connection_id, kind=item.kind, object_id=item.object_id
        )
        .select_related("by")
        .first()
    )
    if row is None:
        return None
    return {"row": row, "words": VERDICTS[Verdict(row.verdict)]}


def _others(request: AgentRequest, item: RunItem) -> list[RunItem]:
    """Return who else of the run would have the same record."""
    if item.reason != Reason.CLAIMED_TWICE:
        return []
    rows = RunItem.objects.filter(
        run=item.run, kind=item.kind, record_id=item.record_id, action=Action.REVIEW
    ).exclude(pk=item.pk)
    return list(visible_items(rows, request.rights).only("upn", "name")[:10])
