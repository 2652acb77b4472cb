"""Lists by the page, however long: a page starts after a row, never after a number.

Pages are found by the sorted column and the key, so that the last page of a million
rows costs what the first one does, and a row that is added moves nobody.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import F, Model, Q

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.db.models import QuerySet

M = TypeVar("M", bound=Model)

SIZE = 50
COUNTED = 10_000
"""Up to here a list says how many rows it has; above, "more than"."""


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    """Some rows of a list and where the neighbours start; "" where there is none."""

    rows: Sequence[M]
    earlier: str
    later: str


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a list: `order` is the model's column it is sorted by, if any.

    A column that is sorted by must never be empty (null).
    """

    key: str
    label: str
    order: str = ""
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """A column's head on a page: `sort` is what a click sorts by, "" for nothing."""

    label: str
    sort: str
    direction: str
    is_number: bool


@dataclass(frozen=True, slots=True)
class Listing(Generic[M]):
    """A list as its template shows it (components/table.html)."""

    page: Page[M]
    headings: Sequence[Heading]
    count: int
    is_counted: bool


def listing(
    queryset: QuerySet[M],
    columns: Sequence[Column],
    query: Mapping[str, str],
    *,
    sort: str,
    size: int = SIZE,
) -> Listing[M]:
    """Return the page that `query` asks for by `sort` and `at`.

    `sort` is the default: a column's key, with "-" in front for descending. Words in
    the query that mean nothing are as if they were not there.
    """
    orders = {column.key: column.order for column in columns if column.order}
    wanted = query.get("sort", sort)
    if wanted.removeprefix("-") not in orders:
        wanted = sort
    sign = "-" if wanted.startswith("-") else ""
    count = queryset.order_by()[: COUNTED + 1].count()
    return Listing(
        page=page(
            queryset,
            order=sign + orders[wanted.removeprefix("-")],
            at=query.get("at", ""),
            size=size,
        ),
        headings=[_heading(column, wanted) for column in columns],
        count=min(count, COUNTED),
        is_counted=count <= COUNTED,
    )


def page(queryset: QuerySet[M], *, order: str, at: str, size: int = SIZE) -> Page[M]:
    """Return `size` rows from the place `at` (of a Page; "" or nonsense: the first)."""
    column, is_descending = order.removeprefix("-"), order.startswith("-")
    rows = cast("QuerySet[M]", queryset.annotate(sorted_by=F(column)))
    backwards, place = _read(at)
    found = _from(rows, column, place, is_descending != backwards, size + 1)
    if found is None:
        backwards, place = False, None
        found = _from(rows, column, None, is_descending, size + 1) or []
    has_more = len(found) > size
    found = found[:size]
    if backwards:
        found.reverse()
    if not found:
        return Page([], "", "")
    return Page(
        rows=found,
        earlier=_place(found[0], "b") if (has_more if backwards else place) else "",
        later=_place(found[-1], "a") if (backwards or has_more) else "",
    )


def _from(
    rows: QuerySet[M],
    column: str,
    place: tuple[Any, int] | None,
    is_descending: bool,  # noqa: FBT001 - private, and the name says it
    size: int,
) -> list[M] | None:
    """Return the rows after the place in that direction; None if it means nothing."""
    sign, beyond = ("-", "lt") if is_descending else ("", "gt")
    if place is not None:
        value, key = place
        try:
            rows = rows.filter(
                # The first half alone lets the database start at the index.
                Q(**{f"{column}__{beyond}e": value})
                & (
                    Q(**{f"{column}__{beyond}": value})
                    | Q(**{column: value, f"pk__{beyond}": key})
                )
            )
        except (ValueError, TypeError, ValidationError):
            return None
    return list(rows.order_by(f"{sign}{column}", f"{sign}pk")[:size])


def _place(row: Model, direction: str) -> str:
    value = row.sorted_by  # type: ignore[attr-defined]  # annotated in `page`
    text = json.dumps([direction, value, row.pk], cls=DjangoJSONEncoder)
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(at: str) -> tuple[bool, tuple[Any, int] | None]:
    """Return whether the place is read backwards, and its value and key."""
    try:
        padded = at + "=" * (-len(at) % 4)
        direction, value, key = json.loads(urlsafe_b64decode(padded))
        return direction == "b", (value, int(key))
    except (ValueError, TypeError):
        return False, None


def _heading(column: Column, wanted: str) -> Heading:
    is_sorted = wanted.removeprefix("-") == column.key
    direction = ""
    if is_sorted:
        direction = "descending" if wanted.startswith("-") else "ascending"
    sort = f"-{column.key}" if direction == "ascending" else column.key
    return Heading(
        column.label, sort if column.order else "", direction, column.is_number
    )
