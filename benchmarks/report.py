"""Medians, ratios and goals, as a table for people and as JSON for machines."""

from __future__ import annotations

import os
import platform
from statistics import median
from typing import TYPE_CHECKING, Any

from benchmarks import goals
from benchmarks.growth import evenness

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from benchmarks.goals import Round
    from benchmarks.processes import Measures

LABELS = {
    "floor": "floor: fetch and store",
    "first_import": "first import",
    "preview": "preview",
    "floor_nochange": "floor: fetch and compare",
    "unchanged": "re-run, nothing changed",
    "delta_first": "delta, takes the links",
    "delta_quiet": "delta, nothing changed",
    "delta_changed": "delta, 1 % changed",
    "undo": "undo of the first import",
}
_COUNTED = ("fewest_requests", "statements", "executed_rows", "directory_writes")
_KEPT = (*_COUNTED, "processor_seconds", "stages", "tenths")


def machine() -> dict[str, Any]:
    """Return what the figures depend on."""
    return {
        "cores": os.cpu_count(),
        "system": platform.system(),
        "architecture": platform.machine(),
        "python": platform.python_version(),
    }


def summary(
    rounds: Sequence[Round], growth: Mapping[int, Measures] | None = None
) -> dict[str, Any]:
    """Return the medians of steps and goals of one database.

    `growth` are first imports of tenants of other sizes, by how many people they have.
    """
    steps = {step: _step([one[step] for one in rounds]) for step in LABELS}
    others = {people: _step([one]) for people, one in (growth or {}).items()}
    judged = {goal.name: goal.found(rounds) for goal in goals.GOALS}
    if others:
        everybody = {**others, steps["first_import"]["people"]: steps["first_import"]}
        peaks = {people: one["peak_megabytes"] for people, one in everybody.items()}
        judged["P5 memory"] = goals.memory(peaks)
    return {
        "steps": steps,
        "reads": _reads([one["reads"] for one in rounds]),
        "first_imports_of": {str(people): one for people, one in others.items()},
        "goals": judged,
        "rounds": [{step: one[step]["seconds"] for step in LABELS} for one in rounds],
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
    return found | {name: last[name] for name in _KEPT if name in last}


def _reads(measured: Sequence[Measures]) -> dict[str, Any]:
    """Return the medians of times, the last round's counts."""
    return {
        name: one
        if isinstance(one, dict)
        else round(median(each[name] for each in measured), 3)
        for name, one in measured[-1].items()
    }


def table(database: str, found: dict[str, Any]) -> str:
    """Return the figures of one database as lines of text."""
    head = f"{'seconds':>9} {'people/s':>9} {'peak MB':>8} {'requests':>9}"
    lines = [f"{database:<26} {head}  statements"]
    lines += [_line(LABELS[step], one) for step, one in found["steps"].items()]
    for people, one in found["first_imports_of"].items():
        lines.append(_line(f"import of {int(people):,}", one))
        if one.get("tenths"):
            lines[-1] += f" (last tenth {evenness(one['tenths']):.2f} × first)"
    lines += goal_lines(found["goals"])
    return "\n".join(line.rstrip() for line in lines)


def _line(label: str, one: dict[str, Any]) -> str:
    fewest = one.get("fewest_requests")
    requests = f"{one['graph_requests']}" + (f"/{fewest}" if fewest else "")
    return (
        f"  {label:<24} {one['seconds']:>9.2f} {one['people_per_second']:>9} "
        f"{one['peak_megabytes']:>8.0f} {requests:>9}  {_statements(one)}"
    )


def _statements(step: dict[str, Any]) -> str:
    told = [f"{kind} {number}" for kind, number in step.get("statements", {}).items()]
    written = step.get("directory_writes")
    if written is not None:
        told.append(f"(to the directory: {sum(written.values())})")
    return " ".join(told)


def goal_lines(found: Mapping[str, dict[str, Any]]) -> list[str]:
    """Return a line a goal: what was found, and whether that is enough."""
    return [_goal_line(name, goal) for name, goal in found.items()]


def _goal_line(name: str, goal: dict[str, Any]) -> str:
    word, bound = (
        ("least", goal["least"]) if "least" in goal else ("most", goal["most"])
    )
    strict = (
        f"; without the tenant's share {goal['strict']:.2f}" if "strict" in goal else ""
    )
    verdict = "met" if goal["met"] else "missed"
    return (
        f"  {name + ':':<12} {goal['value']:>8.2f}, at {word} {bound:g}: "
        f"{verdict}{strict} ({goal['what']})"
    )
