"""The items of a run by the page: grouped by mapping, however many there are.

A group (kind, mapping, action) is one stretch of an index; the run's breakdown tells
which groups there are. A page therefore asks for the first rows of its next groups
and for no others: the last page of 100,000 items costs what the first one does.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import connection as database

from imports import breakdown, row_filter
from imports.engine.types import Action
from imports.models import RunItem
from mappings.words import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from django.db.models import QuerySet

    from common.rights import Rights
    from imports.models import Run
    from imports.row_filter import Filter

SIZE = 50
AT_ONCE = 40
"""Groups that one statement asks for."""
KINDS = [kind.value for kind in Kind]
ACTIONS = [action.value for action in Action]


class Group(NamedTuple):
    """Rows that are shown together; `mapping` None: no mapping selects them."""

    kind: str
    mapping: int | None
    action: str

    @property
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
    groups = sorted(
        {Group(sort.kind, sort.mapping, sort.action) for sort in sorts},
        key=lambda group: group.order,
    )
    backwards, place = _read(at)
    items = row_filter.passing(run, asked, rights)
    found = _from(items, groups, place, backwards=backwards)
    if not found and place is not None:
        backwards, place = False, None
        found = _from(items, groups, None, backwards=False)
    has_more = len(found) > SIZE
    found = found[:SIZE]
    if backwards:
        found.reverse()
    if not found:
        return Rows([], number=0)
    is_known = not asked.is_narrow and rights.sees_everything
    is_first = not has_more if backwards else place is None
    return Rows(
        found,
        earlier="" if is_first else _written("b", found[0]),
        later=_written("a", found[-1]) if backwards or has_more else "",
        number=breakdown.total(sorts) if is_known else None,
    )


def _in(group: Group, items: QuerySet[RunItem]) -> QuerySet[RunItem]:
    return items.filter(kind=group.kind, mapping=group.mapping, action=group.action)


def _from(
    items: QuerySet[RunItem],
    groups: Sequence[Group],
    place: _Place | None,
    *,
    backwards: bool,
) -> list[RunItem]:
    """Return up to SIZE + 1 rows from a place on, in the direction asked for."""
    ordered = list(reversed(groups)) if backwards else list(groups)
    if place is not None:
        ordered = [group for group in ordered if _beyond(group, place, backwards)]
    ids: list[int] = []
    for first in range(0, len(ordered), AT_ONCE):
        some = ordered[first : first + AT_ONCE]
        ids += _ids(_starts(items, some, place, backwards=backwards))
        if len(ids) > SIZE:
            break
    ids = ids[: SIZE + 1]
    rows = RunItem.objects.defer("sent", "evidence", "behind").in_bulk(ids)
    return [rows[pk] for pk in ids]


def _beyond(group: Group, place: _Place, backwards: bool) -> bool:  # noqa: FBT001
    here = place.group.order
    return group.order <= here if backwards else group.order >= here


def _starts(
    items: QuerySet[RunItem],
    groups: Sequence[Group],
    place: _Place | None,
    *,
    backwards: bool,
) -> Iterator[QuerySet[RunItem]]:
    """Yield the first rows of each group."""
    for group in groups:
        rows = _in(group, items).order_by("-id" if backwards else "id")
        if place is not None and group == place.group:
            side = {"id__lt" if backwards else "id__gt": place.key}
            rows = rows.filter(**side)
        yield rows[: SIZE + 1]


def _ids(starts: Iterator[QuerySet[RunItem]]) -> list[int]:
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
