"""Plans that wait for somebody: what waits, what goes on, and how the waiting ends.

A run that nobody watches holds the rows at fault and applies the rest; any other waits
whole. Later runs leave to the waiting plan what it would do anyway; as soon as one of
them would take more, its own plan takes the place of the old one.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from imports import guarding, record
from imports.engine import guard, troubles
from imports.engine.types import Action, Reason
from imports.models import Decision, Run, RunItem
from imports.words import Outcome, Stage, Status, Trigger, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime
    from uuid import UUID

    from accounts.models import Account
    from imports.engine.types import PlanItem
    from imports.work import Work
    from mappings.rules import RuleSet

PATIENCE = timedelta(days=14)
"""How long a plan waits for approval."""
EXPIRED = "Nobody approved the plan within 14 days. The next run plans anew."
CHUNK = 500


def is_unattended(run: Run) -> bool:
    """Return whether nobody watches the run, so that harmless rows need not wait."""
    return run.trigger == Trigger.SCHEDULE


def ask(work: Work, found: Iterable[guard.Breach]) -> None:
    """Store why the plan waits; where nobody watches, hold the rows at fault."""
    found = tuple(found)
    run = work.run
    with work.claim.writing():
        run.reason = " ".join(breach.sentence for breach in found)
        run.save(update_fields=["reason"])
        work.note(run.progress_done, breaches=[breach.rule for breach in found])
        if is_unattended(run):
            rows = {item.pk: str(item.object_id) for item in _at_fault(run, work.rules)}
            for ids in _slices(list(rows)):
                RunItem.objects.filter(pk__in=ids).update(outcome=Outcome.HELD)
            # Another plan with the same losses is no news to whoever was told.
            work.note(run.progress_done, losses=troubles.fingerprint(rows.values()))


def is_holding(run: Run) -> bool:
    """Return whether rows of the run are held."""
    return run.items.filter(outcome=Outcome.HELD).exists()


def release(work: Work) -> None:
    """Let the held rows be applied: somebody has looked at them."""
    with work.claim.writing():
        work.run.reason = ""
        work.run.save(update_fields=["reason"])
        work.run.items.filter(outcome=Outcome.HELD).update(outcome=Outcome.PLANNED)


def leave_to_waiting(work: Work) -> None:
    """Drop the rows that wait in another plan already, unless there are more of them.

    Their people stay due, so that no run forgets them. The caller holds the
    transaction.
    """
    plan = waiting(work.connection.pk)
    if plan is None:
        return
    theirs = moments(plan, work.rules)
    mine = list(_at_fault(work.run, work.rules, plan))
    if all(_moment(item) in theirs for item in mine):
        for ids in _slices([item.pk for item in mine]):
            RunItem.objects.filter(pk__in=ids).delete()
        _count_held(work, Counter(item.kind for item in mine))


def keep_people(run: Run, *, by: Account | None) -> None:
    """Decide that the people who would lose something by the plan keep it.

    The decision holds until the person or the configuration changes.
    """
    losing = (
        item for item in _waiting_rows(run) if guard.losses(guarding.as_planned(item))
    )
    decisions = (
        Decision(
            connection_id=run.connection_id,
            kind=item.kind,
            object_id=item.object_id,
            verdict=Verdict.KEEP,
            reason=f"The plan of run {run.pk} was rejected.",
            mirror_revision=item.mirror_revision,
            rules_version=item.rules_version,
            by=by,
        )
        for item in losing
    )
    Decision.objects.bulk_create(
        decisions,
        batch_size=CHUNK,
        update_conflicts=True,
        unique_fields=["connection", "kind", "object_id"],
        update_fields=[
            *("verdict", "record_id", "reason", "mirror_revision", "rules_version"),
            *("by", "at"),
        ],
    )


def expire(now: datetime) -> int:
    """End the plans that have waited too long; return how many."""
    ended = 0
    for run in Run.objects.filter(
        status=Status.WAITING_FOR_APPROVAL, started_at__lte=now - PATIENCE
    ):
        ended += record.end_waiting(run, Status.EXPIRED, reason=EXPIRED)
    return ended


class Moment(NamedTuple):
    """A row's person, on the revisions that it was planned on."""

    kind: str
    object_id: UUID
    mirror_revision: int
    rules_version: int
    record_revision: int | None


def waiting(connection_id: int) -> Run | None:
    """Return the run of the connection that waits for approval."""
    return Run.objects.filter(
        connection=connection_id, status=Status.WAITING_FOR_APPROVAL
    ).first()


def moments(plan: Run, rules: RuleSet) -> set[Moment]:
    """Return the people for whose rows a plan waits, as they stood when planned."""
    return {_moment(item) for item in _at_fault(plan, rules)}


def waits_like(plan: Run, item: PlanItem, rules: RuleSet) -> bool:
    """Return whether a row is of those for which a plan waits."""
    broken = plan.place.get("breaches", ())
    is_written = item.action is not Action.REVIEW
    return is_written and guard.waits(item, broken, rules.administrator_roles)


def _moment(item: RunItem) -> Moment:
    return Moment._make(getattr(item, name) for name in Moment._fields)


def _at_fault(run: Run, rules: RuleSet, judged: Run | None = None) -> Iterator[RunItem]:
    """Yield the rows of `run` for which a plan waits, by the breaches of `judged`."""
    for item in _waiting_rows(run):
        if waits_like(judged or run, guarding.as_planned(item), rules):
            yield item


def _waiting_rows(run: Run) -> Iterator[RunItem]:
    rows = RunItem.objects.filter(
        run=run,
        stage=Stage.APPLY,
        outcome__in=[Outcome.PLANNED, Outcome.HELD],
        is_ticked=True,
    )
    rows = rows.exclude(action=Action.REVIEW).defer("trace", "notes", "sent")
    return rows.order_by("id").iterator()


def _count_held(work: Work, held: Counter[str]) -> None:
    """Count the dropped rows as people left out."""
    unstored = dict(work.run.place["unstored"])
    for kind, number in held.items():
        counted: Counter[str] = Counter(unstored.get(kind, {}))
        counted.update({Action.SKIP.value: number, Reason.HELD_BY_RUN.value: number})
        unstored[kind] = dict(counted)
    work.note(work.run.progress_done, unstored=unstored)


def _slices(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[first : first + CHUNK] for first in range(0, len(ids), CHUNK))
