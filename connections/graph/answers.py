"""From an HTTP answer of Graph to JSON or to an error; nothing else reads raw bodies.

What is not Graph's own JSON (a proxy's page, a gateway's HTML) is *unavailable*,
whatever its status: a 404 that Graph did not write says nothing about a person.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

import orjson

from common.types import JsonObject
from connections.graph.errors import (
    TRANSIENT,
    GraphError,
    MalformedAnswer,
    Refusal,
    Unavailable,
    answer_error,
    tidy_code,
    trace,
)
from connections.graph.retry import retry_after
from connections.http import Answer

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"

OWN_MEANING = frozenset({401, 429}) | TRANSIENT
"""Statuses that mean the same whoever answers."""
FAILED_DEPENDENCY = 424
EMPTY = frozenset({202, 204})
ID = "request-id"


def parse(body: bytes, *, request_id: str = "") -> JsonObject:
    """Return the JSON object in `body`, its texts free of NUL and lone surrogates.

    PostgreSQL stores neither. Raises MalformedAnswer for anything but an object.
    """
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        # orjson refuses a lone surrogate; one odd name must not end a whole read.
        found = _patient(body, request_id)
    else:
        if rb"\u0000" in body:
            found = _clean(found)
    if not isinstance(found, dict):
        raise MalformedAnswer(
            f"Microsoft Graph sent JSON that is no object{trace('', request_id)}."
        )
    return found


def _patient(body: bytes, request_id: str) -> Json:
    try:
        return _clean(json.loads(body, parse_constant=_refuse))
    except (ValueError, RecursionError) as exc:
        raise MalformedAnswer(
            f"Microsoft Graph sent an answer that is no JSON{trace('', request_id)}."
        ) from exc


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _clean(value: Json) -> Json:
    if isinstance(value, str):
        text = value.replace("\x00", "")
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_clean(item) for item in value]
    if isinstance(value, dict):
        return {str(_clean(key)): _clean(item) for key, item in value.items()}
    return value


@dataclass(frozen=True, slots=True)
class Known:
    """What a request and its answer's headers say, before the body is looked at."""

    request_id: str = ""
    permission: str = ""
    is_link: bool = False
    after: float | None = None


def wait_asked_for(headers: Mapping[str, str], *, now: datetime) -> float | None:
    """Return the seconds of Retry-After; None if it is absent or says nothing."""
    return retry_after(headers.get("retry-after"), now=now)


def read(answer: Answer, known: Known) -> JsonObject:
    """Return the JSON of a successful answer; empty for one without a body.

    Raises the GraphError that fits for any other.
    """
    is_json = "json" in answer.headers.get("content-type", "").lower()
    if not 200 <= answer.status < 300:
        raise error(answer.status, _or_nothing(answer.body) if is_json else {}, known)
    if answer.status in EMPTY and not answer.body:
        return {}
    if not is_json:
        raise _not_graph(answer.status, known)
    return parse(answer.body, request_id=known.request_id)


def error(status: int, content: object, known: Known) -> GraphError:
    """Return the error for a status that is no success and the JSON beside it."""
    if status == FAILED_DEPENDENCY:
        return Unavailable(
            "424: another part of the same batch failed.",
            after=known.after,
            status=status,
            request_id=known.request_id,
        )
    inside = _member(content, "error")
    if not isinstance(inside, Mapping) and status not in OWN_MEANING:
        return _not_graph(status, known)
    return answer_error(
        Refusal(
            status,
            code=_code(inside, "code"),
            request_id=known.request_id or _code(_member(inside, "innerError"), ID),
            after=known.after,
            permission=known.permission,
            is_link=known.is_link,
        )
    )


def _or_nothing(body: bytes) -> JsonObject:
    try:
        return parse(body)
    except MalformedAnswer:
        return {}


def _member(value: object, name: str) -> object:
    return value.get(name) if isinstance(value, Mapping) else None


def _code(value: object, name: str) -> str:
    found = _member(value, name)
    return tidy_code(found) if isinstance(found, str) else ""


def _not_graph(status: int, known: Known) -> GraphError:
    if 300 <= status < 400:
        return MalformedAnswer(
            f"{status}: the Graph host answered with a redirect, which is not "
            "followed. Check the cloud of the connection and the proxy.",
            status=status,
            request_id=known.request_id,
        )
    return Unavailable(
        f"{status}: the answer did not come from Microsoft Graph itself. If this "
        "lasts, check the proxy and the cloud of the connection.",
        after=known.after,
        status=status,
        request_id=known.request_id,
    )
