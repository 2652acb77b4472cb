"""Batches sent: several under way at once, and the parts that may pass repeated."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import orjson

from connections.graph import batch, links
from connections.graph.batch import Part, PartAnswer
from connections.graph.errors import GraphError, NeedsAuthorisation, Waitable
from connections.graph.retry import Progress
from connections.graph.sending import Call, Reply, Sender

E = TypeVar("E", bound=GraphError)


def ask(
    sender: Sender, supply: Callable[[], Sequence[Part]], *, width: int
) -> Iterator[list[PartAnswer]]:
    """Yield the answers to one batch after another, `width` of them under way.

    `supply` returns at most 20 parts with ids of their own; none means that there is
    nothing to ask until the answers just yielded have been looked at.
    """
    under_way: deque[tuple[Sequence[Part], Future[Reply] | None]] = deque()
    with ThreadPoolExecutor(width, "graph-batch") as pool:
        while True:
            while len(under_way) < width and (parts := supply()):
                under_way.append((parts, sender.start(pool, call(sender, parts))))
            if not under_way:
                return
            yield answer(sender, *under_way.popleft())


def call(sender: Sender, parts: Sequence[Part]) -> Call:
    """Return the call that asks for `parts`."""
    return Call(
        "POST",
        f"{sender.graph}{links.VERSION}{batch.PATH}",
        headers={"Content-Type": "application/json"},
        body=orjson.dumps(batch.request(parts)),
    )


def answer(
    sender: Sender, parts: Sequence[Part], started: Future[Reply] | None = None
) -> list[PartAnswer]:
    """Return the answers to at most 20 parts, in their order.

    Parts that are throttled or unavailable are asked again, alone, after the longest
    wait that one of them names; when patience ends, their error stays.
    """
    found: dict[str, PartAnswer] = {}
    pending, progress, is_renewed = parts, Progress(), False
    while pending:
        answered = _round(sender, pending, started)
        started = None
        found |= {each.id: each for each in answered}
        again = _errors(answered, Waitable)
        refused = {} if is_renewed else _errors(answered, NeedsAuthorisation)
        if refused:
            sender.renew()
            is_renewed = True
        if again:
            try:
                progress = sender.pause(batch.gravest(list(again.values())), progress)
            except Waitable:
                again = {}
        pending = [each for each in pending if each.id in again or each.id in refused]
    return [found[part.id] for part in parts]


def _round(
    sender: Sender, parts: Sequence[Part], started: Future[Reply] | None
) -> list[PartAnswer]:
    reply = sender.persist(call(sender, parts), started)
    return batch.read(
        reply.content, parts, request_id=reply.request_id, now=sender.pace.now()
    )


def _errors(answered: Sequence[PartAnswer], kind: type[E]) -> dict[str, E]:
    return {each.id: each.error for each in answered if isinstance(each.error, kind)}
