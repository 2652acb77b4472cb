"""The SKUs that a tenant has subscribed to, and who holds one of them.

Seats are counted from the people: a deleted person gives theirs back, a disabled one
keeps it. Whoever holds a SKU directly and through groups takes one seat.
"""

from __future__ import annotations

from typing import Any

from simulator.clock import Clock, graph_time
from simulator.contract import SkuSpec
from simulator.directory import Directory
from simulator.people_edits import PeopleEdits

_ASSIGNED, _STATES = "assignedLicenses", "licenseAssignmentStates"


class Skus:
    """The SKUs of one tenant, by id in small letters."""

    def __init__(
        self, directory: Directory, *, edits: PeopleEdits, clock: Clock
    ) -> None:
        """Begin without any."""
        self.all: dict[str, SkuSpec] = {}
        self._directory = directory
        self._edits = edits
        self._clock = clock

    def consumed(self, sku_id: str) -> int:
        """Return how many seats are taken."""
        fixed = self.all[sku_id].get("consumed")
        if fixed is not None:
            return fixed
        return sum(
            self._directory.is_present(position) and sku_id in _held(record.properties)
            for position, record in self._directory.records.items()
        )

    def give(self, position: int, sku_id: str, *, group_id: str | None) -> None:
        """Let somebody hold a SKU, directly or through a group; twice is once."""
        states = self._states(position)
        if any(_is(state, sku_id, group_id) for state in states):
            return
        state: dict[str, Any] = {
            "skuId": sku_id,
            "disabledPlans": [],
            "assignedByGroup": group_id,
            "state": "Active",
            "error": "None",
            "lastUpdatedDateTime": graph_time(self._clock.now()),
        }
        self._write(position, [*states, state])

    def take(self, position: int, sku_id: str, *, group_id: str | None) -> None:
        """End one assignment; what is held another way stays."""
        states = self._states(position)
        self._write(position, [one for one in states if not _is(one, sku_id, group_id)])

    def _states(self, position: int) -> list[dict[str, Any]]:
        found = self._directory.record(position).properties.get(_STATES)
        return list(found or ())

    def _write(self, position: int, states: list[dict[str, Any]]) -> None:
        """Set both properties; the assigned ones say no more than what is held."""
        held = dict.fromkeys(state["skuId"] for state in states)
        assigned = [{"skuId": sku_id, "disabledPlans": []} for sku_id in held]
        self._edits.patch(position, {_ASSIGNED: assigned, _STATES: states})


def _held(properties: dict[str, Any]) -> set[str]:
    return {one["skuId"].lower() for one in properties.get(_ASSIGNED) or ()}


def _is(state: dict[str, Any], sku_id: str, group_id: str | None) -> bool:
    return (state["skuId"], state["assignedByGroup"]) == (sku_id, group_id)
