"""Seconds of each stage of a run, and of its first and its last tenth."""

from __future__ import annotations

import time
from bisect import bisect_left
from typing import TYPE_CHECKING

from halo_entra import runs_cli

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imports.words import Stage

Mark = tuple[int, float]
"""How many were done, and when."""

SECONDS: dict[str, float] = {}
"""Seconds of each stage of this process's run."""
TENTHS: dict[str, tuple[float, float]] = {}
"""Seconds of the first and the last tenth of each stage, from its first batch on."""
FEWEST_MARKS = 5
"""With fewer batches a tenth says nothing."""


class TimedBar(runs_cli.Bar):
    """The progress bar of a run, which also takes the time of each stage."""

    def __init__(self) -> None:
        """Take the time from now on."""
        super().__init__()
        self._begun = time.perf_counter()
        self._stage = "start"
        self._marks: list[Mark] = []

    def stage(self, stage: Stage, total: int | None) -> None:
        """Begin another stage."""
        self._end()
        self._stage = stage.value
        super().stage(stage, total)

    def advance(self, done: int) -> None:
        """Note when so many were done."""
        if not self._marks or done > self._marks[-1][0]:
            self._marks.append((done, time.perf_counter()))
        super().advance(done)

    def close(self) -> None:
        """End the bar; the stage goes on until another one begins."""
        self._end()
        super().close()

    def _end(self) -> None:
        now = time.perf_counter()
        spent = SECONDS.get(self._stage, 0.0) + now - self._begun
        SECONDS[self._stage] = round(spent, 3)
        if len(self._marks) >= FEWEST_MARKS:
            TENTHS[self._stage] = tenths(self._marks)
        self._begun, self._marks = now, []


def tenths(marks: Sequence[Mark]) -> tuple[float, float]:
    """Return the seconds of the first and the last tenth between the marks."""
    (first, begun), (last, ended) = marks[0], marks[-1]
    tenth = (last - first) / 10
    return (
        round(_at(marks, first + tenth) - begun, 4),
        round(ended - _at(marks, last - tenth), 4),
    )


def _at(marks: Sequence[Mark], done: float) -> float:
    """Return when so many were done, on the line between two marks."""
    place = max(1, bisect_left(marks, (done, 0.0)))
    (before, then), (after, later) = marks[place - 1], marks[place]
    return then + (later - then) * (done - before) / (after - before)
