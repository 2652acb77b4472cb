"""The simulator's clock: real time plus what tests have advanced it by."""

from __future__ import annotations

import time
from datetime import UTC, datetime


class Clock:
    """Tells the time; can be moved forward, and set back to the real time."""

    def __init__(self) -> None:
        """Start at the real time."""
        self._offset = 0.0

    def now(self) -> float:
        """Return seconds since 1970."""
        return time.time() + self._offset

    def advance(self, seconds: float) -> None:
        """Move forward."""
        self._offset += seconds

    def reset(self) -> None:
        """Go back to the real time."""
        self._offset = 0.0


def graph_time(seconds: float) -> str:
    """Write a time as Graph does in properties."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
