"""Lists: one page of a walk, with count, next link, filter and search."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from simulator import errors, paging
from simulator.ask import Ask
from simulator.exchange import Answer, json_answer
from simulator.query import Query

_SEARCH = re.compile(r'^"(\w+):(.*)"$')


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page starts: in a list of `size` things, after the page from `before`."""

    key: int
    before: int
    size: int


@dataclass(frozen=True, slots=True)
class Walk:
    """A list that can be walked from any key: yields (key, item)."""

    of_type: str
    size: int
    start: Callable[[Place], Iterator[tuple[int, Any]]]
    render: Callable[[Any], dict[str, Any]]


def place(ask: Ask, *, size: int) -> Place:
    """Return where the asked page starts."""
    token = ask.parameters.get("$skiptoken")
    if token is None:
        return Place(0, 0, size)
    state = paging.unseal(token)
    is_ours = state.get("t") == ask.tenant.id and state.get("w") == ask.call.path
    if not is_ours or ask.now - state["at"] > paging.PAGE_LIFE:
        raise errors.expired_page()
    return Place(state["k"], state["p"], state["n"])


def answer(ask: Ask, query: Query, walk: Walk) -> Answer:
    """Return one page of a list."""
    here = place(ask, size=walk.size)
    limit = ask.tenant.settings.get("page_size") or query.top
    page = paging.cut(walk.start(here), size=min(query.top, limit), render=walk.render)
    body: dict[str, Any] = {"@odata.context": ask.context(walk.of_type)}
    if query.has_count and "$skiptoken" not in ask.parameters:
        body["@odata.count"] = sum(1 for _ in walk.start(here))
    if page.next_key is not None:
        body["@odata.nextLink"] = _next_link(ask, here, page.next_key)
    body["value"] = _repeated(ask, walk, here) + page.items
    return json_answer(body)


def count(ask: Ask, walk: Walk) -> Answer:
    """Return a $count segment: a bare number, for advanced queries only."""
    if ask.call.headers.get("consistencylevel", "").lower() != "eventual":
        raise errors.bad_request("$count is not currently supported.")
    number = sum(1 for _ in walk.start(Place(0, 0, walk.size)))
    return Answer(200, {"content-type": "text/plain"}, str(number).encode())


def _next_link(ask: Ask, here: Place, next_key: int) -> str:
    state = {
        "t": ask.tenant.id,
        "w": ask.call.path,
        "k": next_key,
        "p": here.key,
        "n": here.size,
        "at": ask.now,
    }
    return paging.link(
        ask.address, {**ask.parameters, "$skiptoken": paging.seal(state)}
    )


def _repeated(ask: Ask, walk: Walk, here: Place) -> list[dict[str, Any]]:
    share = ask.tenant.settings.get("duplicates", 0.0)
    if not share or here.key == 0:
        return []
    former = Place(here.before, here.before, here.size)
    page_before = takewhile(lambda pair: pair[0] < here.key, walk.start(former))
    return [
        walk.render(item) for key, item in page_before if paging.is_repeated(key, share)
    ]


Test = Callable[[Mapping[str, Any]], bool]


def test_of(query: Query) -> tuple[Test | None, list[str]]:
    """Return the test that $filter and $search ask for, and what it reads."""
    if query.search:
        match = _SEARCH.match(query.search)
        if match is None:
            raise errors.bad_request('Syntax error: $search must be "property:text".')
        name, wanted = match[1], match[2].casefold()

        def found(card: Mapping[str, Any]) -> bool:
            words = str(card.get(name) or "").casefold().split()
            return all(any(w.startswith(p) for w in words) for p in wanted.split())

        return found, [name]
    if query.filter is not None:
        return query.filter.test, sorted(query.filter.names)
    return None, []
