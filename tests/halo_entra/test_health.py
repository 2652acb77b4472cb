from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

import pytest
from django import db
from django.core.cache import cache
from django.test.utils import CaptureQueriesContext

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client
    from pytest_django import Settings


@pytest.fixture
def dead_port() -> int:
    """A port of this machine on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def test_a_process_that_serves_is_alive(client: Client) -> None:
    answer = client.get("/healthz")

    assert (answer.status_code, answer.content) == (200, b"ok")


@pytest.mark.django_db
def test_it_is_ready_while_database_and_broker_answer(client: Client) -> None:
    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json() == {"database": "ok", "broker": "ok"}
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.django_db
def test_a_broker_that_does_not_answer_is_named(
    client: Client, settings: Settings, dead_port: int
) -> None:
    settings.CELERY_BROKER_URL = f"redis://:canary@127.0.0.1:{dead_port}/0"

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json() == {"database": "ok", "broker": "down"}


@pytest.mark.django_db
def test_an_embedded_broker_without_its_folder_is_down(
    client: Client, settings: Settings, tmp_path: Path
) -> None:
    settings.CELERY_BROKER_URL = settings.EMBEDDED_BROKER
    settings.BROKER_DIR = tmp_path / "missing"

    assert client.get("/readyz").json()["broker"] == "down"


@pytest.mark.django_db
def test_a_database_that_does_not_answer_is_named(client: Client) -> None:
    def fail(*_arguments: object) -> None:
        raise db.OperationalError("password=canary")

    with db.connection.execute_wrapper(fail):
        answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json() == {"database": "down", "broker": "ok"}


@pytest.mark.django_db
def test_the_log_says_which_part_is_down_without_secrets(
    client: Client,
    settings: Settings,
    dead_port: int,
    caplog: pytest.LogCaptureFixture,
) -> None:
    settings.CELERY_BROKER_URL = f"redis://:canary@127.0.0.1:{dead_port}/0"

    client.get("/readyz")

    assert "_ask_broker" in str([vars(record) for record in caplog.records])
    assert "canary" not in str([vars(record) for record in caplog.records])


@pytest.mark.django_db
def test_a_probe_never_fails_because_nobody_can_be_told_of_silent_workers(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(execute: Any, sql: str, *rest: Any) -> Any:
        if "module" in sql:
            raise db.OperationalError("password=canary")
        return execute(sql, *rest)

    cache.clear()
    with db.connection.execute_wrapper(fail):
        answer = client.get("/readyz")

    assert answer.status_code == 200
    assert "Nobody could be told whether workers live" in caplog.text
    assert "canary" not in str([vars(record) for record in caplog.records])


@pytest.mark.django_db
def test_probes_look_for_workers_at_most_once_a_minute(client: Client) -> None:
    costs = []
    cache.clear()
    for _ in range(2):
        with CaptureQueriesContext(db.connection) as queries:
            client.get("/readyz")
        costs.append(sum("connections_module" in one["sql"] for one in queries))

    assert costs == [1, 0]


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_probes_are_not_sent_to_https(
    client: Client, settings: Settings, path: str, db: None
) -> None:
    settings.SECURE_SSL_REDIRECT = True

    assert client.get(path).status_code == 200
    assert client.get("/elsewhere").status_code == 301


def test_probes_only_read(client: Client) -> None:
    assert client.post("/healthz").status_code == 405
