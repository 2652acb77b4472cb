"""The only file that knows the order of a run; `_go` is the whole of it.

    fetch ─▶ prove ─▶ select ─▶ match ─▶ plan ─▶ guard ─▶ apply ─▶ managers ─▶ record

A run that was killed goes on with the stage, page or chunk that it had reached.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from common.errors import AppError, InvalidInput
from connections.models import Module, TenantConnection
from imports import (
    apply,
    approval,
    claims,
    fetch,
    fetch_delta,
    fetch_groups,
    guarding,
    licence_links,
    licences,
    links,
    managers,
    pausing,
    planning,
    plans,
    proving,
    record,
    undo,
)
from imports.attempt import attempt
from imports.claims import Claim
from imports.models import Run
from imports.words import RunKind, Status, Thing, Trigger, Walk
from imports.work import Progress, Unwatched, Work
from mappings import catalogue
from mappings.words import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from accounts.models import Account

PATIENCE = 60.0
"""Seconds that a start by hand waits for another run to end before it is *busy*."""
MODULE = "microsoft-entra-id"


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody asks a run to do."""

    kind: RunKind
    trigger: Trigger
    kinds: Sequence[Kind | Thing] = (Kind.USERS, Kind.AGENTS)
    only: str = ""
    walk: Walk = Walk.FULL
    """DELTA: on the connection's cursor, if there is one that suffices."""
    started_by: Account | None = None


def queue(connection: TenantConnection, order: Order) -> Run:
    """Put a run into the queue.

    Raises InvalidInput while the module is off; on a paused connection people may
    start runs, the schedule may not.
    """
    if not Module.objects.filter(slug=MODULE, enabled=True).exists():
        raise InvalidInput(
            "The Microsoft Entra ID module is off. Enable it under Configuration > "
            "Integrations, or with modules: {microsoft-entra-id: true} in the file."
        )
    if order.trigger is Trigger.SCHEDULE and pausing.is_paused(connection.pk):
        raise InvalidInput(
            f"{connection} is paused: nothing starts by schedule until it is resumed."
        )
    licences.refuse(order.kinds, is_plan=order.kind is RunKind.PREVIEW, only=order.only)
    return Run.objects.create(
        connection=connection,
        kind=order.kind,
        trigger=order.trigger,
        kinds=[kind.value for kind in order.kinds],
        only=order.only,
        walk=order.walk,
        started_by=order.started_by,
    )


def execute(
    run: Run, *, progress: Progress | None = None, patience: float = PATIENCE
) -> Run:
    """Take a queued run to its end, from wherever a former attempt left it.

    It ends as *busy* if its connection does not get free; if a worker has taken it up
    meanwhile, that worker's end is waited for.
    """
    claim = _claimed(run, Status.QUEUED, patience)
    if claim is not None:
        attempt(run, claim, progress or Unwatched(), _line(run))
        return run
    with transaction.atomic():
        still = Run.objects.filter(pk=run.pk, status=Status.QUEUED)
        is_busy = still.update(status=Status.BUSY)
        run.refresh_from_db()
        if is_busy:
            reason = "Another run of this connection is busy."
            record.end(run, Status.BUSY, reason=reason)
    return run


def ring(run: Run) -> None:
    """Take a queued run to its end, unless its connection is busy: it stays queued."""
    claim = claims.take(run)
    if claim is not None:
        attempt(run, claim, Unwatched(), _line(run))
        if run.place.get(plans.HANDED):
            pausing.resume_after(run)


def apply_preview(
    run: Run, *, progress: Progress | None = None, patience: float = PATIENCE
) -> Run:
    """Apply a preview as it stands: the same run becomes an import.

    Raises InvalidInput if it is no preview that waits, or if the configuration has
    changed since; Busy if its connection does not get free.
    """
    claim = _plan_taken(run, Status.PLANNED, patience, "only a preview is applied")
    attempt(run, claim, progress or Unwatched(), _line(run))
    pausing.resume_after(run)
    return run


def approve(
    run: Run, *, progress: Progress | None = None, patience: float = PATIENCE
) -> Run:
    """Apply a plan that waits, as it stands: somebody has looked at its losses.

    Raises InvalidInput if it does not wait, or if the configuration has changed; Busy
    if its connection does not get free.
    """
    waiting = Status.WAITING_FOR_APPROVAL
    claim = _plan_taken(run, waiting, patience, "it waits for nobody")
    attempt(run, claim, progress or Unwatched(), _line(run))
    return run


