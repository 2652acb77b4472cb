"""What stands between msal and the network: our own HTTP client.

msal's own session has no timeout, follows redirects (a 307 carries the client secret
to another host) and obeys REQUESTS_CA_BUNDLE. Around any client it puts a cache that
answers again from memory: a 400 for 60 seconds, 429 and 5xx as long as Retry-After
says. A corrected secret would go on failing, and our retry policy would be blind.
Here both end: msal gets answers of 200 only, all else leaves as our errors.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from connections import proxies, refusals
from connections.graph import answers
from connections.graph.errors import (
    TRANSIENT,
    GraphError,
    MalformedAnswer,
    Throttled,
    Unavailable,
)
from connections.http import LOGIN_TIMEOUT, Answer, HttpClient, Question

# On DEBUG msal writes what it sends and gets, shortened but not for our logs.
logging.getLogger("msal").setLevel(logging.WARNING)


FRESH = 3600.0
"""Seconds for which a document is believed without asking again."""


class Forgetful(dict[str, Any]):
    """A mapping that keeps nothing: msal's `http_cache`, so that none is kept."""

    def __setitem__(self, key: str, value: Any) -> None:
        """Forget `value`."""


class SuccessfulAnswer:
    """An answer as msal reads it; there are only good ones."""

    status_code = 200

    def __init__(self, answer: Answer) -> None:
        """Show the text of `answer`, and no header that msal would act on."""
        self.text = answer.body.decode()
        self.headers: dict[str, str] = {}

    def raise_for_status(self) -> None:
        """Do nothing: the status is 200."""


class Documents:
    """What sign-in hosts say of their doors, kept for an hour by this process."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._kept: dict[str, tuple[float, SuccessfulAnswer]] = {}

    def find(self, url: str) -> SuccessfulAnswer | None:
        """Return the document of that address, if it was read lately."""
        read_at, answer = self._kept.get(url, (-FRESH, None))
        return answer if time.monotonic() - read_at < FRESH else None

    def keep(self, url: str, answer: SuccessfulAnswer) -> None:
        """Remember a document; nothing else comes by GET to msal."""
        self._kept[url] = (time.monotonic(), answer)


class MsalHttp:
    """msal's `http_client`, over ours: timeout, no redirects, our authorities."""

    def __init__(self, http: HttpClient, documents: Documents | None = None) -> None:
        """Send over `http`, which stays its owner's to close."""
        self._http = http
        self._documents = documents

    def get(
        self,
        url: str,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        **_: object,
    ) -> SuccessfulAnswer:
        """Return an answer of 200; raises the GraphError that fits for any other."""
        address = f"{url}?{urlencode(params)}" if params else url
        if self._documents and (kept := self._documents.find(address)):
            return kept
        answer = self._send(
            Question("GET", address, headers or {}, timeout=LOGIN_TIMEOUT)
        )
        if self._documents:
            self._documents.keep(address, answer)
        return answer

    def post(
        self,
        url: str,
        params: Mapping[str, str] | None = None,
        data: Mapping[str, str] | str | None = None,
        headers: Mapping[str, str] | None = None,
        **_: object,
    ) -> SuccessfulAnswer:
        """Return an answer of 200; raises the GraphError that fits for any other."""
        query = f"?{urlencode(params)}" if params else ""
        body = data if isinstance(data, str) else urlencode(data or {})
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        all_headers = {**form, **(headers or {})}
        return self._send(
            Question("POST", url + query, all_headers, body, LOGIN_TIMEOUT)
        )

    def close(self) -> None:
        """Leave the connections open: they are shared."""

    def _send(self, question: Question) -> SuccessfulAnswer:
        answer = self._http.send(question)
        host = proxies.host(question.url)
        if answer.status != 200:
            raise _error(answer, host)
        _content(answer, host)
        return SuccessfulAnswer(answer)


def _error(answer: Answer, host: str) -> GraphError:
    """Return the error for an answer of the sign-in host that is not 200."""
    status = answer.status
    if status == 429 or status in TRANSIENT or status > 500:
        kind = Throttled if status == 429 else Unavailable
        asks = "asks us to slow down" if status == 429 else "is not available"
        return kind(
            f"{status}: the sign-in host {host} {asks} at the moment.",
            status=status,
            after=answers.wait_asked_for(answer.headers, now=datetime.now(UTC)),
        )
    if 300 <= status < 400:
        return MalformedAnswer(
            f"{status}: the sign-in host {host} answered with a redirect, which is "
            "not followed. Check the cloud of the connection and the proxy.",
            status=status,
        )
    return refusals.read(_content(answer, host))


def _content(answer: Answer, host: str) -> Mapping[str, object]:
    try:
        return answers.parse(answer.body)
    except MalformedAnswer as exc:
        raise Unavailable(
            f"{answer.status}: the answer did not come from the sign-in host {host} "
            "itself. If this lasts, check the proxy and the cloud of the connection.",
            status=answer.status,
        ) from exc
