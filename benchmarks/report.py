"""Medians, ratios and goals, as a table for people and as JSON for machines."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.processes import Measures

Round = dict[str, "Measures"]
LABELS = {
    "floor": "floor: fetch and store",
    "first_import": "first import",
    "preview": "preview",
    "floor_nochange": "floor: fetch and compare",
    "unchanged": "re-run, nothing changed",
}


@dataclass(frozen=True, slots=True)
class Goal:
    """A ratio of two steps of one round, and what it may be at most.

    `base` is a floor or a run of the product.
    """

    name: str
    step: str
    base: str
    most: float


GOALS = (
    Goal("P1", "first_import", "floor", 5.0),
    Goal("P2", "preview", "first_import", 0.8),
    Goal("P3", "unchanged", "floor_nochange", 3.0),
)


def machine() -> dict[str, Any]:
    """Return what the figures depend on."""
    return {
        "cores": os.cpu_count(),
        "system": platform.system(),
        "architecture": platform.machine(),
        "python": platform.python_version(),
    }


def summary(rounds: Sequence[Round]) -> dict[str, Any]:
    """Return the medians of the steps and of the ratios of one database."""
    return {
        "steps": {step: _step([one[step] for one in rounds]) for step in LABELS},
        "goals": {goal.name: _goal(goal, rounds) for goal in GOALS},
        "rounds": [
            {step: one[step]["seconds"] for step in LABELS if step in one}
            for one in rounds
        ],
    }


def _step(measured: Sequence[Measures]) -> dict[str, Any]:
    """Return one step: medians of what varies, the last round's counts."""
    seconds = median(one["seconds"] for one in measured)
    last = measured[-1]
    found = {
        "seconds": round(seconds, 2),
        "people": last["people"],
        "people_per_second": round(last["people"] / seconds),
        "peak_megabytes": median(one["peak_megabytes"] for one in measured),
        "graph_requests": last["requests"],
    }
    if "waited" in last:
        found["waited"] = round(median(one["waited"] for one in measured), 2)
    kept = ("fewest_requests", "statements", "executed_rows", "directory_writes")
    return found | {name: last[name] for name in (*kept, "stages") if name in last}


def _goal(goal: Goal, rounds: Sequence[Round]) -> dict[str, Any]:
    """Return the median ratio; `strict` takes the tenant's share off the floor."""
    ratio = median(
        one[goal.step]["seconds"] / one[goal.base]["seconds"] for one in rounds
    )
    found = {"ratio": round(ratio, 2), "most": goal.most, "met": ratio <= goal.most}
    if all("waited" in one[goal.base] for one in rounds):
        strict = median(
            one[goal.step]["seconds"]
            / (one[goal.base]["seconds"] - one[goal.base]["waited"])
            for one in rounds
        )
        found["strict"] = round(strict, 2)
    return found


def table(database: str, found: dict[str, Any]) -> str:
    """Return the figures of one database as lines of text."""
    head = f"{'seconds':>9} {'people/s':>9} {'peak MB':>8} {'requests':>9}"
    lines = [f"{database:<26} {head}  statements"]
    for step, label in LABELS.items():
        one = found["steps"][step]
        fewest = one.get("fewest_requests")
        requests = f"{one['graph_requests']}" + (f"/{fewest}" if fewest else "")
        lines.append(
            f"  {label:<24} {one['seconds']:>9.2f} {one['people_per_second']:>9} "
            f"{one['peak_megabytes']:>8.0f} {requests:>9}  {_statements(one)}"
        )
    lines += [_goal_line(name, goal) for name, goal in found["goals"].items()]
    return "\n".join(line.rstrip() for line in lines)


def _statements(step: dict[str, Any]) -> str:
    told = [f"{kind} {number}" for kind, number in step.get("statements", {}).items()]
    written = step.get("directory_writes")
    if written is not None:
        told.append(f"(to the directory: {sum(written.values())})")
    return " ".join(told)


def _goal_line(name: str, goal: dict[str, Any]) -> str:
    strict = (
        f"; without the tenant's share {goal['strict']:.2f}" if "strict" in goal else ""
    )
    verdict = "met" if goal["met"] else "missed"
    return (
        f"  {name}: {goal['ratio']:.2f}, at most {goal['most']:.1f}: {verdict}{strict}"
    )