@transaction.atomic
def reject(run: Run, *, keep: bool = False, by: Account | None = None) -> None:
    """End a plan that waits without writing any more of it; raises InvalidInput.

    The next run plans the same again, unless its people are to `keep` what it would
    take from them.
    """
    if not record.end_waiting(run, Status.REJECTED, reason="The plan was rejected."):
        raise InvalidInput(f"Run {run.pk} is {run.status}: it waits for nobody.")
    if keep:
        approval.keep_people(run, by=by)


class Busy(AppError):
    """Another run works on the connection."""


@transaction.atomic
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


def _line(run: Run) -> Callable[[Work], Status]:
    """Return the line of stages that a run takes."""
    if run.kind == RunKind.UNDO:
        return undo.go
    return _handed if run.place.get(plans.HANDED) else _go


def _go(work: Work) -> Status:
    """Read, decide, write: a straight line, entered where the last attempt stopped."""
    if not work.kinds:
        return licences.alone(work)
    licences.bring(work)
    _read(work)
    if not work.has("proven"):
        proving.prove(work, timezone.now())
    if not work.has("planned"):
        planning.plan(work)
    return Status.PLANNED if work.is_preview else _guarded(work)


def _handed(work: Work) -> Status:
    """Apply the plan that somebody has handed over."""
    if not work.has("guarded"):
        plans.refuse_moved_rules(work.run)
    return _approved(work) if work.has(plans.APPROVED) else _guarded(work)


def _read(work: Work) -> None:
    """Bring the mirror in step: by a cursor, or by reading everybody."""
    if work.run.kind == RunKind.DELTA:
        fetch_delta.read(work)
        return
    if not work.has("grouped"):
        fetch.tenant(work)
        fetch_groups.read(work)
    if not work.has("walked"):
        fetch.people(work)


def _guarded(work: Work) -> Status:
    """Apply the plan, unless it takes away so much that somebody must look first.

    Of a run that nobody watches only the rows at fault wait.
    """
    found = () if work.has("guarded") else guarding.breaches(work)
    if found:
        approval.ask(work, found)
        if not approval.is_unattended(work.run):
            return Status.WAITING_FOR_APPROVAL
    ended = _apply(work)
    is_held = approval.is_holding(work.run)
    return Status.WAITING_FOR_APPROVAL if is_held else ended


def _approved(work: Work) -> Status:
    """Apply what somebody has looked at, held rows included."""
    approval.release(work)
    return _apply(work)


def _apply(work: Work) -> Status:
    """Write the stored plan, then the managers of those who have a record now."""
    with work.claim.writing():
        # Again: the last administrator may be another one than when it was planned.
        guarding.spare(work)
        work.note(0, guarded=True)
    proving.renew(work, timezone.now())
    if _managers_unread(work):
        fetch.managers(work)
    apply.apply(work)
    links.link_users(work)
    licence_links.link(work)
    mapped = managers.rule(work)
    if mapped is not None:
        managers.link(work, mapped)
    return record.verdict(work.run)


def _managers_unread(work: Work) -> bool:
    return (
        managers.rule(work) is not None
        and catalogue.needs_manager(work.rules)
        and work.has("managers_unread")
    )


def _plan_taken(run: Run, waiting: Status, patience: float, refusal: str) -> Claim:
    """Claim a plan that waits, once; raises InvalidInput with the refusal, or Busy."""
    if run.status == waiting:
        plans.refuse_moved_rules(run)
        claim = _claimed(run, waiting, patience)
        if claim is not None:
            return claim
        run.refresh_from_db()
        if run.status == waiting:
            raise Busy(f"Another run of {run.connection} is busy. Try again later.")
    raise plans.refused(run, refusal)


def _claimed(run: Run, expected: Status, patience: float) -> Claim | None:
    """Return the claim; None once patience ends or somebody else ended the run."""
    mark = partial(plans.mark, waiting=expected) if expected in plans.MARKS else None
    end = time.monotonic() + patience
    while True:
        claim = claims.take(run, expected=expected, mark=mark)
        if claim is not None:
            return claim
        status = Run.objects.values_list("status", flat=True).get(pk=run.pk)
        is_followed = expected == Status.QUEUED and status == Status.RUNNING
        if not is_followed and (status != expected or time.monotonic() > end):
            return None
        time.sleep(0.5)
