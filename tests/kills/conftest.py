"""After the kills: the table of what they hit."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from django.db import connection

from tests.kills.course import Miss
from tests.kills.phases import Phase
from tests.kills.schedules import Case

WIDTH = 10


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print how often each stage of each sort of run was hit."""
    rows = [
        json.loads(value)
        for outcome in ("passed", "failed")
        for report in terminalreporter.stats.get(outcome, [])
        for name, value in report.user_properties
        if name == "kills"
    ]
    if not rows:
        return
    table = Counter((case, hit) for case, _, hit, _ in rows)
    hits = sum(table[case, phase] for case in Case for phase in Phase)
    write = terminalreporter.write_line
    terminalreporter.section(f"{hits} kills on {connection.vendor}")
    write(_line("hit while", *Case, "all"))
    for row in (*Phase, *Miss):
        numbers = [table[case, row] for case in Case]
        write(_line(row, *numbers, sum(numbers)))
    for case, seed, hit, problems in rows:
        if problems:
            write(f"{case}, seed {seed}, killed in {hit}")
        for problem in problems:
            write(f"  {problem}")


def _line(name: str, *cells: object) -> str:
    return f"{name:18}" + "".join(f"{cell!s:>{WIDTH}}" for cell in cells)
