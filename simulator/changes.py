"""The change log of a tenant: numbered, append-only; delta queries read from it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from simulator.clock import Clock


class ObjectKind(StrEnum):
    """Whose change it is."""

    USER = "user"
    GROUP = "group"


class What(StrEnum):
    """What happened to the object."""

    CREATED = "created"
    PROPERTIES = "properties"
    MANAGER = "manager"
    MEMBER = "member"
    DELETED = "deleted"
    RESTORED = "restored"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that happened to one object."""

    kind: ObjectKind
    key: int
    what: What
    names: frozenset[str] = frozenset()
    # A member's key and whether it was added; for a manager, the former manager.
    other: int | None = None
    added: bool = False


class ChangeLog:
    """All changes of a tenant, oldest first; a sequence number is a place in it."""

    def __init__(self, clock: Clock) -> None:
        """Start empty."""
        self._clock = clock
        self._changes: list[Change] = []
        self._times: list[float] = []

    def record(self, change: Change) -> None:
        """Append a change that happens now."""
        self._changes.append(change)
        self._times.append(self._clock.now())

    def newest(self, *, lag: float) -> int:
        """Return the sequence number after the last change older than the lag."""
        horizon = self._clock.now() - lag
        sequence = len(self._times)
        while sequence and self._times[sequence - 1] > horizon:
            sequence -= 1
        return sequence

    def between(self, since: int, until: int) -> Iterable[Change]:
        """Return the changes with since ≤ number < until, oldest first."""
        return self._changes[since:until]
