"""How a month goes: half hour by half hour, compared at the end of each day."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from imports import explaining, integrator, tasks
from imports.engine import explain
from imports.models import Decision, Run, SyncSchedule
from imports.words import ACTIVE, RunKind, Status
from tests.month import edits, entries, events, losses, oracle, weather, worker
from tests.month.clocks import now
from tests.month.records import MANAGER, differences, records, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from uuid import UUID

    from tests.month.clocks import Clocks
    from tests.month.entries import Accounts
    from tests.month.ground import Ground
    from tests.month.records import Records
    from tests.month.weather import Sky

SLOTS = 48
"""Half hours of a day."""
SLOT = timedelta(minutes=30)
BUSY = 50
"""Every how manieth person something happens to, each day."""
LEAST = 12
FEW = 5
"""How many differences of a kind are told."""
MANUAL = 0.1
DECIDED = 0.5


@dataclass(slots=True)
class Told:
    """What came of a month."""

    runs: Counter[str] = field(default_factory=Counter)
    spells: Counter[str] = field(default_factory=Counter)
    explained: Counter[str] = field(default_factory=Counter)
    equal: int = 0
    """Days on which nothing differed from a full import by hand."""
    days: int = 0
    events: int = 0
    edits: int = 0
    kills: int = 0
    deactivated: int = 0
    problems: list[str] = field(default_factory=list)

    def row(self) -> dict[str, Any]:
        """Return it as JSON takes it."""
        return {one.name: getattr(self, one.name) for one in fields(self)}


@dataclass(slots=True)
class Month:
    """One month of one desk."""

    seed: int
    ground: Ground
    clocks: Clocks
    sky: Sky
    told: Told = field(default_factory=Told)
    seen: Records = field(default_factory=dict)
    """The records as they were after the last run."""
    read_at: datetime = field(default_factory=now)
    lengths: dict[str, float] = field(default_factory=dict)

    def begin(self) -> None:
        """Import everybody for the first time; so many new agents are approved."""
        self._tick()
        self._approve()
        self.seen = records(self.ground.desk.connection)
        self._judge("after the first import")

    def day(self, number: int) -> None:
        """Let a day pass, then compare."""
        begins = now()
        # Anew each day: what happens does not hang on what the product made of it.
        self.ground.random.seed(f"{self.seed} {number}")
        agenda = self._agenda(number)
        for slot in range(SLOTS):
            at = number * SLOTS + slot
            self.sky.pass_on(at)
            for act in agenda.get(slot, ()):
                self._act(act, at)
            if not self.sky.is_silent:
                self._tick()
            self.clocks.until(begins + (slot + 1) * SLOT)
        self._judge(f"day {number + 1}")

    def end(self) -> None:
        """All is well again: days without weather, and what waits is approved."""
        self.sky.clear()
        if not self.ground.truth.groups["Team"].is_here:
            events.regroup(self.ground)
        edits.restore_rules(self.ground)
        Decision.objects.all().delete()
        self.ground.desk.rules_changed()
        self.ground.truth.note(now())
        for _ in range(CLEAN_WALKS):
            SyncSchedule.objects.update(full_due_at=now(), retry_at=None)
            self._tick()
            self._approve()
            self.clocks.forward(2 * 3600)
        self._tick()
        self._approve()
        self._compare_at_the_end()

    def _agenda(self, number: int) -> dict[int, list[str]]:
        """Return what is to happen in which half hour of a day."""
        random, found = self.ground.random, list[str]()
        found += ["often"] * max(LEAST, len(self.ground.truth.people) // BUSY)
        found += ["seldom"] * random.choice((0, 0, 1, 2))
        found += ["edit"] * random.choice((0, 0, 1))
        found += ["spell"] * random.choice((0, 1, 1, 2))
        found += ["decide"] * (random.random() < DECIDED)
        found += ["manual"] * (random.random() < MANUAL)
        found += ["reorganise"] * (number % 10 == 4)
        agenda: dict[int, list[str]] = {}
        for act in found:
            agenda.setdefault(random.randrange(SLOTS), []).append(act)
        return agenda

    def _act(self, act: str, at: int) -> None:
        ground = self.ground
        match act:
            case "spell":
                spell = weather.draw(ground.random, at)
                self.told.spells[spell.name] += 1
                self.sky.begin(spell)
            case "decide":
                self._decide()
            case "manual":
                self._by_hand()
            case "edit":
                self.told.edits += 1
                ground.truth.note(now(), edits.edit(ground))
            case _:
                choices = {"often": events.OFTEN, "seldom": events.SELDOM}
                chosen = ground.random.choice(choices.get(act, [events.reorganise]))
                self.told.events += 1
                ground.truth.note(now(), chosen(ground))

    def _tick(self) -> None:
        """Let beat tick and workers work."""
        for run in integrator.tick(now()):
            share = self.sky.killed()
            if share is not None:
                after = share * self.lengths.get(run.walk, 1.0)
                self.told.kills += worker.killed(run, now(), after=after)
            else:
                began = time.perf_counter()
                tasks.ring(run.pk)
                self.lengths[run.walk] = time.perf_counter() - began
            run.refresh_from_db()
            self._ended(run)

    def _by_hand(self) -> None:
        """Let somebody import everybody by hand, if the desk is free."""
        self._ended(self.ground.desk.run(RunKind.IMPORT))

    def _decide(self) -> None:
        plan = edits.decide(self.ground)
        if plan is not None:
            self._look(plan, since=plan.started_at or now())

    def _ended(self, run: Run) -> None:
        """Look at what a run did, whoever started it and however it ended."""
        if run.status not in ACTIVE:
            self.told.runs[run.status] += 1
        if run.status == Status.CRASHED:
            self.told.problems.append(f"run {run.pk} crashed: {run.traceback}")
        began = run.started_at or now()
        self._look(run, since=min(self.read_at, began))
        if oracle.is_well(run):
            self.read_at = max(self.read_at, began)

    def _look(self, run: Run, since: datetime) -> None:
        """Find out whether anybody lost what was theirs all the time."""
        found = records(self.ground.desk.connection)
        self.told.deactivated += losses.deactivated(self.seen, found)
        truth = self.ground.truth
        begins = min(since, self.read_at)
        for person, text in losses.undue(truth, self.seen, found, begins):
            told = [f"run {run.pk} ({run.walk}) from {run.started_at}, undue: {text}"]
            told += [run.reason, *truth.told(person), *self._explanation(person)]
            self.told.problems.append("\n".join(told))
        self.seen = found

    def _judge(self, when: str) -> None:
        """Compare with a full import by hand; account for each difference."""
        connection = self.ground.desk.connection
        mine = entries.accounts(self.ground, self.read_at)
        with oracle.tried_out(self.sky):
            mine_now = records(connection)
            began = now()
            ended = oracle.next_run(connection)
            step, after = records(connection), entries.accounts(self.ground, began)
            oracle.full_import(connection)
            full = records(connection)
        told = [] if oracle.is_well(ended) else [f"the next run: {ended.reason}"]
        told += self._unexplained("after the next run", after, step, full)[:FEW]
        unexplained = self._unexplained("as it is", mine, mine_now, full)
        told += unexplained[:FEW]
        for key, columns in differences(mine_now, full).items():
            self.told.explained[mine.entry(*key, columns) or "nothing"] += 1
        self.told.days += 1
        self.told.equal += not differences(mine_now, full)
        self.told.problems += [f"{when}, {text}" for text in told]

    def _unexplained(
        self, when: str, by: Accounts, here: Records, there: Records
    ) -> list[str]:
        """Return the differences for which nothing accounts."""
        truth = self.ground.truth
        return [
            "\n".join(
                (
                    f"{when}: {truth.people[key[1]].upn} ({key[0]}): "
                    f"{shown(key, here, there)}",
                    f"last read from {by.read_at}",
                    *truth.told(key[1]),
                    *self._explanation(key[1]),
                )
            )
            for key, columns in differences(here, there).items()
            if by.entry(*key, columns) is None
        ]

    def _explanation(self, person: UUID) -> Iterable[str]:
        """Return what the product itself says of somebody."""
        connection = self.ground.desk.connection
        found = connection.mirror_users.filter(object_id=person).first()
        if found is None:
            return ["not in the mirror"]
        return explain.lines(explaining.explanation(connection, found))

    def _approve(self) -> None:
        mine = Run.objects.filter(connection=self.ground.desk.connection)
        for plan in mine.filter(status=Status.WAITING_FOR_APPROVAL):
            edits.approve(plan)

    def _compare_at_the_end(self) -> None:
        """Compare with the truth, and with an import into an empty desk."""
        ground = self.ground
        found = records(ground.desk.connection)
        problems = [*losses.standing(ground.truth, found)]
        with oracle.tried_out(self.sky):
            fresh = oracle.from_nothing(ground.desk.connection)
        problems += _beside(found, fresh)
        self.told.problems += [f"in the end: {text}" for text in problems[:FEW]]


CLEAN_WALKS = 3
"""Two prove who is gone for good; a row that was stale comes with the next."""


def _beside(found: Records, fresh: Records) -> Iterator[str]:
    """Yield in what active people differ from a fresh import."""
    for key, theirs in fresh.items():
        mine = found.get(key)
        if mine is None:
            yield f"{key} has no record, but for a fresh import"
            continue
        manager = mine.get(MANAGER)
        # Who has left is kept here, and stays somebody's manager.
        skipped = {MANAGER} if ("user", manager) not in fresh else ()
        amiss = [
            name
            for name in theirs
            if mine[name] != theirs[name] and name not in skipped
        ]
        if amiss:
            told = ", ".join(
                f"{one}: {mine[one]!r} not {theirs[one]!r}" for one in amiss
            )
            yield f"{key}: {told}"
    for key, mine in found.items():
        if key not in fresh and mine["is_active"]:
            yield f"{key} is active, but not in a fresh import"
