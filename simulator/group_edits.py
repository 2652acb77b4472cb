"""Edits to the groups of a tenant; every one is logged, for delta to tell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator import people_edits
from simulator.changes import Change, ChangeLog, ObjectKind, What
from simulator.clock import Clock, graph_time
from simulator.groups import GROUP_BASE, Group, Groups


class GroupEdits:
    """Changes groups and their members, one at a time."""

    def __init__(self, groups: Groups, *, clock: Clock, log: ChangeLog) -> None:
        """Write to the groups and their log."""
        self._groups = groups
        self._clock = clock
        self._log = log

    def create(self, group_id: str, properties: Mapping[str, Any]) -> Group:
        """Add an explicit group."""
        created = {"createdDateTime": graph_time(self._clock.now()), **properties}
        group = Group(group_id.lower(), created)
        self._groups.add(group)
        self._changed(group, What.CREATED)
        return group

    def patch(self, group: Group, properties: Mapping[str, Any]) -> None:
        """Change properties; those that already have the value are no change."""
        names = people_edits.apply(group.properties, properties, cleared=group.cleared)
        if names:
            self._changed(group, What.PROPERTIES, names=names)

    def delete(self, group: Group) -> None:
        """Delete a group: Microsoft 365 ones softly, others for good."""
        group.deleted_at = self._clock.now()
        group.is_purged = not group.is_unified
        self._changed(group, What.DELETED)
        self.member_came_or_went(GROUP_BASE + self._place(group), is_added=False)

    def restore(self, group: Group) -> None:
        """Bring a soft-deleted group back with its members."""
        group.deleted_at = None
        self._changed(group, What.RESTORED)
        self.member_came_or_went(GROUP_BASE + self._place(group), is_added=True)

    def add_member(self, group: Group, key: int) -> None:
        """Add a direct member; one that is there already is no change."""
        if self._groups.contains(group, key):
            return
        group.removed.discard(key)
        if not group.seeded.contains(key):
            group.added.add(key)
        self._member_changed(group, key, is_added=True)

    def remove_member(self, group: Group, key: int) -> None:
        """Remove a direct member; one that is not there is no change."""
        if not self._groups.contains(group, key):
            return
        group.added.discard(key)
        if group.seeded.contains(key):
            group.removed.add(key)
        self._member_changed(group, key, is_added=False)

    def member_came_or_went(self, key: int, *, is_added: bool) -> None:
        """Log for every group that holds it that a member is there again, or gone."""
        for group in self._groups.all:
            if group.is_present and self._groups.contains(group, key):
                self._member_changed(group, key, is_added=is_added)

    def _member_changed(self, group: Group, key: int, *, is_added: bool) -> None:
        place = self._place(group)
        self._log.record(
            Change(ObjectKind.GROUP, place, What.MEMBER, other=key, added=is_added)
        )

    def _changed(
        self, group: Group, what: What, *, names: frozenset[str] = frozenset()
    ) -> None:
        place = self._place(group)
        self._log.record(Change(ObjectKind.GROUP, place, what, names=names))

    def _place(self, group: Group) -> int:
        place = self._groups.place_of(group.id)
        assert place is not None, "only groups of this tenant are edited"
        return place
