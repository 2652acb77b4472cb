"""JSON batches: up to 20 requests in one, each with an answer of its own.

https://learn.microsoft.com/en-us/graph/json-batching. Pure: the client sends.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from requests.structures import CaseInsensitiveDict

from common.types import JsonObject
from connections.graph import answers
from connections.graph.errors import (
    GraphError,
    MalformedAnswer,
    Throttled,
    Waitable,
    trace,
)

MOST = 20
PATH = "/$batch"


@dataclass(frozen=True, slots=True)
class Part:
    """One request of a batch; `path` is relative to `/v1.0`, with its query."""

    id: str
    path: str = field(repr=False)
    method: str = "GET"
    body: JsonObject | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)
    permission: str = ""
    is_link: bool = False
    """Whether the path comes from a page link, so that a cursor may be too old."""


@dataclass(frozen=True, slots=True)
class PartAnswer:
    """What one part answered; `error` says what went wrong, None if nothing did."""

    id: str
    status: int
    body: JsonObject = field(repr=False)
    error: GraphError | None = None
    request_id: str = ""


def take(parts: deque[Part]) -> list[Part]:
    """Remove the next parts, as many as one batch holds, and return them."""
    return [parts.popleft() for _ in range(min(MOST, len(parts)))]


def request(parts: Sequence[Part]) -> JsonObject:
    """Return the body that asks for `parts`, numbered in their order."""
    return {
        "requests": [
            _request(number, part) for number, part in enumerate(parts, start=1)
        ]
    }


def _request(number: int, part: Part) -> JsonObject:
    asked: JsonObject = {"id": str(number), "method": part.method, "url": part.path}
    headers = dict(part.headers)
    if part.body is not None:
        asked["body"] = part.body
        headers["Content-Type"] = "application/json"
    if headers:
        asked["headers"] = headers
    return asked


def read(
    content: JsonObject, parts: Sequence[Part], *, request_id: str, now: datetime
) -> list[PartAnswer]:
    """Return the answers to `parts` in their order.

    Raises MalformedAnswer unless there is exactly one answer to each part.
    """
    listed = content.get("responses")
    responses = listed if isinstance(listed, list) else []
    found: dict[str, Mapping[str, Any]] = {
        str(answer.get("id")): answer for answer in responses if type(answer) is dict
    }
    wanted = [str(number) for number in range(1, len(parts) + 1)]
    if len(responses) != len(parts) or found.keys() != set(wanted):
        raise MalformedAnswer(
            f"A batch has not one answer to each question{trace('', request_id)}."
        )
    return [
        _read(found[number], part, request_id=request_id, now=now)
        for number, part in zip(wanted, parts, strict=True)
    ]


def _read(
    answer: Mapping[str, Any], part: Part, *, request_id: str, now: datetime
) -> PartAnswer:
    status = answer.get("status")
    if type(status) is not int:
        raise MalformedAnswer(f"A part has no status{trace('', request_id)}.")
    headers = _headers(answer.get("headers"))
    known = answers.Known(
        request_id=headers.get("request-id", "")[:80] or request_id,
        permission=part.permission,
        is_link=part.is_link,
        after=answers.wait_asked_for(headers, now=now),
    )
    body = answer.get("body")
    failure: GraphError | None = None
    if not 200 <= status < 300:
        failure = answers.error(status, body, known)
    elif not isinstance(body, dict) and status not in answers.EMPTY:
        failure = MalformedAnswer(f"A part has no JSON{trace('', known.request_id)}.")
    content = body if isinstance(body, dict) else {}
    return PartAnswer(part.id, status, content, failure, known.request_id)


def _headers(listed: object) -> CaseInsensitiveDict[str]:
    pairs = listed.items() if isinstance(listed, dict) else ()
    return CaseInsensitiveDict({str(name): str(value) for name, value in pairs})


def gravest(errors: Sequence[Waitable]) -> Waitable:
    """Return the error that decides how long all repeated parts wait.

    A throttled one before an unavailable one, then the longest wait asked for.
    """
    return max(
        errors,
        key=lambda error: (isinstance(error, Throttled), error.after or 0.0),
    )
