"""After the schedules: the table of what came of them."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from tests.soak import schedules


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print how many schedules ended how, and how many of them wrote anything."""
    rows = [
        json.loads(value)
        for outcome in ("passed", "failed")
        for report in terminalreporter.stats.get(outcome, [])
        for name, value in report.user_properties
        if name == "soak"
    ]
    if not rows:
        return
    table = Counter((status, reached) for _, status, reached, _ in rows)
    write = terminalreporter.write_line
    terminalreporter.section(f"{len(rows)} fault schedules")
    write(f"{'run under faults':24}{'applied':>10}{'not':>10}")
    for status in sorted({status for status, _ in table}):
        write(f"{status:24}{table[status, True]:>10}{table[status, False]:>10}")
    reached = sum(has_reached for _, _, has_reached, _ in rows)
    write(f"reached apply: {reached} of {len(rows)} ({reached / len(rows):.0%})")
    for seed, _, _, problems in sorted(rows):
        if problems:
            write(f"seed {seed} ({schedules.draw(seed)})")
        for problem in problems:
            write(f"  {problem}")
