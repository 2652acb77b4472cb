"""Killed at any moment and taken over, every sort of run ends as one undisturbed.

`make test` takes a slice, `make kills` the whole. KILLS says how many moments are
drawn, KILLS_FIRST the first seed, KILLS_EACH how often each stage is to be hit in all,
KILLS_PEOPLE how many people there are.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from tests import workers
from tests.kills import grounds, schedules
from tests.kills.course import Miss, course
from tests.kills.schedules import PHASES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from simulator.process import Simulator
    from tests.kills.course import Course, Told
    from tests.kills.phases import Phase
    from tests.kills.schedules import Case, Kill

KILLS = int(os.environ.get("KILLS", "3"))
FIRST = int(os.environ.get("KILLS_FIRST", "0"))
EACH = int(os.environ.get("KILLS_EACH", "0"))
PEOPLE = int(os.environ.get("KILLS_PEOPLE", "1000"))
CASES = schedules.cases(range(FIRST, FIRST + KILLS))
TRIES = 20
"""How many moments in a row may hit nothing, and how many may miss a stage."""


@pytest.mark.parametrize(("case", "seeds"), CASES.items(), ids=CASES)
def test_a_killed_run_that_is_taken_over_ends_as_one_undisturbed(
    transactional_db: None,
    entra: Simulator,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, object], None],
    case: Case,
    seeds: list[int],
) -> None:
    for name, value in workers.environment().items():
        monkeypatch.setenv(name, value)
    failed = []
    with course(grounds.lay(entra.admin, case, people=PEOPLE)) as ours:
        for seed, told in every_kill(ours, case, seeds):
            row = [case, seed, told.hit, told.problems]
            record_property("kills", json.dumps(row))
            failed += [(seed, told.hit, told.problems)] if told.problems else []
    assert failed == []


def every_kill(
    ours: Course, case: Case, seeds: list[int]
) -> Iterator[tuple[int, Told]]:
    """Kill at the moments drawn; then go on in the stages that were seldom hit."""
    hits: list[Phase | Miss] = []
    for seed in seeds:
        for told in until_it_hits(ours, schedules.draws(seed)):
            hits.append(told.hit)
            yield seed, told
    for phase in PHASES[case]:
        wanted = schedules.share_of(case, phase, EACH)
        for seed in range(wanted + TRIES):
            if hits.count(phase) >= wanted:
                break
            for told in until_it_hits(ours, schedules.draws(seed, phase)):
                hits.append(told.hit)
                yield seed, told
        assert hits.count(phase) >= wanted, f"{phase} is not hit"


def until_it_hits(ours: Course, draws: Iterator[Kill]) -> Iterator[Told]:
    """Yield what came of the first moments, up to one that hit a run at work."""
    for _ in range(TRIES):
        told = ours.kill(next(draws))
        yield told
        if not isinstance(told.hit, Miss):
            return
    raise AssertionError(f"{TRIES} moments in a row hit nothing")
