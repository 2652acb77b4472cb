"""How one schedule goes: people leave, runs meet the faults, then all is well again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from imports import runs
from imports.models import Run
from imports.words import Outcome, RunKind, Status, Walk
from tests.soak import departures, outcome, turns

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from tests.soak.ground import Ground
    from tests.soak.outcome import Loss, Standings
    from tests.soak.schedules import Schedule

LATER = timedelta(hours=2)
CLEAN_RUNS = 4
"""Twice what a proof takes: a row that was stale comes with the next run."""


@dataclass(frozen=True, slots=True)
class Told:
    """What came of a schedule."""

    status: str
    """How the run ended that met the faults: the one that applied, else the last."""
    reached: bool
    """Whether a row was applied while things went wrong."""
    problems: tuple[str, ...]


@dataclass(slots=True)
class Course:
    """One schedule on its ground."""

    ground: Ground
    schedule: Schedule
    before: Standings
    truth: dict[UUID, Loss]

    def go(self) -> Told:
        """Take the schedule to its end."""
        faulty = [self._faulty() for _ in range(self.schedule.runs)]
        problems = [*self._undue("while things went wrong"), *_crashes(faulty)]
        applied = [run for run in faulty if has_applied(run)]
        turns.mend(self.ground)
        clean = self._clean()
        problems += [*self._undue("in the end"), *self._missing(), *_crashes(clean)]
        status = (applied or faulty)[-1].status
        return Told(status, bool(applied), tuple(problems))

    def _faulty(self) -> Run:
        run = self._run(by_delta=self.schedule.by_delta)
        if self.schedule.is_approved and run.status == Status.WAITING_FOR_APPROVAL:
            runs.approve(run, patience=0)
        return run

    def _run(self, *, by_delta: bool) -> Run:
        desk = self.ground.desk
        return desk.run(RunKind.DELTA, walk=Walk.DELTA) if by_delta else desk.run()

    def _clean(self) -> list[Run]:
        """Run, approving what waits, until hours later nothing is left to do."""
        made = []
        for number in range(CLEAN_RUNS):
            run = self._run(by_delta=self.schedule.by_delta and not number)
            self._approve_what_waits()
            made.append(run)
            hours_pass(self.ground)
        return made

    def _approve_what_waits(self) -> None:
        mine = Run.objects.filter(connection=self.ground.desk.connection)
        for run in mine.filter(status=Status.WAITING_FOR_APPROVAL):
            runs.approve(run, patience=0)

    def _now(self) -> Standings:
        return outcome.standings(self.ground.desk.connection)

    def _undue(self, when: str) -> Iterable[str]:
        found = outcome.losses(self.before, self._now())
        for person, loss in outcome.undue(found, self.truth).items():
            yield f"{person} is {loss} {when}, and should not be"

    def _missing(self) -> Iterable[str]:
        now = self._now()
        found = outcome.losses(self.before, now)
        for person, loss in self.truth.items():
            if found.get(person) != loss:
                yield f"{person} should be {loss}, and is {found.get(person)}"
        for person, active in outcome.lingering(now, self.truth).items():
            yield f"{person} left, and is active as {', '.join(sorted(active))}"


def begin(ground: Ground, schedule: Schedule) -> Course:
    """Let people leave the tenant as it was imported, and put the faults in force."""
    ground.again(page_size=schedule.page_size)
    before = outcome.standings(ground.desk.connection)
    truth = departures.depart(ground, schedule, before)
    for fault in schedule.faults:
        ground.desk.admin.fault(tenant_id=ground.desk.tenant.tenant_id, **fault.rule)
    for turn in schedule.turns:
        turns.take(ground, turn, Random(schedule.seed + 1))
    return Course(ground, schedule, before, truth)


def has_applied(run: Run) -> bool:
    """Return whether the run wrote anything to the directory."""
    return run.items.filter(outcome=Outcome.APPLIED).exists()


def hours_pass(ground: Ground) -> None:
    """Move what we remember of look-ups into the past."""
    people = ground.desk.connection.mirror_users
    for found in people.filter(evidence__isnull=False):
        assert found.evidence
        at = datetime.fromisoformat(found.evidence["at"]) - LATER
        found.evidence = {**found.evidence, "at": at.isoformat()}
        found.save(update_fields=["evidence"])


def _crashes(made: Iterable[Run]) -> Iterable[str]:
    for run in made:
        if run.status == Status.CRASHED:
            yield f"run {run.pk} crashed: {run.traceback.splitlines()[-1]}"
