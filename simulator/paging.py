"""Pages: opaque links to the next one, shuffled order and repeated items."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from math import gcd
from typing import Any
from urllib.parse import quote, urlencode

import orjson

from simulator import errors, jwt

_SECRET = secrets.token_bytes(16)
# List links live minutes, delta links days; measured on the simulator's clock.
PAGE_LIFE = 3600.0


def seal(state: Mapping[str, Any]) -> str:
    """Return an opaque token that carries a state."""
    raw = orjson.dumps(state)
    return jwt.encode(_mark(raw) + raw)


def unseal(token: str) -> dict[str, Any]:
    """Return the state in a token of ours; any other raises as an expired page."""
    try:
        raw = jwt.decode(token)
    except jwt.BadToken as error:
        raise errors.expired_page() from error
    if not hmac.compare_digest(raw[:8], _mark(raw[8:])):
        raise errors.expired_page()
    state: dict[str, Any] = orjson.loads(raw[8:])
    return state


def _mark(raw: bytes) -> bytes:
    return hmac.digest(_SECRET, raw, "sha256")[:8]


def link(address: str, parameters: Mapping[str, str]) -> str:
    """Return a link with these query parameters, readable as Graph writes them."""
    query = urlencode(parameters, quote_via=quote, safe="$(),;='@:/")
    return f"{address}?{query}" if query else address


def order(size: int, *, seed: int | None) -> Callable[[int], int]:
    """Return the order of a list: a permutation of the numbers below `size`.

    What is added later comes after them, so a walk in progress misses nobody.
    """
    if seed is None or size < 2:
        return lambda index: index
    mark = hashlib.sha256(f"order/{seed}".encode()).digest()
    step = int.from_bytes(mark[:6], "big") | 1
    while gcd(step, size) != 1:
        step += 2
    return lambda index: (index * step + mark[7]) % size if index < size else index


@dataclass(frozen=True, slots=True)
class Page:
    """Items of one page and the key where the next one starts, if there is one."""

    items: list[Any]
    next_key: int | None


def cut(
    walk: Iterable[tuple[int, Any]], *, size: int, render: Callable[[Any], Any]
) -> Page:
    """Return the first `size` items of a walk of (key, item), rendered."""
    found = list(islice(walk, size + 1))
    next_key = found[size][0] if len(found) > size else None
    return Page([render(item) for _, item in found[:size]], next_key)


def is_repeated(key: int, share: float) -> bool:
    """Say whether an item comes again on a later page: the same answer each time."""
    return share > 0 and (key * 0x9E3779B1 & 0xFFFF) < share * 0x10000
