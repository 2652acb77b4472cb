"""The process: certificates, the listening socket, and the end with the parent."""

from __future__ import annotations

import os
import socket
import ssl
import sys
import threading
import time
from pathlib import Path

import trustme
import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HOST = "127.0.0.1"
NAME = "localhost"
# Seconds from the end of the parent to an end by force.
_PATIENCE = 5


class _Protocol(HttpToolsProtocol):
    """Puts the transport into the scope, so that a fault can reset the connection."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {"simulator.transport": {"it": self.transport}}


def authority(state: Path) -> trustme.CA:
    """Return the certificate authority kept in a folder, made at the first start."""
    certificate, key = state / "ca.pem", state / "ca-key.pem"
    if certificate.exists() and key.exists():
        return trustme.CA.from_pem(certificate.read_bytes(), key.read_bytes())
    state.mkdir(parents=True, exist_ok=True)
    made = trustme.CA(organization_name="Simulator")
    key.touch(mode=0o600)
    made.private_key_pem.write_to_path(key)
    made.cert_pem.write_to_path(certificate)
    return made


def listen(port: int) -> socket.socket:
    """Return a listening socket on loopback; port 0 takes a free one."""
    # With the protocol named, asyncio turns off Nagle's delay of 40 ms an answer.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((HOST, port))
    listening.listen(2048)
    return listening


def _end_with_parent(server: uvicorn.Server) -> None:
    """End as soon as standard input closes, which it does when the parent ends."""

    def watch() -> None:
        sys.stdin.buffer.read()
        server.should_exit = True
        time.sleep(_PATIENCE)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def serve(
    app: Starlette,
    *,
    listening: socket.socket,
    ca: trustme.CA,
    ends_with_parent: bool = False,
) -> None:
    """Serve HTTPS on a socket until told to end, or until the parent process ends."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert(NAME, HOST).configure_cert(context)
    config = uvicorn.Config(
        app,
        http=_Protocol,
        ssl_context_factory=lambda _config, _default: context,
        log_level="warning",
        access_log=False,
        lifespan="off",
        timeout_keep_alive=60,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    if ends_with_parent:
        _end_with_parent(server)
    server.run(sockets=[listening])
