"""A run taken back: its inverse, planned against the directory as it is now.

An undo asks the tenant for nothing and is its own approval. It pauses the connection's
Integrator, which would only do again what was undone.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone

from common.errors import InvalidInput
from imports import mirror, pausing, purge, record, sites, undo_plan, undo_write
from imports.engine import undo as engine
from imports.engine.types import Action
from imports.models import Run
from imports.models.run import BROKEN_OFF
from imports.words import FINISHED, MirrorState, Outcome, RunKind, Status, Trigger
from mappings import catalogue
from mappings.compile import compile_rules
from mappings.words import Kind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from uuid import UUID

    from accounts.models import Account
    from imports.undo_plan import Step
    from imports.work import Work

FEW = 20
"""How many names a forecast lists."""
LEFT = (MirrorState.DELETED, MirrorState.GONE)


@dataclass(slots=True)
class Forecast:
    """What undoing a run would do: numbers, and the first names of each sort."""

    run: Run
    actions: Counter[tuple[Kind, Action, Action]] = field(default_factory=Counter)
    """By kind, what is done now, and what the run had done."""
    names: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)
    given_back: list[str] = field(default_factory=list)
    """People disabled or deleted in Entra who would get something back."""
    numbers: Counter[str] = field(default_factory=Counter)
    stale_by_kind: Counter[Kind] = field(default_factory=Counter)

    @property
    def sites(self) -> int:
        """Return how many sites the run made that are still here."""
        made = self.run.planned_sites.filter(was_created=True)
        return made.exclude(site=None).count()

    def count(self, kind: Kind, action: Action) -> int:
        """Return how many records of a kind an action is for."""
        return sum(
            number
            for (of_kind, done, _), number in self.actions.items()
            if (of_kind, done) == (kind, action)
        )


def refuse_impossible(run: Run) -> None:
    """Raise InvalidInput unless the run can be undone."""
    if run.kind not in {RunKind.IMPORT, RunKind.DELTA}:
        raise InvalidInput(f"Run {run.pk} is a {run.kind}: only imports are undone.")
    if run.status not in FINISHED:
        raise InvalidInput(
            f"Run {run.pk} is {run.status}: undo it when it has ended, or cancel it."
        )
    other = run.undos.exclude(status__in=BROKEN_OFF).first()
    if other is not None:
        verb = "was" if other.status in FINISHED else "is being"
        raise InvalidInput(f"Run {run.pk} {verb} undone by run {other.pk}.")
    if not purge.is_kept(run, timezone.now()):
        raise InvalidInput(
            f"Run {run.pk} ended more than {purge.DAYS} days ago: what it did to each "
            "record is no longer kept, and cannot be taken back."
        )
    if not run.items.filter(outcome=Outcome.APPLIED).exists():
        raise InvalidInput(
            f"Run {run.pk} has changed nothing: there is nothing to undo."
        )


def queue(run: Run, trigger: Trigger, *, started_by: Account | None = None) -> Run:
    """Put the undo of a run into the queue; raises InvalidInput if it cannot be."""
    refuse_impossible(run)
    try:
        with transaction.atomic():
            return Run.objects.create(
                connection=run.connection,
                kind=RunKind.UNDO,
                trigger=trigger,
                kinds=run.kinds,
                undoes=run,
                started_by=started_by,
            )
    except IntegrityError:
        refuse_impossible(run)
        raise


def go(work: Work) -> Status:
    """Plan the inverse and write it, from wherever a former attempt stopped."""
    run = work.run.undoes
    if run is None:
        raise InvalidInput(f"The run that run {work.run.pk} undoes is no longer kept.")
    if not work.has("paused"):
        with work.claim.writing():
            pausing.pause(work.connection.pk, pausing.undone(work.run))
            work.note(0, paused=True)
    if not work.has("planned"):
        undo_plan.plan(work, run)
    undo_write.write(work)
    if not work.has("sites_undone"):
        with work.claim.writing():
            gone = sites.unmake(run)
            work.note(work.run.progress_done, sites_gone=gone, sites_undone=True)
    work.run.reason = _kept(work.run)
    return record.verdict(work.run)


def forecast(run: Run, *, started_by: Account | None = None) -> Forecast:
    """Return what undoing the run would do now; writes nothing."""
    refuse_impossible(run)
    found = Forecast(run)
    runner = getattr(started_by, "agent", None)
    rules = compile_rules(run.connection)
    for chunk in undo_plan.steps(
        run, rules, runner=runner.pk if runner is not None else None
    ):
        receivers = {
            step.item.object_id for step in chunk if engine.gives(step.inverse)
        }
        away = _away(run, receivers)
        for step in _last_steps(chunk):
            kind, inverse = step.done.kind, step.inverse
            if inverse.changes:
                found.actions[kind, inverse.action, step.done.action] += 1
                _name(found, "names", step.name)
        for step in chunk:
            _tell(found, step, is_away=step.item.object_id in away)
    return found


def _last_steps(chunk: Iterable[Step]) -> Iterable[Step]:
    """Return one step a person: that of the first pass, which comes last, if any."""
    return {step.item.object_id: step for step in chunk}.values()


def _tell(found: Forecast, step: Step, *, is_away: bool) -> None:
    inverse = step.inverse
    if inverse.used_by:
        _name(found, "kept", f"{step.name}: {', '.join(inverse.used_by)}")
    elif step.error:
        _name(found, "stale", f"{step.name}: {step.error}")
        found.stale_by_kind[step.done.kind] += 1
    if is_away and engine.gives(inverse):
        _name(found, "given_back", step.name)


def _name(found: Forecast, sort: str, told: str) -> None:
    found.numbers[sort] += 1
    names: list[str] = getattr(found, sort)
    if len(names) < FEW:
        names.append(told)


def _away(run: Run, people: Collection[UUID]) -> set[UUID]:
    """Return which of these people are disabled or deleted in Entra."""
    rows = mirror.of_connection(run.connection_id).filter(object_id__in=people)
    return {
        row.object_id
        for row in rows.only("object_id", "state", "properties")
        if row.state in LEFT
        or catalogue.value("accountEnabled", row.properties) is False
    }


def _kept(run: Run) -> str:
    """Return how many records stay that the undone run had made."""
    kept = run.items.exclude(notes=[]).count()
    if not kept:
        return ""
    what = "record stays" if kept == 1 else "records stay"
    return f"{kept} {what}, inactive, because something refers to them."
