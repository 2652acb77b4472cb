"""Readers: each takes a node and returns its value, or raises Wrong.

`section` reads a mapping by a table of readers and collects what is Wrong in it, so
that one mistake does not hide the next.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from common import keys, spans
from common.hints import listed, nearest
from halo_entra.configuration.document import Node
from halo_entra.configuration.problems import Place, Unusable, Wrong

if TYPE_CHECKING:
    from enum import StrEnum

T = TypeVar("T")
Reader: TypeAlias = Callable[[Node], T]
Given: TypeAlias = dict[str, Any]
"""What a section names, by key: a key that is left out leaves things as they are."""

GUID = re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Name:
    """A record named by the file, and where."""

    text: str
    place: Place = field(compare=False)

    @property
    def key(self) -> str:
        """Return what the name is compared by."""
        return keys.key(self.text)


def text(node: Node) -> str:
    """Read text that is not empty, tidied."""
    if not isinstance(node.value, str) or not keys.tidy(node.value):
        raise Wrong(node.place, "Write text here; quote a number or true, false, null.")
    tidy = keys.tidy(node.value)
    if len(tidy) > keys.MAX_LENGTH:
        raise Wrong(node.place, f"Text has at most {keys.MAX_LENGTH} characters.")
    return tidy


def name(node: Node) -> Name:
    """Read the name of a record."""
    return Name(text(node), node.place)


def flag(node: Node) -> bool:
    """Read true or false."""
    if not isinstance(node.value, bool):
        raise Wrong(node.place, "Write true or false.")
    return node.value


def number(most: int = 1_000_000) -> Reader[int]:
    """Return a reader of a whole number from 0 to `most`."""

    def read(node: Node) -> int:
        value = node.value
        if type(value) is not int or not 0 <= value <= most:
            raise Wrong(node.place, f"Write a whole number from 0 to {most}.")
        return value

    return read


def guid(node: Node) -> UUID:
    """Read a GUID."""
    if not isinstance(node.value, str) or not GUID.fullmatch(node.value.strip()):
        raise Wrong(
            node.place,
            "This is not a GUID: it looks like 11111111-2222-3333-4444-555555555555.",
        )
    return UUID(node.value.strip())


def date(node: Node) -> datetime.date:
    """Read a date, quoted or not."""
    if isinstance(node.value, datetime.date):
        return node.value
    try:
        return datetime.date.fromisoformat(str(node.value))
    except ValueError:
        raise Wrong(node.place, "Write a date like 2027-01-31.") from None


def duration(node: Node) -> datetime.timedelta:
    """Read 15m, 24h or 7d; at least a minute, at most a year."""
    span = spans.duration(node.value) if isinstance(node.value, str) else None
    if span is None:
        raise Wrong(node.place, spans.WRITE_DURATION)
    return span


def window(node: Node) -> str:
    """Read a window of the day."""
    if not isinstance(node.value, str) or not spans.is_window(node.value):
        raise Wrong(node.place, spans.WRITE_WINDOW)
    return node.value


def time_zone(node: Node) -> str:
    """Read the name of a time zone."""
    zone = text(node)
    if not spans.is_time_zone(zone):
        raise Wrong(node.place, spans.WRITE_ZONE)
    return zone


def address(node: Node) -> str:
    """Read a mail address."""
    value = text(node)
    try:
        validate_email(value)
    except ValidationError:
        raise Wrong(node.place, "Write a mail address.") from None
    return value


def word(kind: type[StrEnum]) -> Reader[Any]:
    """Return a reader of one of the words of `kind`."""

    def read(node: Node) -> Any:
        words = [one.value for one in kind]
        if node.value in words:
            return kind(str(node.value))
        hint = nearest(node.value, words) if isinstance(node.value, str) else ""
        raise Wrong(node.place, f"Write one of {listed(words)}.{hint}")

    return read


def optional(reader: Reader[T]) -> Reader[T | None]:
    """Return a reader that also takes null, for what may be cleared."""

    def read(node: Node) -> T | None:
        return None if node.value is None else reader(node)

    return read


def rows(reader: Reader[T]) -> Reader[tuple[T, ...]]:
    """Return a reader of a list; a row that is Wrong is noted and left out."""

    def read(node: Node) -> tuple[T, ...]:
        if not isinstance(node.value, list):
            raise Wrong(node.place, "Write a list here.")
        found = []
        for row in node.value:
            with node.problems.caught():
                found.append(reader(row))
        return tuple(found)

    return read


def section(
    node: Node, table: Mapping[str, Reader[Any]], *, required: tuple[str, ...] = ()
) -> Given:
    """Return what the mapping names, read by `table`.

    Unknown keys and wrong values are noted and left out. Raises Wrong if it is no
    mapping or a required key is missing, Unusable if that one's value is wrong.
    """
    if not isinstance(node.value, dict):
        raise Wrong(node.place, f"Write a mapping here; its keys: {listed(table)}.")
    given: Given = {}
    for key, child in node.value.items():
        if key not in table:
            node.problems.add(child.place, _unknown(key, table))
            continue
        with node.problems.caught():
            given[key] = table[key](child)
    missing = [key for key in required if key not in node.value]
    if missing:
        raise Wrong(node.place, f"Missing here: {listed(missing)}.")
    if any(key not in given for key in required):
        raise Unusable(node.place)
    return given


def row(
    node: Node, table: Mapping[str, Reader[Any]], *, required: tuple[str, ...] = ()
) -> Given:
    """Return what the mapping names, as `section`; Unusable if anything is wrong.

    For rows whose parts depend on each other: half of one would be misjudged.
    """
    before = len(node.problems.found)
    given = section(node, table, required=required)
    if len(node.problems.found) > before:
        raise Unusable(node.place)
    return given


def _unknown(key: str, table: Mapping[str, Reader[Any]]) -> str:
    return f"Unknown key {key[:60]!r}.{nearest(key, table)} Allowed: {listed(table)}."
