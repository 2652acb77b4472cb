"""GET /groups/delta, with the members of each group in slices."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from simulator import delta
from simulator.ask import Ask
from simulator.changes import ObjectKind, What
from simulator.delta import MEMBERS_ON_A_PAGE, Entry, Round
from simulator.exchange import Answer
from simulator.groups import GROUP_BASE, Group

# A key of a walk is a group's place and where its slice of members starts.
_SHIFT = 44
_SLICE = (1 << _SHIFT) - 1


@dataclass(slots=True)
class _Moved:
    """All that happened to one group in a round."""

    names: set[str] = field(default_factory=set)
    is_whole: bool = False
    # Whether a member's last change was to be added.
    members: dict[int, bool] = field(default_factory=dict)


class _Groups:
    """Writes the entries of one round."""

    def __init__(self, ask: Ask, here: Round) -> None:
        self.ask = ask
        self.here = here
        self.groups = ask.tenant.groups
        self.names = list(here.names("members"))
        self.has_members = not here.select or here.selects("members")
        self.tracked = set(self.names) if here.select else None
        self.is_minimal = delta.is_minimal(ask, here)
        page = ask.tenant.settings.get("page_size") or MEMBERS_ON_A_PAGE
        self.slice = min(page, MEMBERS_ON_A_PAGE)

    def all(self, start: int) -> Iterator[tuple[int, Entry]]:
        """Yield all groups there are, large ones in several entries."""
        chosen = self._chosen()
        for place in range(start >> _SHIFT, len(self.groups.all)):
            group = self.groups.all[place]
            if chosen is not None and place not in chosen:
                continue
            first = start & _SLICE if place == start >> _SHIFT else 0
            if group.is_present:
                yield from self._slices(group, place, first)
            elif self.groups.is_soft_deleted(group):
                yield place << _SHIFT, delta.removed(group.id, is_soft=True)

    def changed(self, start: int) -> Iterator[tuple[int, Entry]]:
        """Yield the groups that changed in the round."""
        moved = list(self._moved().items())
        for index in range(start >> _SHIFT, len(moved)):
            place, what = moved[index]
            group = self.groups.all[place]
            first = start & _SLICE if index == start >> _SHIFT else 0
            if not group.is_present:
                is_soft = self.groups.is_soft_deleted(group)
                yield index << _SHIFT, delta.removed(group.id, is_soft=is_soft)
            elif what.is_whole:
                yield from self._slices(group, index, first)
            elif self._surfaces(what):
                yield from self._operations(group, index, what, first)

    def _chosen(self) -> set[int] | None:
        ids = self.here.ids()
        if ids is None:
            return None
        found = [self.groups.place_of(group_id) for group_id in ids]
        return {place for place in found if place is not None}

    def _moved(self) -> dict[int, _Moved]:
        chosen = self._chosen()
        moved: dict[int, _Moved] = {}
        log = self.ask.tenant.log
        for change in log.between(self.here.since or 0, self.here.until):
            if change.kind is not ObjectKind.GROUP:
                continue
            if chosen is not None and change.key not in chosen:
                continue
            what = moved.setdefault(change.key, _Moved())
            if change.what is What.PROPERTIES:
                what.names |= change.names
            elif change.what is What.MEMBER and change.other is not None:
                what.members[change.other] = change.added
            else:
                what.is_whole = True
        return moved

    def _surfaces(self, what: _Moved) -> bool:
        tracked = what.names if self.tracked is None else what.names & self.tracked
        return bool(tracked) or (bool(what.members) and self.has_members)

    def _may_see(self, group: Group) -> bool:
        is_open = not group.hides_members or self.ask.may("Member.Read.Hidden")
        return self.has_members and is_open

    def _slices(
        self, group: Group, number: int, first: int
    ) -> Iterator[tuple[int, Entry]]:
        """Yield a whole group: one entry, or one a slice of its members."""
        walk = self.groups.members(group, first) if self._may_see(group) else iter(())
        following: int | None = first
        while following is not None:
            start = following
            members = list(islice(walk, self.slice))
            # Look one member ahead, to know whether a further slice is needed.
            ahead = next(walk, None)
            following = ahead
            if ahead is not None:
                walk = self.groups.members(group, ahead)
            entry = self._card(group)
            if members:
                entry["members@delta"] = [self._link(key) for key in members]
            yield number << _SHIFT | start, entry

    def _operations(
        self, group: Group, index: int, what: _Moved, first: int
    ) -> Iterator[tuple[int, Entry]]:
        """Yield what changed in a group; many changed members come in slices."""
        operations = list(what.members.items()) if self._may_see(group) else []
        if not operations and not self._surfaces(_Moved(what.names)):
            return
        for start in range(first, max(len(operations), first + 1), self.slice):
            entry = self._card(group)
            if self.is_minimal:
                wanted = what.names | {"id"}
                entry = {name: v for name, v in entry.items() if name in wanted}
            part = operations[start : start + self.slice]
            if part:
                entry["members@delta"] = [self._operation(change) for change in part]
            yield index << _SHIFT | start, entry

    def _card(self, group: Group) -> Entry:
        return delta.without_unset(group.card(self.names), group.cleared)

    def _operation(self, change: tuple[int, bool]) -> dict[str, Any]:
        key, is_added = change
        link = self._link(key)
        return link if is_added else {**link, "@removed": {"reason": "deleted"}}

    def _link(self, key: int) -> dict[str, Any]:
        kind = "group" if key >= GROUP_BASE else "user"
        return {
            "@odata.type": f"#microsoft.graph.{kind}",
            "id": self.groups.member_id(key),
        }


def answer(ask: Ask) -> Answer:
    """Return one page of a round over groups."""
    here = delta.open_round(ask, kind="group", size=len(ask.tenant.groups.all))
    groups = _Groups(ask, here)
    return delta.answer(ask, here, groups.all if here.is_initial else groups.changed)
