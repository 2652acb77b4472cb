"""Both clocks of a simulated month, moved forward together: ours and the tenant's."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import time_machine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.admin_client import Admin


@dataclass(frozen=True, slots=True)
class Clocks:
    """The time of every process that takes part; it also goes by itself."""

    admin: Admin
    ours: time_machine.Traveller

    def forward(self, seconds: float) -> None:
        """Let time pass: tokens expire, claims fall silent, proofs grow old."""
        if seconds > 0:
            self.ours.shift(seconds)
            self.admin.advance(seconds)

    def until(self, moment: datetime) -> None:
        """Let time pass until a moment, unless it is past already."""
        self.forward((moment - now()).total_seconds())


def now() -> datetime:
    """Return the simulated time."""
    return datetime.now(UTC)


@contextmanager
def moved(admin: Admin) -> Iterator[Clocks]:
    """Yield clocks that start at the real time, and are put right afterwards."""
    with time_machine.travel(datetime.now(UTC), tick=True) as ours:
        yield Clocks(admin, ours)
