"""How deltas are cut into parts, and whether the cursors suffice for the rules."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from mappings import catalogue

MOST = 50
"""Groups of one part: a delta cannot be narrowed down to more."""
NO_CURSOR = "There was no delta to go on from, so everybody was read."
NEW_GROUP = (
    "New source: the mappings need a group that was not followed before, so "
    "everybody was read."
)
EXPIRED = "The delta had expired, so everybody was read."
EXPIRED_AGAIN = "The new delta was refused: the next run reads everybody again."
MANY = (
    "New source: many people are selected now of whom little was known, so everybody "
    "was read."
)


@dataclass(frozen=True, slots=True)
class Held:
    """What the cursors of a connection follow; `users` None: there is no cursor."""

    users: frozenset[str] | None = None
    """Graph's names of properties, and `manager`."""
    groups: frozenset[UUID] = frozenset()


def why_full(
    held: Held, *, properties: Collection[str], groups: Collection[UUID]
) -> str:
    """Return why everybody has to be read, in words; empty: the cursors suffice."""
    if held.users is None:
        return NO_CURSOR
    lacking = sorted(set(properties) - held.users)
    if lacking:
        named = ", ".join(catalogue.label(name) for name in lacking)
        return (
            f"New source: the mappings need {named}, which was not read before, so "
            "everybody was read."
        )
    return "" if held.groups.issuperset(groups) else NEW_GROUP


def pack(groups: Iterable[UUID]) -> list[list[UUID]]:
    """Return the groups in as few parts as there can be."""
    ordered = sorted(set(groups))
    return [ordered[at : at + MOST] for at in range(0, len(ordered), MOST)]


def is_packed(parts: Sequence[Collection[UUID]], groups: Collection[UUID]) -> bool:
    """Return whether the parts hold exactly these groups and are as few as can be."""
    held = [group for part in parts for group in part]
    fewest = -(-len(set(groups)) // MOST)
    return sorted(held) == sorted(set(groups)) and len(parts) == fewest
