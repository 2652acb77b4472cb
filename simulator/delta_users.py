"""GET /users/delta."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from simulator import delta, paging, profile_card
from simulator.ask import Ask
from simulator.changes import ObjectKind, What
from simulator.delta import Entry, Round
from simulator.exchange import Answer

_USER = "#microsoft.graph.user"
# Selectable, but changes to them never surface.
_UNTRACKED = frozenset({"licenseAssignmentStates", "signInActivity"})


@dataclass(slots=True)
class _Moved:
    """All that happened to one person in a round."""

    names: set[str] = field(default_factory=set)
    is_whole: bool = False
    has_new_manager: bool = False
    former_manager: int | None = None


class _People:
    """Writes the entries of one round."""

    def __init__(self, ask: Ask, here: Round) -> None:
        self.ask = ask
        self.here = here
        self.directory = ask.tenant.directory
        self.names = here.names("manager")
        self.reading = profile_card.readers(self.names)
        self.has_manager = here.selects("manager")
        self.tracked = set(self.names) - _UNTRACKED if here.select else None
        self.is_minimal = delta.is_minimal(ask, here)

    def everybody(self, start: int) -> Iterator[tuple[int, Entry]]:
        """Yield all people there are, and those in the recycle bin as removed."""
        chosen = self._chosen()
        seed = self.ask.tenant.settings.get("order_seed")
        position_at = paging.order(self.here.size, seed=seed)
        for key in range(start, self.directory.size if chosen is None else len(chosen)):
            position = position_at(key) if chosen is None else chosen[key]
            if self.directory.is_present(position):
                yield key, self._whole(position)
            elif self.directory.is_soft_deleted(position):
                object_id = self.directory.id_of(position)
                yield key, delta.removed(object_id, is_soft=True)

    def changed(self, start: int) -> Iterator[tuple[int, Entry]]:
        """Yield the people who changed in the round, as they are now."""
        moved = list(self._moved().items())
        for key in range(start, len(moved)):
            position, what = moved[key]
            if not self.directory.is_present(position):
                object_id = self.directory.id_of(position)
                is_soft = self.directory.is_soft_deleted(position)
                yield key, delta.removed(object_id, is_soft=is_soft)
            elif what.is_whole:
                yield key, self._whole(position)
            elif self._surfaces(what):
                yield key, self._changed_entry(position, what)

    def _chosen(self) -> list[int] | None:
        ids = self.here.ids()
        if ids is None:
            return None
        found = [self.directory.position_of(object_id) for object_id in ids]
        return [position for position in found if position is not None]

    def _moved(self) -> dict[int, _Moved]:
        chosen = self._chosen()
        moved: dict[int, _Moved] = {}
        log = self.ask.tenant.log
        for change in log.between(self.here.since or 0, self.here.until):
            if change.kind is not ObjectKind.USER:
                continue
            if chosen is not None and change.key not in chosen:
                continue
            what = moved.setdefault(change.key, _Moved())
            if change.what is What.PROPERTIES:
                what.names |= change.names
            elif change.what is What.MANAGER:
                what.has_new_manager = True
                what.former_manager = change.other
            else:
                what.is_whole = True
        return moved

    def _surfaces(self, what: _Moved) -> bool:
        tracked = what.names - _UNTRACKED
        if self.tracked is not None:
            tracked &= self.tracked
        return bool(tracked) or (what.has_new_manager and self.has_manager)

    def _whole(self, position: int) -> Entry:
        card = self.directory.card(position, self.reading)
        entry = delta.without_unset(card, self._cleared(position))
        manager = self.directory.manager(position) if self.has_manager else None
        if manager is not None:
            entry["manager@delta"] = [self._link(manager)]
        return entry

    def _changed_entry(self, position: int, what: _Moved) -> Entry:
        card = self.directory.card(position, self.reading)
        entry = delta.without_unset(card, self._cleared(position))
        if self.is_minimal:
            wanted = what.names | {"id"}
            entry = {name: v for name, v in entry.items() if name in wanted}
        if what.has_new_manager and self.has_manager:
            entry["manager@delta"] = self._manager_links(position, what)
        return entry

    def _manager_links(self, position: int, what: _Moved) -> list[dict[str, Any]]:
        manager = self.directory.manager(position)
        if manager is not None:
            return [self._link(manager)]
        if what.former_manager is None:
            return []
        gone = {"@removed": {"reason": "deleted"}}
        return [{**self._link(what.former_manager), **gone}]

    def _cleared(self, position: int) -> set[str]:
        record = self.directory.records.get(position)
        return record.cleared if record is not None else set()

    def _link(self, position: int) -> dict[str, Any]:
        return {"@odata.type": _USER, "id": self.directory.id_of(position)}


def answer(ask: Ask) -> Answer:
    """Return one page of a round over people."""
    here = delta.open_round(ask, kind="user", size=ask.tenant.directory.size)
    people = _People(ask, here)
    walk = people.everybody if here.is_initial else people.changed
    return delta.answer(ask, here, walk)
