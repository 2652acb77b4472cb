"""Resource units: what a request costs, and when a tenant has had enough."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

from simulator.clock import Clock

WINDOW = 10.0


@dataclass(frozen=True, slots=True)
class Reading:
    """What the meter says after a request was counted."""

    is_throttled: bool
    share: float
    retry_after: int


class Meter:
    """Counts the units an application used in a tenant over the last ten seconds."""

    def __init__(self, clock: Clock) -> None:
        """Start with nothing used."""
        self._clock = clock
        self._used: deque[tuple[float, str, int]] = deque()

    def count(self, application_id: str, *, units: int, limit: int | None) -> Reading:
        """Count a request, also a throttled one, and say where that leads."""
        if limit is None:
            return Reading(is_throttled=False, share=0.0, retry_after=0)
        now = self._clock.now()
        while self._used and self._used[0][0] <= now - WINDOW:
            self._used.popleft()
        self._used.append((now, application_id, units))
        mine = [entry for entry in self._used if entry[1] == application_id]
        share = sum(entry[2] for entry in mine) / limit
        wait = max(1, math.ceil(mine[0][0] + WINDOW - now))
        return Reading(is_throttled=share > 1, share=share, retry_after=wait)


def cost(base: int, parameters: dict[str, str]) -> int:
    """Return the units of a read: cheaper with $select, dearer with $expand."""
    units = base
    if "$select" in parameters:
        units -= 1
    if "$expand" in parameters:
        units += 1
    top = parameters.get("$top", "")
    if top.isdigit() and int(top) < 20:
        units -= 1
    return max(1, units)
