"""A page of a list or a delta, and the walk from page to page.

While a page is stored, the next one is on its way in a thread. The thread only sends
and parses; tokens, waits and errors stay with the caller's thread.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from common.types import JsonObject
from connections.graph import links
from connections.graph.errors import MalformedAnswer, trace
from connections.graph.sending import Call, Reply, Sender


@dataclass(frozen=True, slots=True)
class Page:
    """One page: `link` asks for it again, the others lead on; empty if absent."""

    items: list[JsonObject] = field(repr=False)
    link: str = field(repr=False)
    next_link: str = field(default="", repr=False)
    delta_link: str = field(default="", repr=False)
    request_id: str = ""


def read_page(reply: Reply, *, link: str, graph: str) -> Page:
    """Return the page in `reply`; raise MalformedAnswer if it is none."""
    items = reply.content.get("value")
    end = trace("", reply.request_id)
    if not isinstance(items, list) or not all(type(item) is dict for item in items):
        raise MalformedAnswer(f"A page of Microsoft Graph has no list of objects{end}.")
    next_link = _onward(reply, "@odata.nextLink", graph)
    delta_link = _onward(reply, "@odata.deltaLink", graph)
    if next_link and delta_link:
        raise MalformedAnswer(f"A page names both a next page and an end{end}.")
    return Page(items, link, next_link, delta_link, reply.request_id)


def _onward(reply: Reply, name: str, graph: str) -> str:
    found = reply.content.get(name)
    if found is None:
        return ""
    if not isinstance(found, str) or not found:
        raise MalformedAnswer(f"{name} is no link{trace('', reply.request_id)}.")
    return links.checked(found, graph, request_id=reply.request_id)


def walk(sender: Sender, call: Call, *, ahead: bool) -> Iterator[Page]:
    """Yield the pages from `call` on; `ahead`: one is read while you work.

    Closing the iterator waits for a page under way, so that no thread is left.
    """
    trail = links.Trail()
    trail.follow(call.url)
    started: Future[Reply] | None = None
    with ThreadPoolExecutor(1, "graph-ahead") as pool:
        while True:
            reply = sender.persist(call, started)
            page = read_page(reply, link=call.url, graph=sender.graph)
            if page.next_link:
                trail.follow(page.next_link, request_id=page.request_id)
                call = replace(call, url=page.next_link, is_link=True)
                started = sender.start(pool, call) if ahead else None
            yield page
            if not page.next_link:
                return
