"""The groups of a tenant: seeded ones are predicates over people, plus edits.

A member's key is one number: a person's position, or GROUP_BASE + the place of a
nested group. Members are always walked in the order of their keys, so a page can be
resumed from a key whatever was added or removed in between.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from simulator import schema
from simulator.clock import Clock, graph_time
from simulator.directory import KEEP_DELETED, Directory

GROUP_BASE = 1 << 40


@dataclass(frozen=True, slots=True)
class SeededMembers:
    """Members by rule: of these positions, those for whom the test holds."""

    candidates: range = range(0)
    test: Callable[[int], bool] | None = None

    def contains(self, position: int) -> bool:
        """Say whether the rule takes this person in."""
        return position in self.candidates and (
            self.test is None or self.test(position)
        )

    def walk(self, start: int) -> Iterator[int]:
        """Yield the positions from start on, in order."""
        step = self.candidates.step
        first = self.candidates.start
        skipped = max(0, -(-(start - first) // step))
        for position in self.candidates[skipped:]:
            if self.test is None or self.test(position):
                yield position


@dataclass(slots=True)
class Group:
    """One group with what was edited since the seed."""

    id: str
    properties: dict[str, Any]
    seeded: SeededMembers = SeededMembers()
    added: set[int] = field(default_factory=set)
    removed: set[int] = field(default_factory=set)
    cleared: set[str] = field(default_factory=set)
    deleted_at: float | None = None
    is_purged: bool = False

    @property
    def is_present(self) -> bool:
        """Say whether the group is there and not deleted."""
        return self.deleted_at is None and not self.is_purged

    @property
    def hides_members(self) -> bool:
        """Say whether reading the members takes Member.Read.Hidden."""
        return self.properties.get("visibility") == "HiddenMembership"

    @property
    def is_unified(self) -> bool:
        """Say whether this is a Microsoft 365 group, which is deleted softly."""
        return "Unified" in self.properties["groupTypes"]

    def card(self, select: list[str]) -> dict[str, Any]:
        """Return the id and the asked properties."""
        card: dict[str, Any] = {"id": self.id}
        for name in select:
            if name != "id":
                value = self.properties.get(name)
                card[name] = schema.empty("group", name) if value is None else value
        if self.deleted_at is not None and "deletedDateTime" in card:
            card["deletedDateTime"] = graph_time(self.deleted_at)
        return card


class Groups:
    """Reads the groups of one tenant; group_edits.py changes them."""

    def __init__(self, directory: Directory, *, clock: Clock) -> None:
        """Start without groups."""
        self.all: list[Group] = []
        self._directory = directory
        self._clock = clock
        self._places: dict[str, int] = {}

    def place_of(self, group_id: str) -> int | None:
        """Return the place of a group, also of a deleted one."""
        return self._places.get(group_id.lower())

    def find(self, group_id: str) -> Group | None:
        """Return a group that is present."""
        place = self.place_of(group_id)
        if place is None or not self.all[place].is_present:
            return None
        return self.all[place]

    def add(self, group: Group) -> None:
        """Add a group that is there from the start, or that group_edits.py made."""
        self._places[group.id.lower()] = len(self.all)
        self.all.append(group)

    def is_soft_deleted(self, group: Group) -> bool:
        """Say whether the group lies in the recycle bin (for 30 days)."""
        if group.is_purged or group.deleted_at is None:
            return False
        return group.deleted_at > self._clock.now() - KEEP_DELETED

    def contains(self, group: Group, key: int) -> bool:
        """Say whether a key is a direct member, deleted objects included."""
        if key in group.added:
            return True
        return key not in group.removed and group.seeded.contains(key)

    def members(self, group: Group, start: int = 0) -> Iterator[int]:
        """Yield the keys of the direct members who are present, from start on."""
        added = sorted(key for key in group.added if key >= start)
        for key in heapq.merge(group.seeded.walk(start), added):
            if key not in group.removed and self._is_present(key):
                yield key

    def nested(self, group: Group) -> list[Group]:
        """Return the group itself and all groups nested in it, each once."""
        found: dict[str, Group] = {group.id: group}
        waiting = [group]
        while waiting:
            for key in waiting.pop().added:
                inner = self.all[key - GROUP_BASE] if key >= GROUP_BASE else None
                if inner is not None and inner.is_present and inner.id not in found:
                    found[inner.id] = inner
                    waiting.append(inner)
        return list(found.values())

    def transitive_members(self, group: Group, start: int = 0) -> Iterator[int]:
        """Yield the keys of direct and indirect members, each once, in order."""
        walks = [self.members(inner, start) for inner in self.nested(group)]
        last = -1
        own = GROUP_BASE + self._places[group.id]
        for key in heapq.merge(*walks):
            if key not in (last, own):
                last = key
                yield key

    def holds(self, group: Group, position: int) -> bool:
        """Say whether a person is a direct or indirect member."""
        return any(self.contains(inner, position) for inner in self.nested(group))

    def member_id(self, key: int) -> str:
        """Return the object id behind a member's key."""
        if key >= GROUP_BASE:
            return self.all[key - GROUP_BASE].id
        return self._directory.id_of(key)

    def _is_present(self, key: int) -> bool:
        if key >= GROUP_BASE:
            return self.all[key - GROUP_BASE].is_present
        return self._directory.is_present(key)
