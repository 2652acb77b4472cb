"""Medians, ratios and goals."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks import report


def measures(seconds: float, **more: Any) -> dict[str, Any]:
    return {
        "seconds": seconds,
        "people": 1000,
        "requests": 2,
        "peak_megabytes": 50,
        **more,
    }


def a_round(floor: float, first_import: float) -> report.Round:
    return {
        "floor": measures(floor, waited=floor / 2),
        "first_import": measures(
            first_import, directory_writes={"INSERT": 3}, fewest_requests=2
        ),
        "preview": measures(first_import / 2),
        "floor_nochange": measures(1, waited=0.5),
        "unchanged": measures(4),
    }


def test_a_ratio_is_the_median_of_the_rounds_own_ratios() -> None:
    rounds = [a_round(1, 4), a_round(10, 20), a_round(2, 6)]

    goal = report.summary(rounds)["goals"]["P1"]

    assert goal == {"ratio": 3, "most": 5.0, "met": True, "strict": 6}


def test_a_ratio_above_its_goal_is_missed_and_said_so() -> None:
    found = report.summary([a_round(1, 4)])

    assert not found["goals"]["P3"]["met"]
    assert "P3: 4.00, at most 3.0: missed" in report.table("sqlite", found)


def test_the_preview_is_compared_with_the_import_not_with_the_floor() -> None:
    goal = report.summary([a_round(1, 4)])["goals"]["P2"]

    assert goal["ratio"] == pytest.approx(0.5)
    assert "strict" not in goal
