"""Edits to the people of a tenant; every one is logged, for delta to tell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.changes import Change, ChangeLog, ObjectKind, What
from simulator.clock import Clock, graph_time
from simulator.directory import Directory, Record


def changed_names(before: Mapping[str, Any], after: Mapping[str, Any]) -> set[str]:
    """Return the names in `after` whose value is another one than before."""
    return {name for name, value in after.items() if before.get(name) != value}


def apply(
    properties: dict[str, Any], after: Mapping[str, Any], *, cleared: set[str]
) -> frozenset[str]:
    """Write new values, remember which were emptied, return what really changed."""
    changed = changed_names(properties, after)
    for name in changed:
        if after[name] is None:
            cleared.add(name)
        else:
            cleared.discard(name)
        properties[name] = after[name]
    return frozenset(changed)


class PeopleEdits:
    """Changes people, one at a time."""

    def __init__(self, directory: Directory, *, clock: Clock, log: ChangeLog) -> None:
        """Write to a directory and its log."""
        self._directory = directory
        self._clock = clock
        self._log = log

    def create(self, object_id: str, properties: Mapping[str, Any]) -> int:
        """Add an explicit person; what is left out gets sensible values."""
        name = f"user{self._directory.size}"
        domain = self._directory.population.domain
        upn = properties.get("userPrincipalName") or f"{name}@{domain}"
        defaults = {
            "accountEnabled": True,
            "displayName": upn.split("@", maxsplit=1)[0],
            "userPrincipalName": upn,
            "mailNickname": upn.split("@", maxsplit=1)[0],
            "userType": "Member",
            "createdDateTime": graph_time(self._clock.now()),
        }
        position = self._directory.append(object_id, Record({**defaults, **properties}))
        self._changed(position, What.CREATED)
        return position

    def patch(self, position: int, properties: Mapping[str, Any]) -> None:
        """Change properties; those that already have the value are no change."""
        record = self._directory.record(position)
        names = apply(record.properties, properties, cleared=record.cleared)
        if names:
            self._changed(position, What.PROPERTIES, names=names)

    def set_manager(self, position: int, manager: int | None) -> None:
        """Set or clear the manager."""
        record = self._directory.record(position)
        former, record.manager = record.manager, manager
        if former != manager:
            self._log.record(
                Change(ObjectKind.USER, position, What.MANAGER, other=former)
            )

    def delete(self, position: int) -> None:
        """Soft-delete a person."""
        self._directory.record(position).deleted_at = self._clock.now()
        self._changed(position, What.DELETED)

    def restore(self, position: int) -> None:
        """Bring a soft-deleted person back under the same id."""
        self._directory.record(position).deleted_at = None
        self._changed(position, What.RESTORED)

    def purge(self, position: int) -> None:
        """Delete a person for good."""
        record = self._directory.record(position)
        record.deleted_at = record.deleted_at or self._clock.now()
        record.is_purged = True
        self._changed(position, What.DELETED)

    def _changed(
        self, position: int, what: What, *, names: frozenset[str] = frozenset()
    ) -> None:
        self._log.record(Change(ObjectKind.USER, position, what, names=names))
