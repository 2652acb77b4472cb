"""How one schedule goes: people leave, runs meet the faults, then all is well again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from imports import runs
from imports.models import Run
from imports.words import Outcome, RunKind, Status, Walk
from simulator.contract import DEFAULT_PERMISSIONS
from tests.imports import leaving
from tests.soak import outcome
from tests.soak.outcome import Loss
from tests.soak.schedules import Turn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from uuid import UUID

    from tests.soak.ground import Ground
    from tests.soak.outcome import Standings
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
        self._mend()
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

    def _mend(self) -> None:
        desk = self.ground.desk
        desk.admin.clear_faults()
        _permit(self.ground, *DEFAULT_PERMISSIONS)
        for name in ("Group-1", "Board"):
            desk.admin.put_group(
                desk.tenant.tenant_id, str(self.ground.groups[name]), visibility=None
            )

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
    truth = _depart(ground, schedule, before)
    for fault in schedule.faults:
        ground.desk.admin.fault(tenant_id=ground.desk.tenant.tenant_id, **fault.rule)
    for turn in schedule.turns:
        _turn(ground, turn, Random(schedule.seed + 1))
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


def _depart(ground: Ground, schedule: Schedule, before: Standings) -> dict[UUID, Loss]:
    """Let people leave in every way, some move or step down, and some be renamed."""
    random, desk = Random(schedule.seed), ground.desk
    small = {
        one for name in ("York", "Approvers", "Board") for one in _in(ground, name)
    }
    plain = [one for one, held in before.items() if held.active and one not in small]
    ways = [leaving.remove, leaving.purge, _disable, _leave(ground)]
    left = random.sample(sorted(plain), schedule.leavers + 3)
    for number, person in enumerate(left[3:]):
        ways[number % len(ways)](desk, person)
    truth = dict.fromkeys(left[3:], Loss.REMOVED)
    for person in left[:3]:
        desk.change(person, displayName=f"Renamed {random.randrange(1000)}")
        truth[person] = Loss.CHANGED
    for name, loss in (("York", Loss.MOVED), ("Board", Loss.STRIPPED)):
        present = [one for one in _in(ground, name) if one in before]
        for person in random.sample(present, random.randrange(3)):
            desk.leave(ground.groups[name], person)
            truth[person] = loss
    return truth


def _in(ground: Ground, name: str) -> list[UUID]:
    return list(ground.members[name])


def _disable(desk: Any, person: UUID) -> None:
    leaving.disable(desk, [person])


def _leave(ground: Ground) -> Callable[[Any, UUID], None]:
    """Return how somebody leaves the group that they are mapped by."""

    def leave(desk: Any, person: UUID) -> None:
        for name in ("Group-1", "Group-2", "Group-3"):
            if person in ground.members[name]:
                desk.leave(ground.groups[name], person)

    return leave


def _turn(ground: Ground, turn: Turn, random: Random) -> None:
    """Let the tenant itself turn against us."""
    desk = ground.desk
    group = str(ground.groups[random.choice(sorted(ground.groups))])
    match turn:
        case Turn.NO_GROUPS:
            _permit(ground, "User.Read.All", "Organization.Read.All")
        case Turn.NO_PEOPLE:
            _permit(ground, "GroupMember.Read.All", "Organization.Read.All")
        case Turn.HIDDEN:
            name = random.choice(("Group-1", "Board"))
            desk.admin.put_group(
                desk.tenant.tenant_id,
                str(ground.groups[name]),
                visibility="HiddenMembership",
            )
        case Turn.UNREADABLE:
            desk.admin.fault(path=f"{group}/members", status=403)
        case Turn.EMPTIED:
            desk.admin.fault(path=f"{group}/members", **leaving.EMPTY)
        case Turn.SHORT:
            _leave_out(ground, random)


def _leave_out(ground: Ground, random: Random) -> None:
    """Make the list of people look complete without some of them."""
    desk = ground.desk
    rows = list(desk.admin.oracle(desk.tenant.tenant_id, "people"))
    out = {row["id"] for row in random.sample(rows, random.choice((3, 40)))}
    listed = [
        {**row["properties"], "id": row["id"]} for row in rows if row["id"] not in out
    ]
    desk.admin.fault(path="/v1.0/users[?]", status=200, body={"value": listed})


def _permit(ground: Ground, *permissions: str) -> None:
    tenant = ground.desk.tenant
    ground.desk.admin.set_application(
        tenant.tenant_id, tenant.application_id, permissions=list(permissions)
    )


def _crashes(made: Iterable[Run]) -> Iterable[str]:
    for run in made:
        if run.status == Status.CRASHED:
            yield f"run {run.pk} crashed: {run.traceback.splitlines()[-1]}"
