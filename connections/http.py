"""Our own way over the network to the sign-in host and to Graph.

One pooled session; no redirect is followed, no request repeated, no answer larger
than 64 MiB read, no environment variable obeyed: authorities and proxies are given.
Faults of requests and urllib3 leave this module as errors of `connections.graph`.
Free of Django.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from typing import TYPE_CHECKING

import certifi
import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict

from connections import proxies
from connections.graph.errors import (
    GraphError,
    MalformedAnswer,
    Rejected,
    Unavailable,
    Untrusted,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

LOGIN_TIMEOUT = (3.0, 10.0)
GRAPH_TIMEOUT = (3.0, 60.0)
"""Seconds to connect, and between two bytes of an answer."""
LONGEST = 180.0
"""Seconds after which a whole answer counts as stuck, however it trickles: a run
that waits for it keeps its claim, which others take over after 300."""
MAX_BODY = 64 * 1024 * 1024
CHUNK = 64 * 1024
POOL = 8

# On DEBUG urllib3 writes every address: names of people and page tokens are in them.
logging.getLogger("urllib3").setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True)
class Question:
    """One HTTP request; what it carries stays out of its repr."""

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | str | Mapping[str, str] | None = field(default=None, repr=False)
    timeout: tuple[float, float] = GRAPH_TIMEOUT


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer, read to its end; header names in any case."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    @property
    def request_id(self) -> str:
        """Return the id by which Microsoft finds the request; may be empty."""
        for name in ("request-id", "x-ms-request-id", "client-request-id"):
            if found := self.headers.get(name):
                return found[:80]
        return ""


class HttpClient:
    """A pooled session that several threads may use."""

    def __init__(
        self,
        *,
        ca_bundle: str = "",
        proxy: str = "",
        no_proxy: str = "",
        max_body: int = MAX_BODY,
        longest: float = LONGEST,
    ) -> None:
        """Trust `ca_bundle` (a file; empty: certifi's), go through `proxy`.

        `no_proxy` is a comma list of hosts, domains, addresses or networks.
        """
        self._verify = ca_bundle or certifi.where()
        self._proxy = proxy
        self._no_proxy = no_proxy
        self._max_body = max_body
        self._longest = longest
        self._session = requests.Session()
        # Else REQUESTS_CA_BUNDLE beats `verify`, and .netrc adds credentials.
        self._session.trust_env = False
        # Two threads share the session, and no cookie is needed: refuse all of them.
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        adapter = HTTPAdapter(pool_connections=POOL, pool_maxsize=POOL, max_retries=0)
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, adapter)

    def send(self, question: Question) -> Answer:
        """Return the whole answer, whatever its status.

        Raises Unavailable (no or half an answer), Untrusted (certificate), Rejected
        (the request cannot be sent) or MalformedAnswer (too large).
        """
        try:
            with self._started(question) as response:
                return Answer(
                    response.status_code, response.headers, self._read(response)
                )
        except (requests.RequestException, urllib3.exceptions.HTTPError) as exc:
            raise transport_error(exc, proxies.host(question.url)) from exc

    def close(self) -> None:
        """Close the pooled connections."""
        self._session.close()

    def _started(self, question: Question) -> requests.Response:
        headers = CaseInsensitiveDict({"Accept-Encoding": "gzip"})
        headers.update(question.headers)
        return self._session.request(
            question.method,
            question.url,
            headers=headers,
            data=question.body,
            timeout=question.timeout,
            proxies=proxies.choose(question.url, self._proxy, self._no_proxy),
            allow_redirects=False,
            verify=self._verify,
            stream=True,
        )

    def _read(self, response: requests.Response) -> bytes:
        """Return the unpacked body, read in pieces so that a bomb ends early."""
        pieces: list[bytes] = []
        size = 0
        end = time.monotonic() + self._longest
        # Not iter_content(): that waits for a full piece, for hours if it trickles.
        while piece := response.raw.read1(CHUNK, decode_content=True):
            size += len(piece)
            if size > self._max_body:
                raise MalformedAnswer(
                    f"{proxies.host(response.url)} sent an answer larger than "
                    f"{self._max_body // 2**20} MiB; it was not read."
                )
            if time.monotonic() > end:
                raise Unavailable(
                    f"{proxies.host(response.url)} took too long to send its answer."
                )
            pieces.append(piece)
        return b"".join(pieces)


def transport_error(exc: Exception, host: str) -> GraphError:
    """Return our error for a fault of requests or urllib3 while talking to `host`."""
    match exc:
        case requests.exceptions.SSLError() if "CERTIFICATE_VERIFY" in str(exc):
            return Untrusted(
                f"The certificate of {host} is not trusted. If a proxy inspects TLS "
                "or the cloud is your own, add its authority to ENTRA_CA_BUNDLE."
            )
        case requests.exceptions.ProxyError():
            return Unavailable(
                f"The proxy of HTTPS_PROXY does not let us through to {host}."
            )
        case requests.exceptions.Timeout():
            return Unavailable(f"{host} did not answer in time.")
        case requests.exceptions.ConnectionError() | urllib3.exceptions.HTTPError():
            return Unavailable(
                f"The connection to {host} failed or broke off. Check the network "
                "and HTTPS_PROXY."
            )
    return Rejected(f"A request to {host} could not be sent.")
