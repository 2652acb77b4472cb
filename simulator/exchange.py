"""One request and one answer, free of any web framework."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote

import orjson

JSON = "application/json; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Call:
    """What somebody asked: header names are in lower case."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def address(self) -> str:
        """The readable path and query, as fault rules and the log see them."""
        return f"{self.path}?{unquote(self.query)}" if self.query else self.path

    def parameters(self) -> dict[str, str]:
        """Return the query parameters; the last of several equal names counts."""
        return dict(parse_qsl(self.query, keep_blank_values=True))

    def form(self) -> dict[str, str]:
        """Return the body of a form post."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace")))


@dataclass(slots=True)
class Answer:
    """What is sent back; layers on the way out may add to it."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    resource_units: int = 0

    def json(self) -> Any:
        """Return the body read as JSON."""
        return orjson.loads(self.body)


def json_answer(
    payload: Any, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> Answer:
    """Return an answer that carries a JSON body."""
    merged = {"content-type": JSON, **(headers or {})}
    return Answer(status, merged, orjson.dumps(payload))
