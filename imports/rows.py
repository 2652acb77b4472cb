"""The items of a run by the page: grouped by mapping, however many there are.

A group (kind, mapping, action) is one stretch of an index; the run's breakdown tells
which groups there are. A page therefore asks for the first rows of its next groups
and for no others: the last page of 100,000 items costs what the first one does.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import Counter
from dataclasses import dataclass
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import connection as database

from imports import breakdown, row_filter
from imports.engine.types import Action
from imports.models import RunItem
from mappings.words import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from django.db.models import QuerySet

    from common.rights import Rights
    from imports.breakdown import Sort
    from imports.models import Run
    from imports.row_filter import Filter

SIZE = 50
AT_ONCE = (2, 8, 40)
"""How many groups one statement asks for, while rows must be looked at to be found;
the last number again and again."""
KINDS = [kind.value for kind in Kind]
ACTIONS = [action.value for action in Action]


class Group(NamedTuple):
    """Rows that are shown together; `mapping` None: no mapping selects them."""

    kind: str
    mapping: int | None
    action: str

    def order(self) -> tuple[int, bool, int, int]:
        """Return what groups are ordered by: kind, mapping, then the gravest first."""
        is_last = self.mapping is None
        return (
            *(KINDS.index(self.kind), is_last, self.mapping or 0),
            ACTIONS.index(self.action),
        )


@dataclass(frozen=True, slots=True)
class Rows:
    """Some items of a run and where the neighbours start; "" where there is none."""

    items: Sequence[RunItem]
    earlier: str = ""
    later: str = ""
    number: int | None = None
    """How many there are in all, where that is known without counting."""


class _Place(NamedTuple):
    group: Group
    key: int


def page(run: Run, asked: Filter, rights: Rights, *, at: str = "") -> Rows:
    """Return a page of the run's items that the agent may see, from the place `at`."""
    sorts = [sort for sort in breakdown.of(run) if asked.admits(sort)]
    is_known = not asked.is_narrow and rights.sees_everything
    walk = _Walk(
        row_filter.passing(run, asked, rights),
        _groups(sorts),
        are_numbers_exact=is_known,
    )
    backwards, place = _read(at)
    found = walk.on(place, backwards=backwards)
    if not found and place is not None:
        backwards, place = False, None
        found = walk.on(None)
    has_more = len(found) > SIZE
    found = found[:SIZE]
    if backwards:
        found.reverse()
    if not found:
        return Rows([], number=0)
    is_first = not has_more if backwards else place is None
    return Rows(
        found,
        earlier="" if is_first else _written("b", found[0]),
        later=_written("a", found[-1]) if backwards or has_more else "",
        number=breakdown.total(sorts) if is_known else None,
    )


def _groups(sorts: Iterable[Sort]) -> dict[Group, int]:
    """Return the groups in their order, each with its number of rows."""
    numbers: Counter[Group] = Counter()
    for sort in sorts:
        numbers[Group(sort.kind, sort.mapping, sort.action)] += sort.number
    return {group: numbers[group] for group in sorted(numbers, key=Group.order)}


@dataclass(frozen=True, slots=True)
class _Walk:
    """Going through the groups of a run, from a place on, one page far."""

    items: QuerySet[RunItem]
    groups: Mapping[Group, int]
    are_numbers_exact: bool
    """Whether all rows of a group pass, so that their numbers say how far to look."""

    def on(self, place: _Place | None, *, backwards: bool = False) -> list[RunItem]:
        """Return up to SIZE + 1 rows from a place on, in the direction asked for."""
        ids: list[int] = []
        for some in self._parts(place, backwards=backwards):
            ids += _ids(self._start(one, place, backwards=backwards) for one in some)
            if len(ids) > SIZE:
                break
        ids = ids[: SIZE + 1]
        rows = RunItem.objects.defer("sent", "evidence", "behind").in_bulk(ids)
        return [rows[pk] for pk in ids]

    def _parts(
        self, place: _Place | None, *, backwards: bool
    ) -> Iterator[Sequence[Group]]:
        """Yield the groups from a place on, as many at once as are likely to do."""
        ordered = list(self.groups)
        if place is not None:
            here = Group.order(place.group)
            ordered = [
                one
                for one in ordered
                if one == place.group or (Group.order(one) < here) == backwards
            ]
        if backwards:
            ordered.reverse()
        sizes = chain(AT_ONCE, repeat(AT_ONCE[-1]))
        while ordered:
            size = self._enough(ordered, place) or next(sizes)
            yield ordered[:size]
            ordered = ordered[size:]

    def _enough(self, ordered: Sequence[Group], place: _Place | None) -> int:
        """Return how many groups fill a page for certain; 0: nobody knows."""
        if not self.are_numbers_exact:
            return 0
        rows = 0
        for number, group in enumerate(ordered, start=1):
            # Of the group in which the page begins some rows are gone.
            rows += 0 if place and group == place.group else self.groups[group]
            if rows > SIZE:
                return number
        return len(ordered)

    def _start(
        self, group: Group, place: _Place | None, *, backwards: bool
    ) -> QuerySet[RunItem]:
        """Return the first rows of a group."""
        rows = self.items.filter(
            kind=group.kind, mapping=group.mapping, action=group.action
        ).order_by("-id" if backwards else "id")
        if place is not None and group == place.group:
            side = {"id__lt" if backwards else "id__gt": place.key}
            rows = rows.filter(**side)
        return rows[: SIZE + 1]


def _ids(starts: Iterable[QuerySet[RunItem]]) -> list[int]:
    """Return the keys of these rows, all asked for in one statement.

    Django cannot limit the parts of a union on SQLite, hence the statement by hand.
    """
    parts: list[str] = []
    parameters: list[Any] = []
    for number, rows in enumerate(starts):
        sql, values = rows.values("id").query.sql_with_params()
        parts.append(f"SELECT {number} AS part, id FROM ({sql}) AS rows{number}")
        parameters += values
    if not parts:
        return []
    with database.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), parameters)
        found: list[tuple[int, int]] = cursor.fetchall()
    by_part: dict[int, list[int]] = {}
    for part, pk in found:
        by_part.setdefault(part, []).append(pk)
    return [pk for part in sorted(by_part) for pk in by_part[part]]


def _written(direction: str, item: RunItem) -> str:
    text = json.dumps([direction, item.kind, item.mapping, item.action, item.pk])
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(at: str) -> tuple[bool, _Place | None]:
    """Return whether the place is read backwards, and the place; nonsense: none."""
    try:
        padded = at + "=" * (-len(at) % 4)
        direction, kind, mapping, action, key = json.loads(urlsafe_b64decode(padded))
        group = Group(
            Kind(kind).value,
            None if mapping is None else int(mapping),
            Action(action).value,
        )
        return direction == "b", _Place(group, int(key))
    except (ValueError, TypeError):
        return False, None
