"""Whether a value is of the type that Graph promises, quickly."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias
from uuid import UUID

from common.types import JsonObject
from connections.graph.answers import Json
from connections.graph.errors import MalformedAnswer, trace
from connections.graph.properties import Kind

ID_LENGTH = 36

Slow: TypeAlias = Callable[[str, Json, str], Json]
"""Reads a value that is not simply of its type: name, value, request id."""


def object_id(item: object, name: str, request_id: str) -> UUID:
    """Return the id in `item`, which `name` tells to whoever reads the error."""
    found = item.get("id") if type(item) is dict else None
    if type(found) is not str or len(found) != ID_LENGTH:
        raise odd(name, request_id)
    try:
        return UUID(found)
    except ValueError as exc:
        raise odd(name, request_id) from exc


def read(item: JsonObject, name: str, held: Kind, request_id: str) -> Json:
    """Return what `item` holds under `name`; absent and null are empty."""
    quick, slow = READERS[held]
    value: Json = item.get(name)
    return value if type(value) is quick else slow(name, value, request_id)


def odd(name: str, request_id: str) -> MalformedAnswer:
    """Return the error for a property that is not what Graph promises."""
    return MalformedAnswer(
        f"Microsoft Graph sent an unexpected value for {name}{trace('', request_id)}."
    )


def _nothing(name: str, value: Json, request_id: str) -> Json:
    if value is None:
        return None
    raise odd(name, request_id)


def _number(name: str, value: Json, request_id: str) -> Json:
    if value is None or type(value) is float:
        return value
    raise odd(name, request_id)


def _list_of(wanted: type) -> Slow:
    def read(name: str, value: Json, request_id: str) -> Json:
        if value is None:
            return []
        if type(value) is not list or any(type(each) is not wanted for each in value):
            raise odd(name, request_id)
        return value

    return read


def _object(name: str, value: Json, request_id: str) -> Json:
    if value is None:
        return {}
    raise odd(name, request_id)


def _extension(name: str, value: Json, request_id: str) -> Json:
    if value is None or type(value) in {bool, int, float}:
        return value
    return _list_of(str)(name, value, request_id)


class _Never:
    """The type of nothing: what has to be looked into always takes the slow way."""


READERS: Mapping[Kind, tuple[type, Slow]] = {
    Kind.TEXT: (str, _nothing),
    Kind.DATE: (str, _nothing),
    Kind.BOOLEAN: (bool, _nothing),
    Kind.NUMBER: (int, _number),
    Kind.TEXTS: (_Never, _list_of(str)),
    Kind.OBJECT: (dict, _object),
    Kind.OBJECTS: (_Never, _list_of(dict)),
    Kind.EXTENSION: (str, _extension),
}
"""For each kind the type that needs no further look, and who looks at the rest."""
