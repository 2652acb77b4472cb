"""Charts drawn on the server as SVG: positions only, colours come from the CSS."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 28
GAP = 10


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its label and its parts, each a tone and how much it is."""

    label: str
    parts: Sequence[tuple[str, int]]

    @property
    def total(self) -> int:
        """Return the whole bar."""
        return sum(count for _, count in self.parts)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of a bar, in the units of the picture."""

    x: int
    y: float
    height: float
    tone: str
    count: int


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture of stacked bars (components/chart.html)."""

    width: int
    height: int
    bars: Sequence[tuple[Bar, int, Sequence[Box]]]
    """Each bar with the middle of its label and its boxes."""
    most: int


def stacked(bars: Sequence[Bar], *, height: int) -> Chart:
    """Return the bars side by side, the highest as high as the picture."""
    most = max((bar.total for bar in bars), default=0)
    placed = []
    for at, bar in enumerate(bars):
        left = at * (WIDTH + GAP)
        placed.append((bar, left + WIDTH // 2, _boxes(bar, left, height, most)))
    return Chart(len(bars) * (WIDTH + GAP) - GAP, height, placed, most)


def _boxes(bar: Bar, left: int, height: int, most: int) -> list[Box]:
    boxes, bottom = [], float(height)
    for tone, count in bar.parts:
        if not count:
            continue
        tall = max(round(height * count / most, 1), 2.0)
        bottom -= tall
        boxes.append(Box(left, max(bottom, 0.0), tall, tone, count))
    return boxes
