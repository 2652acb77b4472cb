"""A real host on loopback that answers as a test says: for faults on the wire."""

from __future__ import annotations

import ssl
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeAlias

import orjson
from requests.structures import CaseInsensitiveDict

JSON = "application/json;odata.metadata=minimal"


@dataclass(frozen=True, slots=True)
class Received:
    """A request as it arrived."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    connection: int
    """The port it came from: the same one, the same connection."""

    def json(self) -> Any:
        """Return the body as JSON."""
        return orjson.loads(self.body)


@dataclass(frozen=True, slots=True)
class Canned:
    """An answer to give."""

    body: bytes = b"{}"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = JSON
    cut: bool = False
    """Promise more than is sent, then drop the connection."""
    chunks: Iterator[bytes] | None = None
    """Sent instead of the body, with no length given."""


Script: TypeAlias = Callable[[Received], Canned]


def json(content: object, status: int = 200, **headers: str) -> Canned:
    """Return an answer of JSON; `Retry_After=…` becomes a header."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Canned(orjson.dumps(content), status, named)


def failure(status: int, code: str = "UnknownError", **headers: str) -> Canned:
    """Return one of Graph's errors."""
    content = {"error": {"code": code, "message": "Said by Graph."}}
    return json(content, status, **headers)


class Host:
    """The server: what it got, and what it will say."""

    def __init__(self, server: ThreadingHTTPServer, scheme: str) -> None:
        """Belong to `server`."""
        name, port = server.server_address[:2]
        self.origin = f"{scheme}://{name!s}:{port}"
        self.received: list[Received] = []
        self.script: Script | None = None
        self._queue: deque[Canned] = deque()

    def will(self, *answers: Canned) -> None:
        """Give these answers, one a request, in the order the requests arrive."""
        self._queue.extend(answers)

    def paths(self) -> list[str]:
        """Return the paths asked for so far, queries included."""
        return [each.path for each in self.received]

    def reply(self, received: Received) -> Canned:
        """Note the request and return what to say."""
        self.received.append(received)
        if self.script is not None:
            return self.script(received)
        return self._queue.popleft() if self._queue else Canned(b"unscripted", 599)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    host: Host

    def log_message(self, *_: object) -> None:
        """Stay silent."""

    def _answer(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        received = Received(
            self.command,
            self.path,
            CaseInsensitiveDict(self.headers.items()),
            self.rfile.read(length),
            self.client_address[1],
        )
        canned = self.host.reply(received)
        self.send_response(canned.status)
        self.send_header("Content-Type", canned.content_type)
        for name, value in canned.headers.items():
            self.send_header(name, value)
        if canned.chunks is None:
            extra = 1000 if canned.cut else 0
            self.send_header("Content-Length", str(len(canned.body) + extra))
        self.end_headers()
        try:
            for piece in canned.chunks or [canned.body]:
                self.wfile.write(piece)
                self.wfile.flush()
        except OSError:
            pass
        self.close_connection = canned.cut or canned.chunks is not None

    do_GET = _answer
    do_POST = _answer


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Stay silent: clients that hang up are what the tests are about."""


@contextmanager
def serving(tls: ssl.SSLContext | None = None) -> Iterator[Host]:
    """Serve on a free port of loopback, over TLS if a context is given."""
    handler = type("Handler", (_Handler,), {})
    server = _Server(("127.0.0.1", 0), handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    host = Host(server, "https" if tls else "http")
    handler.host = host  # type: ignore[attr-defined]  # made by type()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield host
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
