"""The people of a tenant: seeded ones, what was edited since, and explicit ones.

A person's position is a number: below ``population.people`` it is a seeded person,
above it an explicit one. An edit copies the person into ``records``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from simulator import profile_card, schema
from simulator.clock import Clock, graph_time
from simulator.people import Population
from simulator.profile_card import Reader

KEEP_DELETED = 30 * 86_400


@dataclass(slots=True)
class Record:
    """A person who is no longer, or never was, as seeded."""

    properties: dict[str, Any]
    manager: int | None = None
    deleted_at: float | None = None
    is_purged: bool = False
    cleared: set[str] = field(default_factory=set)


class Directory:
    """Reads the people of one tenant; people_edits.py changes them."""

    def __init__(self, population: Population, *, clock: Clock) -> None:
        """Start with the seeded people only."""
        self.population = population
        self.records: dict[int, Record] = {}
        self._clock = clock
        self._ids: list[str] = []
        self._positions: dict[str, int] = {}
        for number in population.left():
            self.record(number).deleted_at = clock.now() - 86_400

    @property
    def size(self) -> int:
        """How many positions there are, deleted people included."""
        return self.population.people + len(self._ids)

    def id_of(self, position: int) -> str:
        """Return the object id at a position."""
        seeded = self.population.people
        if position < seeded:
            return self.population.numbering.guid(position)
        return self._ids[position - seeded]

    def position_of(self, object_id: str) -> int | None:
        """Return the position of an object id, also of a deleted person."""
        number = self.population.numbering.number(object_id)
        if number is not None and number < self.population.people:
            return number
        return self._positions.get(object_id.lower())

    def is_present(self, position: int) -> bool:
        """Say whether the person is there and neither soft-deleted nor purged."""
        record = self.records.get(position)
        return record is None or (record.deleted_at is None and not record.is_purged)

    def is_soft_deleted(self, position: int) -> bool:
        """Say whether the person lies in the recycle bin (for 30 days)."""
        record = self.records.get(position)
        if record is None or record.is_purged or record.deleted_at is None:
            return False
        return record.deleted_at > self._clock.now() - KEEP_DELETED

    def find(self, key: str) -> int | None:
        """Return the position of a person who is present, by id or UPN."""
        position = self.position_of(key)
        if position is None and "@" in key:
            position = self._by_upn(key.lower())
        if position is None or not self.is_present(position):
            return None
        return position

    def _by_upn(self, upn: str) -> int | None:
        reading = profile_card.readers(["userPrincipalName"])
        for position in range(self.size):
            card = self.card(position, reading)
            if str(card["userPrincipalName"]).lower() == upn:
                return position
        return None

    def card(
        self, position: int, reading: Sequence[tuple[str, Reader]]
    ) -> dict[str, Any]:
        """Return the id and the asked properties of a person."""
        record = self.records.get(position)
        card: dict[str, Any] = {"id": self.id_of(position)}
        if record is None:
            # Only an id is asked for very often: that needs no person.
            if reading:
                person = self.population.person(position)
                for name, read in reading:
                    card[name] = read(person)
            return card
        for name, _ in reading:
            value = record.properties.get(name)
            card[name] = schema.empty("user", name) if value is None else value
        if record.deleted_at is not None and "deletedDateTime" in card:
            card["deletedDateTime"] = graph_time(record.deleted_at)
        return card

    def manager(self, position: int) -> int | None:
        """Return the position of a person's manager, if that one is present."""
        record = self.records.get(position)
        if record is not None:
            manager = record.manager
        elif position < self.population.people:
            manager = self.population.manager(position)
        return manager if manager is not None and self.is_present(manager) else None

    def record(self, position: int) -> Record:
        """Return the record of a person, copied from the seed if need be."""
        record = self.records.get(position)
        if record is None:
            person = self.population.person(position)
            properties = {
                name: read(person) for name, read in profile_card.READERS.items()
            }
            record = Record(properties, self.population.manager(position))
            self.records[position] = record
        return record

    def append(self, object_id: str, record: Record) -> int:
        """Add an explicit person and return the position."""
        position = self.size
        self._ids.append(object_id.lower())
        self._positions[object_id.lower()] = position
        self.records[position] = record
        return position
