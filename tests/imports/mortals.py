"""Workers that die within the test's own process, and the silence after them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imports import claims
from tests import workers

if TYPE_CHECKING:
    from imports.words import Stage


class Killed(BaseException):
    """The worker is gone, in the middle of a transaction."""


@dataclass(slots=True)
class Killer:
    """Kills the worker once the run has said so much."""

    patience: int

    def stage(self, stage: Stage, total: int | None) -> None:
        """Count."""
        self.advance(0)

    def advance(self, done: int) -> None:
        """Count, and kill."""
        self.patience -= 1
        if self.patience < 0:
            raise Killed


def silence() -> None:
    """Let the dead worker's claim fall silent, so that another takes its run up."""
    workers.age_claim()
    claims.give_up_silent()
