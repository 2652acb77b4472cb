"""The OData options of a request, read and checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from simulator import errors, filters, schema
from simulator.exchange import Call

MAX_TOP = 999
DEFAULT_TOP = 100

_EXPAND = re.compile(r"^(\w+)(?:\((.*)\))?$")


@dataclass(frozen=True, slots=True)
class Expand:
    """$expand=manager, with what is selected inside and how far up it goes."""

    select: tuple[str, ...]
    levels: int


@dataclass(frozen=True, slots=True)
class Query:
    """The options that a list or a single read understands."""

    select: tuple[str, ...]
    top: int = DEFAULT_TOP
    filter: filters.Filter | None = None
    expand: Expand | None = None
    search: str = ""
    orderby: str = ""
    # $count=true together with ConsistencyLevel: eventual; without the header the
    # parameter is silently ignored.
    has_count: bool = False


def select(text: str | None, of_type: str) -> tuple[str, ...]:
    """Return the selected properties in their own spelling, or the default ones."""
    if not text:
        return _DEFAULTS[of_type]
    chosen = []
    for part in text.split(","):
        name = schema.canonical(of_type, part.strip())
        if name is None:
            raise errors.unknown_property(of_type, part.strip())
        if of_type == "user" and name in schema.NOT_IN_STORE:
            message = "This operation target is not yet supported."
            raise errors.GraphError(501, "NotImplemented", message)
        chosen.append(name)
    return tuple(dict.fromkeys(chosen))


_DEFAULTS: Mapping[str, tuple[str, ...]] = {
    "user": tuple(schema.DEFAULT_USER),
    "group": tuple(schema.DEFAULT_GROUP),
    "organization": tuple(schema.properties("organization")),
    "subscribedSku": tuple(schema.properties("subscribedSku")),
}


def _expand(text: str) -> Expand:
    match = _EXPAND.match(text.strip())
    if match is None or match[1].lower() != "manager":
        raise errors.unsupported(f"Expanding '{text}' is not supported.")
    options = dict(
        option.strip().partition("=")[::2] for option in (match[2] or "").split(";")
    )
    depth = options.get("$levels", "1")
    if depth != "max" and not (depth.isdigit() and 1 <= int(depth) <= 1000):
        raise errors.bad_request(f"Invalid $levels '{depth}'.")
    chosen = select(options.get("$select"), "user")
    return Expand(chosen, 1000 if depth == "max" else int(depth))


def _top(text: str | None) -> int:
    if text is None:
        return DEFAULT_TOP
    if not text.isdigit() or not 1 <= int(text) <= MAX_TOP:
        raise errors.bad_request(
            f"Invalid page size specified: '{text}'. "
            f"Must be between 1 and {MAX_TOP} inclusive."
        )
    return int(text)


def read(
    parameters: Mapping[str, str], headers: Mapping[str, str], *, of_type: str
) -> Query:
    """Read the options of a request; what Graph would refuse raises."""
    is_eventual = headers.get("consistencylevel", "").lower() == "eventual"
    has_count = is_eventual and parameters.get("$count", "").lower() == "true"
    text = parameters.get("$filter")
    query = Query(
        select=select(parameters.get("$select"), of_type),
        top=_top(parameters.get("$top")),
        filter=filters.parse(text, of_type) if text else None,
        expand=_expand(parameters["$expand"]) if "$expand" in parameters else None,
        search=parameters.get("$search", ""),
        orderby=parameters.get("$orderby", ""),
        has_count=has_count,
    )
    _check_advanced(query, parameters, is_eventual=is_eventual)
    return query


def _check_advanced(
    query: Query, parameters: Mapping[str, str], *, is_eventual: bool
) -> None:
    if query.search and not is_eventual:
        raise errors.unsupported(
            "Request with $search query parameter only works through MSGraph with a "
            "special request header: 'ConsistencyLevel: eventual'"
        )
    if "$skip" in parameters:
        raise errors.bad_request("'$skip' is not supported by the service.")
    needs_count = query.filter is not None and (
        query.filter.is_advanced or bool(query.orderby)
    )
    if needs_count and not query.has_count:
        raise errors.unsupported(
            "Unsupported or invalid query filter clause specified. It needs "
            "ConsistencyLevel: eventual and $count=true."
        )
    if query.expand is not None and needs_count:
        raise errors.unsupported("$expand does not work with advanced queries.")


def json_body(call: Call) -> dict[str, Any]:
    """Return the JSON object in a request's body."""
    try:
        body = orjson.loads(call.body)
    except orjson.JSONDecodeError as error:
        raise errors.bad_request("Unable to read JSON request payload.") from error
    if not isinstance(body, dict):
        raise errors.bad_request("Unable to read JSON request payload.")
    return body
