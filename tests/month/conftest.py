"""After the months: the table of what happened in them, and of what accounts for it."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

COLUMNS = {
    "days": "days",
    "equal": "equal",
    "events": "events",
    "edits": "edits",
    "kills": "kills",
    "deactivated": "stopped",
}
"""What is told of each seed, and under which heading."""
SUMS = {
    "runs": "runs that ended as",
    "spells": "what went wrong",
    "explained": "differences accounted for by",
}


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print each seed's month in a row, then the sums over all of them."""
    rows = [
        json.loads(value)
        for outcome in ("passed", "failed")
        for report in terminalreporter.stats.get(outcome, [])
        for name, value in report.user_properties
        if name == "month"
    ]
    if not rows:
        return
    write = terminalreporter.write_line
    terminalreporter.section(f"{len(rows)} simulated months")
    write(_line("seed", *COLUMNS.values(), "problems", "seconds"))
    for seed, seconds, told in sorted(rows, key=lambda row: int(row[0])):
        numbers = [told[name] for name in COLUMNS]
        write(_line(seed, *numbers, len(told["problems"]), round(seconds)))
    for name, heading in SUMS.items():
        total = sum((Counter(told[name]) for *_, told in rows), Counter[str]())
        write(f"{heading}: {_listed(total)}")
    for seed, _, told in rows:
        for problem in told["problems"]:
            write(f"seed {seed}, {problem}")


def _line(*cells: object) -> str:
    return "".join(f"{cell!s:>10}" for cell in cells)


def _listed(total: Counter[str]) -> str:
    return ", ".join(f"{name} {number}" for name, number in sorted(total.items()))
