"""One request, sent until it is answered, refused, or patience ends.

`attempt` may run in any thread: it sends and parses. `persist` belongs to the
caller's thread: tokens and waits may touch a database.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from common.types import JsonObject
from connections.graph import answers
from connections.graph.errors import (
    GraphError,
    NeedsAuthorisation,
    SignInRefused,
    Throttled,
    Waitable,
)
from connections.graph.retry import SLICE, Policy, Progress, next_wait, slices
from connections.http import HttpClient, Question

AGENT = "halo-entra"


class TokenSource(Protocol):
    """Where the token comes from; asked in the caller's thread only."""

    def token(self) -> str:
        """Return a token that is believed to be good."""

    def refresh(self) -> str:
        """Return a new token: Graph did not accept the last one."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How a client waits, and how long it is patient."""

    wait: Callable[[float], None]
    """Sleeps so many seconds (0 to 20); may raise to end everything."""
    now: Callable[[], datetime]
    chance: Callable[[], float]
    """A number in [0, 1)."""
    policy: Policy = field(default_factory=Policy)
    beat: float = SLICE
    """How often, in seconds, `wait(0)` is called while a page is under way."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request, before a token is put to it."""

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = field(default=None, repr=False)
    permission: str = ""
    is_link: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """A successful answer."""

    content: JsonObject = field(repr=False)
    request_id: str = ""


class Sender:
    """Sends calls to one Graph host and repeats them as `retry` says."""

    def __init__(
        self, *, graph: str, tokens: TokenSource, http: HttpClient, pace: Pace
    ) -> None:
        """Send to the origin `graph` with tokens from `tokens`, over `http`."""
        self.graph = graph
        self.pace = pace
        self.requests = 0
        self.throttled = 0.0
        self._tokens = tokens
        self._http = http
        self._counting = threading.Lock()

    def persist(self, call: Call, started: Future[Reply] | None = None) -> Reply:
        """Return the answer to `call`, taking up what `start` has begun.

        A 401 is answered by one new token; Throttled and Unavailable by waiting and
        repeating until `retry` gives up. Raises the GraphError that then stands.
        """
        progress, is_renewed = Progress(), False
        while True:
            try:
                if started is not None:
                    return self._collect(started)
                return self.attempt(call, self._tokens.token())
            except SignInRefused:
                raise
            except NeedsAuthorisation:
                if is_renewed:
                    raise
                is_renewed = True
                self.renew()
            except Waitable as error:
                progress = self.pause(error, progress)
            started = None

    def start(self, pool: ThreadPoolExecutor, call: Call) -> Future[Reply] | None:
        """Send `call` once, in `pool`; None if there is no token at the moment.

        Its error is met by `persist`, which takes the answer up.
        """
        try:
            token = self._tokens.token()
        except GraphError:
            return None
        return pool.submit(self.attempt, call, token)

    def renew(self) -> None:
        """Get a new token, with the same patience as for any request."""
        progress = Progress()
        while True:
            try:
                self._tokens.refresh()
            except Waitable as error:
                progress = self.pause(error, progress)
            else:
                return

    def pause(self, error: Waitable, progress: Progress) -> Progress:
        """Wait as `error` asks and return the new progress; raise it to give up."""
        pace = self.pace
        step = next_wait(error, progress, chance=pace.chance(), policy=pace.policy)
        if step is None:
            raise error
        seconds, progress = step
        for part in slices(seconds):
            pace.wait(part)
            if isinstance(error, Throttled):
                self.throttled += part
        return progress

    def attempt(self, call: Call, token: str) -> Reply:
        """Return the answer to `call`, sent once; raises the GraphError that fits."""
        with self._counting:
            self.requests += 1
        answer = self._http.send(
            Question(
                call.method,
                call.url,
                headers={
                    "Accept": "application/json",
                    "User-Agent": AGENT,
                    **call.headers,
                    "Authorization": f"Bearer {token}",
                },
                body=call.body,
            )
        )
        known = answers.Known(
            request_id=answer.request_id,
            permission=call.permission,
            is_link=call.is_link,
            after=answers.wait_asked_for(answer.headers, now=self.pace.now()),
        )
        return Reply(answers.read(answer, known), answer.request_id)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _collect(self, started: Future[Reply]) -> Reply:
        while not wait([started], timeout=self.pace.beat).done:
            self.pace.wait(0.0)
        return started.result()
