"""Which run is killed when: the same for the same seed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import TYPE_CHECKING

from tests.kills.phases import Phase

if TYPE_CHECKING:
    from collections.abc import Iterator


class Case(StrEnum):
    """What sort of run meets the kill."""

    LEAVERS = "leavers"
    """A full import while people leave."""
    UNDO = "undo"
    """Of the first import."""
    FIRST = "first"
    """The first import."""
    DELTA = "delta"
    """A delta run after changes and departures."""
    APPROVAL = "approval"
    """A plan that waited is approved."""
    AGAIN = "again"
    """A full import after changes."""
    HELD = "held"
    """A delta run by schedule that holds the losses and applies the rest."""
    PREVIEW = "preview"
    """A preview is applied."""


ENDING = (Phase.GUARD, Phase.APPLY, Phase.MANAGERS)
READING = (Phase.GROUPS, Phase.PEOPLE)
PHASES: dict[Case, tuple[Phase, ...]] = {
    Case.LEAVERS: (*READING, Phase.PROVE, Phase.PLAN, *ENDING),
    Case.UNDO: (Phase.PLAN, Phase.APPLY),
    Case.FIRST: (*READING, Phase.PLAN, *ENDING),
    Case.DELTA: (*READING, Phase.PROVE, Phase.PLAN, *ENDING),
    Case.APPROVAL: ENDING,
    Case.AGAIN: (*READING, Phase.PLAN, *ENDING),
    Case.HELD: (*READING, Phase.PROVE, Phase.PLAN, *ENDING),
    Case.PREVIEW: ENDING,
}
"""The phases that a run of each sort goes through."""


@dataclass(frozen=True, slots=True)
class Kill:
    """A moment of a run, as a share from 0 to 1."""

    share: float
    phase: Phase | None = None
    """Of which phase it is a share; None: of the whole run."""


def cases(seeds: range) -> dict[Case, list[int]]:
    """Return the seeds of each sort of run: they take turns."""
    every = list(Case)
    found: dict[Case, list[int]] = {}
    for seed in seeds:
        found.setdefault(every[seed % len(every)], []).append(seed)
    return found


def draws(seed: int, phase: Phase | None = None) -> Iterator[Kill]:
    """Yield moments, uniform over the run or one of its phases."""
    random = Random(f"{seed} {phase}")
    while True:
        yield Kill(random.random(), phase)


def share_of(case: Case, phase: Phase, hits: int) -> int:
    """Return how often runs of one sort must be hit in a phase, of so many in all."""
    having = [one for one in Case if phase in PHASES[one]]
    return -(-hits // len(having)) if case in having else 0
