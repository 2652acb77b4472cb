from __future__ import annotations

from typing import Any

from benchmarks import quiet_round


def went(seconds: float, **figures: Any) -> dict[str, Any]:
    """Return the figures of a round of five hundred tenants."""
    return {
        "seconds": seconds,
        "runs": 500,
        "connections": 500,
        "ended": {"nothing_changed": 500},
        "bad": 0,
        "wait_mean": seconds / 2,
        "wait_most": seconds,
        **figures,
    }


def met(found: dict[str, Any]) -> set[str]:
    goals = quiet_round.report(found)["goals"]
    return {name for name, goal in goals.items() if goal["met"]}


ALL = {"P10", "P10 workers", "P10 fair", "P10 twice"}


def test_two_workers_in_time_that_share_the_work_meet_the_goals() -> None:
    found = {"workers_1": went(240), "workers_2": went(160)}
    assert met(found) == ALL
    told = quiet_round.table("sqlite", {"round": found} | quiet_round.report(found))
    assert "1.50, at least 1.4: met" in told


def test_each_goal_may_be_missed() -> None:
    one = went(240)
    assert met({"workers_1": one, "workers_2": went(181)}) == {"P10 fair", "P10 twice"}
    starved = went(120, wait_mean=20)
    assert met({"workers_1": one, "workers_2": starved}) == ALL - {"P10 fair"}
    for broken in ({"runs": 501}, {"bad": 1}):
        again = went(120, **broken)
        assert met({"workers_1": one, "workers_2": again}) == ALL - {"P10 twice"}
