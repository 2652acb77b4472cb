"""Medians, ratios and goals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from benchmarks import report

if TYPE_CHECKING:
    from benchmarks.goals import Round


def measures(seconds: float, **more: Any) -> dict[str, Any]:
    return {
        "seconds": seconds,
        "people": 1000,
        "requests": 2,
        "peak_megabytes": 50,
        **more,
    }


def a_round(floor: float, first_import: float) -> Round:
    return {
        "floor": measures(floor, waited=floor / 2),
        "first_import": measures(
            first_import, directory_writes={"INSERT": 3}, tenths={"plan": (2, 4)}
        ),
        "preview": measures(first_import / 2),
        "floor_nochange": measures(1, waited=0.5),
        "unchanged": measures(4, directory_writes={}),
        "delta_first": measures(5),
        "delta_quiet": measures(1, requests=1, stages={"start": 0.1, "plan": 0.02}),
        "delta_changed": measures(1),
        "undo": measures(first_import),
        "reads": {
            "explain_ms": 60.0,
            "stored_ms": 1.0,
            "who_ms": 2.0,
            "recount_seconds": 4.0,
            "recount_statements": {"SELECT": 5},
        },
    }


def test_a_ratio_is_the_median_of_the_rounds_own_ratios() -> None:
    rounds = [a_round(1, 4), a_round(10, 20), a_round(2, 6)]

    goal = report.summary(rounds)["goals"]["P1"]

    assert goal["what"] == "first import, in floors"
    assert (goal["value"], goal["most"], goal["met"]) == (3, 5.0, True)
    assert goal["strict"] == 6


def test_a_ratio_above_its_goal_is_missed_and_said_so() -> None:
    found = report.summary([a_round(1, 4)])

    assert not found["goals"]["P3"]["met"]
    assert "P3:              4.00, at most 3: missed" in report.table("sqlite", found)


def test_the_preview_is_compared_with_the_import_not_with_the_floor() -> None:
    goal = report.summary([a_round(1, 4)])["goals"]["P2"]

    assert goal["value"] == pytest.approx(0.5)
    assert "strict" not in goal


def test_a_quiet_delta_is_held_to_its_stages_without_the_start_of_the_process() -> None:
    goal = report.summary([a_round(1, 4)])["goals"]["P4 quiet"]

    assert (goal["value"], goal["met"]) == (120, True)


def test_a_last_tenth_that_is_slower_than_the_first_is_missed() -> None:
    goal = report.summary([a_round(1, 4)])["goals"]["P5 speed"]

    assert (goal["value"], goal["least"], goal["met"]) == (0.5, 0.9, False)


def test_times_of_reads_are_medians() -> None:
    slow = a_round(1, 4)
    slow["reads"]["explain_ms"] = 100.0

    found = report.summary([a_round(1, 4), slow])

    assert found["reads"]["explain_ms"] == 80
    assert found["reads"]["recount_statements"] == {"SELECT": 5}
    assert not found["goals"]["P8 explain"]["met"]


def test_memory_is_compared_between_the_smallest_and_the_largest_tenant() -> None:
    growth = {
        100: measures(1, people=100, peak_megabytes=40, tenths={"plan": (1, 2)}),
        10_000: measures(9, people=10_000, peak_megabytes=95),
    }

    found = report.summary([a_round(1, 4)], growth)

    goal = found["goals"]["P5 memory"]
    assert (goal["value"], goal["met"]) == (55, False)
    table = report.table("sqlite", found)
    assert "import of 10,000" in table
    assert "(last tenth 0.50 × first)" in table
