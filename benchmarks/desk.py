"""The web application as `gunicorn benchmarks.desk` serves it, telling what it took.

Each answer has a header with the seconds that it waited for Microsoft, the processor's
seconds of its thread, and how many statements the database was asked.
"""

from __future__ import annotations

import json
import threading
import time
from typing import TYPE_CHECKING, Any

from django.db import connection as database

from benchmarks import sign_ins
from connections.http import HttpClient
from halo_entra.wsgi import application as desk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from connections.http import Answer, Question

_spent = threading.local()
_send = HttpClient.send


def send(client: HttpClient, question: Question) -> Answer:
    """Send as ever, and add what it took to the request at hand."""
    start = time.perf_counter()
    try:
        return _send(client, question)
    finally:
        _spent.waited += time.perf_counter() - start


def count(execute: Callable[..., Any], *statement: Any) -> Any:
    """Execute as ever, and count."""
    _spent.statements += 1
    return execute(*statement)


def application(
    environ: dict[str, Any], start_response: Callable[..., Any]
) -> Iterable[bytes]:
    """Answer one request, with the header."""
    _spent.waited, _spent.statements = 0.0, 0
    begun = time.thread_time()

    def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
        busy = time.thread_time() - begun
        cost = json.dumps([_spent.waited, busy, _spent.statements])
        return start_response(status, [*headers, (sign_ins.COST, cost)], *rest)

    with database.execute_wrapper(count):
        answer: Iterable[bytes] = desk(environ, start)
    return answer


HttpClient.send = send  # type: ignore[method-assign, assignment]  # measured here, not changed
