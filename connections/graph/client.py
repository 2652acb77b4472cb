"""GraphClient: our one way to ask Microsoft Graph.

Every request is repeated as `retry` says, a 401 is answered by one new token, errors
are those of `errors`. Nothing else in the product sends a request to Graph.
Free of Django: the caller brings tokens, clock, chance and the way to wait.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from urllib.parse import quote, urlencode

import orjson

from common.types import JsonObject
from connections.clouds import Cloud
from connections.graph import batch, batching, links, paging
from connections.graph.batch import Part, PartAnswer
from connections.graph.paging import Page
from connections.graph.sending import Call, Pace, Sender, TokenSource
from connections.http import HttpClient

WIDTH = 4
"""Batches under way at once; every part counts against the tenant's limit."""


class GraphClient:
    """Graph v1.0 of one tenant; paths are relative to `/v1.0`.

    Not for several threads at once: it uses threads of its own where that helps.
    """

    def __init__(
        self, *, cloud: Cloud, tokens: TokenSource, http: HttpClient, pace: Pace
    ) -> None:
        """Ask the cloud's Graph host with tokens from `tokens`, over `http`."""
        self.graph = cloud.graph
        self._sender = Sender(graph=cloud.graph, tokens=tokens, http=http, pace=pace)

    @property
    def requests(self) -> int:
        """Return how many requests were sent to Graph so far, repeats included."""
        return self._sender.requests

    @property
    def throttled(self) -> float:
        """Return for how many seconds it has waited so far because of 429."""
        return self._sender.throttled

    def get(
        self,
        path: str,
        params: Mapping[str, str] | None = None,
        *,
        permission: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> JsonObject:
        """Return the JSON at `path`; `permission` is named if it is missing."""
        call = Call(
            "GET", self._url(path, params), headers=headers or {}, permission=permission
        )
        return self._sender.persist(call).content

    def post(self, path: str, body: JsonObject, *, permission: str = "") -> JsonObject:
        """Return what a POST of `body` answers; it may be sent more than once."""
        call = Call(
            "POST",
            self._url(path),
            headers={"Content-Type": "application/json"},
            body=orjson.dumps(body),
            permission=permission,
        )
        return self._sender.persist(call).content

    def pages(
        self,
        path_or_link: str,
        params: Mapping[str, str] | None = None,
        *,
        permission: str = "",
        headers: Mapping[str, str] | None = None,
        ahead: bool = True,
    ) -> Iterator[Page]:
        """Yield the pages from a path, or from a link that an earlier page gave.

        `ahead` reads the next page while the caller works on this one. Headers go
        with every page: the links do not carry them.
        """
        is_link = not path_or_link.startswith("/")
        first = path_or_link if is_link else self._url(path_or_link, params)
        call = Call(
            "GET",
            links.checked(first, self.graph),
            headers=headers or {},
            permission=permission,
            is_link=is_link,
        )
        return paging.walk(self._sender, call, ahead=ahead)

    def batch(self, parts: Sequence[Part]) -> list[PartAnswer]:
        """Return the answers to any number of parts, in the order asked.

        Parts that are throttled or unavailable are repeated, alone; what still fails
        is in the answer's `error`. Raises only what concerns the batch as a whole.
        """
        rest = deque(parts)
        rounds = self.batches(lambda: batch.take(rest), width=1)
        return [answer for answers in rounds for answer in answers]

    def batches(
        self, supply: Callable[[], Sequence[Part]], *, width: int = WIDTH
    ) -> Iterator[list[PartAnswer]]:
        """Yield the answers to one batch after another, `width` of them under way.

        `supply` returns at most 20 parts with ids of their own; none means that there
        is nothing to ask until the answers just yielded have been looked at.
        """
        return batching.ask(self._sender, supply, width=width)

    def close(self) -> None:
        """Close the connections."""
        self._sender.close()

    def _url(self, path: str, params: Mapping[str, str] | None = None) -> str:
        query = urlencode(params or {}, safe="$,()'", quote_via=quote)
        return f"{self.graph}{links.VERSION}{path}{'?' if query else ''}{query}"
