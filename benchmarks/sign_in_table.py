"""The figures of signing in, held to the goals and as lines of text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from benchmarks import goals
from benchmarks.report import goal_lines

if TYPE_CHECKING:
    from collections.abc import Mapping

    from benchmarks import processes

LABELS: Final = {
    "own": "our own time",
    "waited": "waiting for Microsoft",
    "processor": "of it at work",
}


def report(found: processes.Measures) -> dict[str, Any]:
    """Return the figures of one database, held to the goals."""
    return {"sign_in": found, "goals": goals.sign_in(found)}


def table(database: str, found: Mapping[str, Any]) -> str:
    """Return the figures of one database as lines of text."""
    one = found["sign_in"]
    lines = [
        f"{database:<26} {'median ms':>10} {'p95 ms':>8}",
        *(
            f"  {label:<24} {one[f'{key}_ms']:>10} {one[f'{key}_p95_ms']:>8}"
            for key, label in LABELS.items()
        ),
        f"  {one['sign_ins']} sign-ins in {one['seconds']} s, "
        f"{one['statements']:g} statements each",
    ]
    return "\n".join([*lines, *goal_lines(found["goals"])])
