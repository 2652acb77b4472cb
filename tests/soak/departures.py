"""Who truly leaves, moves, steps down or is renamed."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from tests.imports import leaving
from tests.soak.ground import PLAIN, SMALL
from tests.soak.outcome import Loss

if TYPE_CHECKING:
    from uuid import UUID

    from tests.soak.ground import Ground
    from tests.soak.outcome import Standings
    from tests.soak.schedules import Schedule

RENAMED = 3
AT_MOST = 2
"""How many at most leave each of the small groups."""
SMALLER = {"York": Loss.MOVED, "Board": Loss.STRIPPED, "Approvers": Loss.STRIPPED}
"""What it means to leave one of the small groups."""


def depart(ground: Ground, schedule: Schedule, before: Standings) -> dict[UUID, Loss]:
    """Change the tenant; return what that is to mean for whom.

    Leavers go in every way in turn: deleted, purged, disabled, out of their group.
    """
    random = Random(schedule.seed)
    small = {one for name in SMALL for one in ground.members[name]}
    plain = {one for one, held in before.items() if held.active} - small
    chosen = random.sample(sorted(plain), RENAMED + schedule.leavers)
    truth = dict.fromkeys(chosen[:RENAMED], Loss.CHANGED)
    for person in truth:
        name = f"Renamed {random.randrange(1000)}"
        ground.desk.change(person, displayName=name)
    for number, person in enumerate(chosen[RENAMED:]):
        _go(ground, person, way=number % 4)
        truth[person] = Loss.REMOVED
    for name, loss in SMALLER.items():
        present = [one for one in ground.members[name] if one in before]
        for person in random.sample(present, random.randint(0, AT_MOST)):
            ground.desk.leave(ground.groups[name], person)
            truth[person] = loss
    return truth


def _go(ground: Ground, person: UUID, *, way: int) -> None:
    """Let somebody go in one of the four ways."""
    match way:
        case 0:
            leaving.remove(ground.desk, person)
        case 1:
            leaving.purge(ground.desk, person)
        case 2:
            leaving.disable(ground.desk, [person])
        case _:
            name = next(one for one in PLAIN if person in ground.members[one])
            ground.desk.leave(ground.groups[name], person)
