"""For each sort of run a tenant, a desk and a run that is about to begin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from imports import runs, undo
from imports.words import RunKind, Status, Trigger, Walk
from mappings.words import Policy
from tests import bench
from tests.imports import leaving, staff
from tests.kills.schedules import Case
from tests.kills.worker import Act

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from imports.models import Run
    from simulator.admin_client import Admin
    from tests.bench import Desk

PAGE_SIZE = 250
"""So that even a slice takes several pages."""
LEAVERS = 7
"""Every how manieth leaves: more than the guard lets go unasked."""
CHANGED = 9
"""Every how manieth is called otherwise, or moves."""


@dataclass(frozen=True, slots=True)
class Ground:
    """A run that is about to begin, how it begins, and as what it should end."""

    run: Run
    act: Act = Act.RING
    ends: Status = Status.SUCCEEDED
    gone: frozenset[UUID] = frozenset()
    """Who is to have no active user record any more; nobody else."""


def lay(admin: Admin, case: Case, *, people: int) -> Ground:
    """Return the ground for runs of one sort: a tenant of so many people."""
    desk = staff.desk(admin, people=people)
    admin.settings(desk.tenant.tenant_id, page_size=PAGE_SIZE)
    match case:
        case Case.FIRST:
            return Ground(_queued(desk))
        case Case.PREVIEW:
            return Ground(desk.preview(), Act.APPLY)
        case Case.UNDO:
            run = undo.queue(_imported(desk), Trigger.COMMAND)
            return Ground(run, gone=frozenset(staff.people(desk)))
        case Case.AGAIN:
            _imported(desk)
            return Ground(_queued(desk), gone=_change(desk))
        case Case.LEAVERS | Case.APPROVAL:
            return _departures(desk, is_guarded=case is Case.APPROVAL)
        case Case.DELTA | Case.HELD:
            return _changes(desk, is_guarded=case is Case.HELD)


def _departures(desk: Desk, *, is_guarded: bool) -> Ground:
    """People have left; a guarded import has seen it, and waits for approval."""
    _imported(desk)
    gone = _depart(desk)
    if not is_guarded:
        bench.unguarded(desk)
        return Ground(_queued(desk), gone=gone)
    waiting = desk.run()
    assert waiting.status == Status.WAITING_FOR_APPROVAL
    return Ground(waiting, Act.APPROVE, gone=gone)


def _changes(desk: Desk, *, is_guarded: bool) -> Ground:
    """The Integrator has run, then people have changed and left."""
    _imported(desk, RunKind.DELTA)
    gone = _change(desk) | _depart(desk)
    order: dict[str, Any] = {"kind": RunKind.DELTA, "walk": Walk.DELTA}
    if is_guarded:
        run = _queued(desk, **order, trigger=Trigger.SCHEDULE)
        return Ground(run, ends=Status.WAITING_FOR_APPROVAL)
    bench.unguarded(desk)
    return Ground(_queued(desk, **order), gone=gone)


def _queued(desk: Desk, **order: Any) -> Run:
    asked = {"kind": RunKind.IMPORT, "trigger": Trigger.COMMAND, **order}
    return runs.queue(desk.connection, runs.Order(**asked))


def _imported(desk: Desk, kind: RunKind = RunKind.IMPORT) -> Run:
    """Import everybody; whoever is unmatched later is deactivated."""
    bench.leavers(desk, unmatched=Policy.DEACTIVATE)
    run = desk.run(kind)
    assert run.status == Status.SUCCEEDED
    return run


def _change(desk: Desk) -> frozenset[UUID]:
    """Rename, move and promote some, let somebody join; return who is stopped."""
    groups, people = staff.groups(desk), staff.people(desk)
    staff.a_week_later(desk)
    for number, person in enumerate(people[7::CHANGED]):
        match number % 3:
            case 0:
                desk.change(person, displayName=f"Renamed {number}")
            case 1:
                desk.change(person, officeLocation=f"Office {number % 2}")
            case _:
                desk.join(groups["Group-3"], person)
    return frozenset({people[3], people[6]})


def _depart(desk: Desk) -> frozenset[UUID]:
    """Let people leave, deleted and disabled in turn; return them."""
    people: Sequence[UUID] = staff.people(desk)[8::LEAVERS]
    for number, person in enumerate(people):
        if number % 2:
            leaving.remove(desk, person)
        else:
            leaving.disable(desk, [person])
    return frozenset(people)
