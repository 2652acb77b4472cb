"""The page of a run: its progress, then its plan or what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import get_text_list
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from accounts.doors import needs, require
from common.errors import InvalidInput
from common.pages import page_or_fragment
from common.rights import Permission
from imports import breakdown, matching_fields, purge, rows, runs, showing, ticking
from imports.models import Run
from imports.views import asked, losing
from imports.words import ACTIVE, RunKind, Stage, Status, Thing
from mappings.words import Kind

if TYPE_CHECKING:
    from django.http import HttpResponse, HttpResponseBase

    from accounts.doors import AgentRequest

STAGES = {
    Stage.GROUPS: "Reading groups from Entra",
    Stage.PEOPLE: "Reading people from Entra",
    Stage.PLAN: "Working out what is to be done",
    Stage.APPLY: "Writing to the directory",
    Stage.MANAGERS: "Linking managers",
}
TITLES = {
    RunKind.PREVIEW: "Preview",
    RunKind.IMPORT: "Import",
    RunKind.DELTA: "Delta sync",
    RunKind.UNDO: "Undo",
}
MADE = 20
"""How many sites to be made are named."""


def found(pk: int) -> Run:
    """Return a run with what every page of it shows; raises Http404."""
    return get_object_or_404(
        Run.objects.select_related(
            *("connection__registration", "started_by", "decided_by"),
            *("undoes", "superseded_by"),
        ),
        pk=pk,
    )


@require_safe
@needs(Permission.VIEW)
def run(request: AgentRequest, pk: int) -> HttpResponseBase:
    """Show a run as it stands; for htmx only the rows."""
    one = found(pk)
    allowed = can(request, one)
    context: dict[str, Any] = {"run": one, "title": title(one), "can": allowed}
    if one.status in ACTIVE:
        return render(request, "imports/run_active.html", context | progress_of(one))
    context |= listed(request, one)
    context["choosing"] = one.status == Status.PLANNED and allowed["import"]
    if one.status == Status.PLANNED:
        context |= planned(one, is_whole=allowed["see_all"])
        page = "imports/run_planned.html"
    elif one.status == Status.WAITING_FOR_APPROVAL:
        context |= losing.told(one, is_whole=allowed["see_all"])
        page = "imports/run_waiting.html"
    else:
        context["trouble"] = trouble(one)
        page = "imports/run_ended.html"
    return page_or_fragment(request, page, "imports/_rows.html", context)


@require_safe
@needs(Permission.VIEW)
def progress(request: AgentRequest, pk: int) -> HttpResponseBase:
    """Show how far a run is; once it has stopped, its page is read anew."""
    one = found(pk)
    if one.status not in ACTIVE:
        if request.htmx:
            return HttpResponseClientRefresh()
        return redirect("imports:run", pk)
    context = {"run": one, "can": can(request, one), **progress_of(one)}
    return render(request, "imports/_progress.html", context)


@require_POST
@needs(Permission.VIEW)
def cancel(request: AgentRequest, pk: int) -> HttpResponse:
    """Cancel a run: at once while it waits, else at its next page or chunk."""
    one = found(pk)
    require(request.rights, may_cancel(one))
    try:
        runs.cancel(one)
    except InvalidInput as exc:
        messages.error(request, str(exc))
    else:
        is_over = one.status == Status.CANCELLED
        stops = "The run stops at its next step. What it has written stays."
        messages.success(request, "The run is cancelled." if is_over else stops)
    return redirect("imports:run", pk)


def may_cancel(run: Run) -> Permission:
    """Return the permission that cancelling a run takes: that which started it."""
    kinds = {
        RunKind.PREVIEW: Permission.PREVIEW,
        RunKind.UNDO: Permission.APPROVE,
    }
    return kinds.get(RunKind(run.kind), Permission.IMPORT)


def can(request: AgentRequest, run: Run) -> dict[str, bool]:
    """Return what the agent may do with a run; whole runs need to be seen whole."""
    rights = request.rights
    is_whole = rights.sees_everything
    return {
        "cancel": rights.may(may_cancel(run)),
        "preview": rights.may(Permission.PREVIEW),
        "import": is_whole and rights.may(Permission.IMPORT),
        "approve": is_whole and rights.may(Permission.APPROVE),
        "configure": rights.may(Permission.CONFIGURE),
        "see_all": is_whole,
    }


def title(run: Run) -> str:
    """Return what a run is called: what it does, and with whom."""
    if run.kind == RunKind.UNDO:
        return f"Undo of run {run.undoes_id}" if run.undoes_id else "Undo"
    named = [one for one in (*Thing, *Kind) if one in run.kinds]
    kinds = get_text_list(named, "and")
    words = TITLES[RunKind(run.kind)]
    return f"{words} of {run.only}" if run.only else f"{words} of {kinds}"


def progress_of(run: Run) -> dict[str, Any]:
    """Return how far a run is: the stage in words, and an honest total."""
    other = None
    if run.status == Status.QUEUED:
        running = Run.objects.filter(connection=run.connection_id)
        other = running.filter(status=Status.RUNNING).first()
    total = run.progress_total
    return {
        "stage": STAGES[Stage(run.stage)] if run.stage else "Starting",
        "busy_with": other,
        "total": total if total and total >= run.progress_done else None,
    }


def listed(request: AgentRequest, run: Run) -> dict[str, Any]:
    """Return a page of the run's rows, and what they can be filtered by."""
    wanted = asked.filter_of(request.GET)
    if run.status == Status.WAITING_FOR_APPROVAL and not request.GET:
        wanted = losing.default_filter(run)
    page = rows.page(run, wanted, request.rights, at=request.GET.get("at", ""))
    return {
        "asked": wanted,
        "query": asked.query_of(wanted),
        "page": page,
        "sections": showing.sections(run, page.items),
        "all_ticked": all(item.is_ticked for item in page.items),
        "actions": asked.actions(run, wanted),
        "second_pass": asked.second_pass(run, wanted),
        "outcomes": asked.outcomes(run, wanted),
        "mappings": asked.mappings(run, wanted, request.rights),
        "sites": asked.sites(run, request.rights),
        "unstored": showing.unstored(run),
        "is_undoable": showing.is_undoable(run),
        "is_kept": purge.is_kept(run, timezone.now()),
        "kept_days": purge.DAYS,
    }


def planned(run: Run, *, is_whole: bool) -> dict[str, Any]:
    """Return what a preview says beside its rows; names only to who sees the whole."""
    sorts = breakdown.of(run)
    importable = [sort for sort in sorts if sort.action not in ticking.FIXED]
    unticked = run.items.filter(is_ticked=False).order_by()
    unticked = unticked.exclude(action__in=ticking.FIXED)
    sites = run.planned_sites.select_related("organisation").order_by("name_key")
    return {
        "ticked": breakdown.total(importable) - unticked.count(),
        "importable": breakdown.total(importable),
        "new_sites": list(sites[:MADE]) if is_whole else [],
        "more_sites": max(0, run.counts["sites"]["create"] - MADE),
        "at_risk": [
            (kind, number)
            for kind in Kind
            if kind in run.kinds
            and (number := matching_fields.at_risk(run.connection, kind))
        ],
        "is_outdated": run.rules_version != run.connection.rules_version,
    }


def trouble(run: Run) -> str:
    """Return what kind of trouble ended a run: "401", "403", or "" (R129)."""
    if run.status != Status.FAILED:
        return ""
    return next((code for code in ("401", "403") if run.reason.startswith(code)), "")
