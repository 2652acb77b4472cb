"""The only file that knows the order of a run; `_go` is the whole of it.

    fetch ─▶ mirror ─▶ select ─▶ match ─▶ plan ─▶ apply ─▶ managers ─▶ record

A run that was killed goes on with the stage, page or chunk that it had reached.
"""

from __future__ import annotations

import logging
import time
import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING

from common.errors import AppError, InvalidInput
from connections import access
from connections.models import Module, TenantConnection
from imports import apply, claims, fetch, managers, planning, record
from imports.claims import Cancelled, Claim, ClaimLost
from imports.models import Run
from imports.words import RunKind, Stage, Status, Trigger
from imports.work import Progress, Unwatched, Work
from mappings import catalogue, groups, rules
from mappings.compile import compile_rules
from mappings.words import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from accounts.models import Account
    from connections.graph.client import GraphClient
    from mappings.rules import FieldRule, RuleSet

logger = logging.getLogger(__name__)

PATIENCE = 60.0
"""Seconds that a start by hand waits for another run to end before it is *busy*."""
MODULE = "microsoft-entra-id"
CRASHED = "A fault of the product ended the run; its record holds the traceback."


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody asks a run to do."""

    kind: RunKind
    trigger: Trigger
    kinds: Sequence[Kind] = (Kind.USERS, Kind.AGENTS)
    only: str = ""
    started_by: Account | None = None


def queue(connection: TenantConnection, order: Order) -> Run:
    """Put a run into the queue; raises InvalidInput while the module is off."""
    if not Module.objects.filter(slug=MODULE, enabled=True).exists():
        raise InvalidInput(
            "The Microsoft Entra ID module is off. Enable it under Configuration > "
            "Integrations, or with modules: {microsoft-entra-id: true} in the file."
        )
    return Run.objects.create(
        connection=connection,
        kind=order.kind,
        trigger=order.trigger,
        kinds=[kind.value for kind in order.kinds],
        only=order.only,
        started_by=order.started_by,
    )


def execute(
    run: Run, *, progress: Progress | None = None, patience: float = PATIENCE
) -> Run:
    """Take a queued run to its end, from wherever a former attempt left it."""
    claim = _claimed(run, Status.QUEUED, patience)
    if claim is None:
        record.end(run, Status.BUSY, reason="Another run of this connection is busy.")
        return run
    _attempt(run, claim, progress or Unwatched(), _go)
    return run


def ring(run: Run) -> None:
    """Take a queued run to its end, unless its connection is busy: it stays queued."""
    claim = claims.take(run)
    if claim is not None:
        _attempt(run, claim, Unwatched(), _go)


def apply_preview(
    run: Run, *, progress: Progress | None = None, patience: float = PATIENCE
) -> Run:
    """Apply a preview as it stands: the same run becomes an import.

    Raises InvalidInput if it is no preview that waits, or if the configuration has
    changed since.
    """
    if run.status != Status.PLANNED:
        raise InvalidInput(f"Run {run.pk} is {run.status}: only a preview is applied.")
    _refuse_moved_rules(run)
    claim = _claimed(run, Status.PLANNED, patience)
    if claim is None:
        raise Busy(f"Another run of {run.connection} is busy. Try again later.")
    run.kind = RunKind.IMPORT
    run.place = {**run.place, "managers_unread": True}
    run.save(update_fields=["kind", "place"])
    _attempt(run, claim, progress or Unwatched(), _apply)
    return run


class Busy(AppError):
    """Another run works on the connection."""


def cancel(run: Run) -> None:
    """Cancel a run: at once if it only waits, else at its next page or chunk."""
    waiting = {Status.QUEUED, Status.PLANNED, Status.WAITING_FOR_APPROVAL}
    stopped = Run.objects.filter(pk=run.pk, status__in=waiting).update(
        status=Status.CANCELLED
    )
    if stopped:
        run.refresh_from_db()
        record.end(run, Status.CANCELLED, reason="The run was cancelled.")
    elif not Run.objects.filter(pk=run.pk, status=Status.RUNNING).update(
        cancel_asked=True
    ):
        raise InvalidInput(f"Run {run.pk} is {run.status}: it cannot be cancelled.")


def _go(work: Work) -> Status:
    """Read, decide, write: a straight line, entered where the last attempt stopped."""
    if _is_before(work, Stage.PEOPLE):
        fetch.tenant(work)
        fetch.groups(work)
    if _is_before(work, Stage.PLAN):
        fetch.people(work)
    if _is_before(work, Stage.APPLY):
        planning.plan(work)
    return Status.PLANNED if work.is_preview else _apply(work)


def _apply(work: Work) -> Status:
    """Write the stored plan, then the managers of those who have a record now."""
    if _is_before(work, Stage.MANAGERS):
        if _managers_unread(work):
            fetch.managers(work)
        apply.apply(work)
    rule = _manager_rule(work)
    if rule is not None:
        managers.link(work, rule)
    return record.verdict(work.run)


def _is_before(work: Work, stage: Stage) -> bool:
    """Return whether the run has not got to `stage` yet."""
    order = list(Stage)
    reached = work.run.stage
    return not reached or order.index(Stage(reached)) < order.index(stage)


def _manager_rule(work: Work) -> FieldRule | None:
    if Kind.USERS not in work.kinds:
        return None
    fields = work.rules.user_fields
    return next((one for one in fields if one.target == "manager"), None)


def _managers_unread(work: Work) -> bool:
    return (
        _manager_rule(work) is not None
        and catalogue.needs_manager(work.rules)
        and bool(work.run.place.get("managers_unread"))
    )


def _claimed(run: Run, expected: Status, patience: float) -> Claim | None:
    end = time.monotonic() + patience
    while True:
        claim = claims.take(run, expected=expected)
        if claim is not None or time.monotonic() > end:
            return claim
        time.sleep(0.5)


def _attempt(
    run: Run, claim: Claim, progress: Progress, go: Callable[[Work], Status]
) -> None:
    """Run `go` with client and rules; end the run by what comes of it."""
    try:
        status, reason, trace = _outcome(run, claim, progress, go)
    except ClaimLost:
        logger.warning("Claim lost, nothing more is written", extra={"run": run.pk})
        return
    record.end(run, status, reason=reason, traceback=trace)
    claim.release()


def _outcome(
    run: Run, claim: Claim, progress: Progress, go: Callable[[Work], Status]
) -> tuple[Status, str, str]:
    connection = TenantConnection.objects.select_related("registration").get(
        pk=run.connection_id
    )
    try:
        with access.open_client(connection, wait=_beating(claim)) as client:
            decided = _rules(run, connection, client, claim)
            work = Work(run, connection, claim, decided, progress, client)
            try:
                return go(work), "", ""
            finally:
                _count_requests(run, client)
    except Cancelled as exc:
        return Status.CANCELLED, str(exc), ""
    except ClaimLost:
        raise
    except AppError as exc:
        return Status.FAILED, str(exc), ""
    except Exception:
        logger.exception("Run crashed", extra={"run": run.pk})
        return Status.CRASHED, CRASHED, traceback.format_exc()


def _rules(
    run: Run, connection: TenantConnection, client: GraphClient, claim: Claim
) -> RuleSet:
    """Return the rules that the run started with; at its start, those of now.

    Raises AppError while a group that a mapping names cannot be told.
    """
    if run.rules:
        return rules.from_json(run.rules)
    problems = groups.resolve_pending(connection, client)
    run.reason = " ".join(problem.text for problem in problems)
    with claim.writing():
        connection.refresh_from_db()
        decided = compile_rules(connection)
        record.begin(run, rules.to_json(decided), decided.version)
    return decided


def _beating(claim: Claim) -> Callable[[float], None]:
    """Return a wait that keeps the claim alive (at most 20 seconds a call)."""

    def wait(seconds: float) -> None:
        time.sleep(seconds)
        claim.beat()

    return wait


def _count_requests(run: Run, client: GraphClient) -> None:
    """Keep what was read, over all attempts of the run."""
    before = int(run.fetched.get("graph_requests", 0))
    run.fetched = {
        "users": int(run.place.get("people", 0)),
        "groups": int(run.place.get("groups", 0)),
        "graph_requests": before + client.requests,
    }


def _refuse_moved_rules(run: Run) -> None:
    version = TenantConnection.objects.values_list("rules_version", flat=True).get(
        pk=run.connection_id
    )
    if version != run.rules_version:
        raise InvalidInput(
            f"The configuration has changed since run {run.pk} was previewed. "
            "Preview again, then apply the new run."
        )
