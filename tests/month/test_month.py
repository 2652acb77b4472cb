"""A simulated month of the Integrator, compared each day with a full import by hand.

`make test` takes a few days, `make month` the whole; MONTH_SEEDS says how many seeds,
MONTH_FIRST where they begin, MONTH_DAYS and MONTH_PEOPLE how long and how large.
"""

from __future__ import annotations

import json
import os
import random
import time
from typing import TYPE_CHECKING

import pytest

from tests import workers
from tests.month import clocks, ground
from tests.month.course import Month
from tests.month.weather import Sky

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.process import Simulator

SEEDS = int(os.environ.get("MONTH_SEEDS", "1"))
FIRST = int(os.environ.get("MONTH_FIRST", "1"))
DAYS = int(os.environ.get("MONTH_DAYS", "3"))
PEOPLE = int(os.environ.get("MONTH_PEOPLE", "120"))


@pytest.mark.parametrize("seed", range(FIRST, FIRST + SEEDS))
def test_every_day_of_a_month_is_as_a_full_import_or_its_entry_is_named(
    transactional_db: None,
    entra: Simulator,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, object], None],
    seed: int,
) -> None:
    for name, value in workers.environment().items():
        monkeypatch.setenv(name, value)
    began = time.perf_counter()
    with clocks.moved(entra.admin) as both:
        monkeypatch.setattr("imports.attempt.sleep", both.forward)
        random.seed(seed)
        ours = ground.lay(entra.admin, random.Random(seed), people=PEOPLE)
        month = Month(seed, ours, both, Sky(ours))
        try:
            month.begin()
            for day in range(DAYS):
                month.day(day)
            month.end()
        except Exception as exc:
            exc.add_note(f"in the month of seed {seed}")
            raise
        finally:
            took = time.perf_counter() - began
            record_property("month", json.dumps([seed, took, month.told.row()]))
    assert month.told.problems == []
