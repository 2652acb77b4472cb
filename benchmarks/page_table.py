"""What a page cost, held against the goals, as a table for people."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

MEDIAN: Final = 100.0
SLOWEST: Final = 250.0
HEAVIEST: Final = 150.0
"""The goals: milliseconds, milliseconds of the 95th of 100, kilobytes."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one page took; times in milliseconds of the clock and of the processor."""

    statements: int
    median: float
    slowest: float
    processor: float
    kilobytes: float

    @property
    def is_met(self) -> bool:
        """Return whether the page reaches the goals."""
        return (
            self.median <= MEDIAN
            and self.slowest <= SLOWEST
            and self.kilobytes <= HEAVIEST
        )


def figures(costs: Mapping[str, Cost]) -> dict[str, dict[str, Any]]:
    """Return the costs as JSON takes them."""
    return {name: asdict(cost) for name, cost in costs.items()}


def table(costs: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the costs as lines of text, the slowest first; * misses a goal."""
    head = f"{'statements':>30} {'median ms':>10} {'p95 ms':>8} {'processor':>10} kB"
    lines = [f"{'page':<32}{head[20:]}"]
    for name, row in sorted(costs.items(), key=lambda one: -one[1]["median"]):
        cost = Cost(**row)
        lines.append(
            f"{' ' if cost.is_met else '*'} {name:<30} {cost.statements:>10} "
            f"{cost.median:>10} {cost.slowest:>8} {cost.processor:>10} "
            f"{cost.kilobytes}"
        )
    return "\n".join(lines)
