"""Random faults while people leave: nobody else loses anything, and all leavers do.

`make test` takes a slice, `make soak` the whole; SOAK_SCHEDULES says how many seeds,
SOAK_FIRST where they begin.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest
from django.db import transaction

from tests.soak import course, ground, schedules

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.process import Simulator
    from tests.soak.course import Told
    from tests.soak.ground import Ground

SCHEDULES = int(os.environ.get("SOAK_SCHEDULES", "6"))
FIRST = int(os.environ.get("SOAK_FIRST", "6"))
"""From here on mild and hard ones take turns even in a slice."""
BLOCK = 20
"""How many schedules share one import."""
SEEDS = range(FIRST, FIRST + SCHEDULES)
BLOCKS = [SEEDS[start : start + BLOCK] for start in range(0, SCHEDULES, BLOCK)]


@pytest.mark.parametrize("seeds", BLOCKS, ids=lambda seeds: f"from {seeds.start}")
def test_whatever_goes_wrong_exactly_the_true_leavers_go(
    db: None,
    entra: Simulator,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, object], None],
    seeds: range,
) -> None:
    monkeypatch.setattr("imports.attempt.sleep", list[float]().append)
    ours = ground.lay(entra.admin)
    told = {}
    for seed in seeds:
        told[seed] = one = one_schedule(ours, seed)
        row = [seed, one.status, one.reached, one.problems]
        record_property("soak", json.dumps(row))
    reached = sum(one.reached for one in told.values())
    assert reached >= 0.3 * len(told), f"only {reached} of {len(told)} reach apply"
    assert [seed for seed, one in told.items() if one.problems] == []


def one_schedule(ours: Ground, seed: int) -> Told:
    """Take a schedule to its end, and forget what it left."""
    try:
        with transaction.atomic():
            told = course.begin(ours, schedules.draw(seed)).go()
            transaction.set_rollback(True)
    except Exception as exc:
        exc.add_note(f"in the schedule of seed {seed}")
        raise
    ours.desk.connection.refresh_from_db()
    return told
