"""`/metrics` opens by its token alone, and tells what the database says."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families as parsed

from imports.engine.types import Action
from imports.words import Status
from tests.factories.connections import TenantConnectionFactory
from tests.factories.imports import (
    HeartbeatFactory,
    RunFactory,
    RunItemFactory,
    SyncScheduleFactory,
    TallyFactory,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from django.test import Client
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer
    from pytest_django import Settings

pytestmark = pytest.mark.django_db
TOKEN = "canary-of-metrics"


@pytest.fixture(autouse=True)
def _token(db: None, settings: Settings) -> None:
    settings.METRICS_TOKEN = TOKEN
    cache.clear()


def ask(client: Client, authorization: str = f"Bearer {TOKEN}") -> Answer:
    """Return the answer to a scrape."""
    return client.get("/metrics", headers={"Authorization": authorization})


def told(client: Client) -> Mapping[tuple[str, ...], float]:
    """Return every number by its name, without ours in front, and its labels."""
    text = ask(client).content.decode()
    return {
        (sample.name.removeprefix("halo_entra_"), *sample.labels.values()): sample.value
        for family in parsed(text)
        for sample in family.samples
    }


def ago(**span: float) -> datetime:
    """Return a moment of the past."""
    return timezone.now() - timedelta(**span)


def test_without_a_token_of_the_environment_there_is_no_such_page(
    client: Client, settings: Settings
) -> None:
    settings.METRICS_TOKEN = ""

    for authorization in ("", "Bearer", "Bearer "):
        assert ask(client, authorization).status_code == 404


@pytest.mark.parametrize(
    "authorization",
    ["", TOKEN, f"Basic {TOKEN}", "Bearer", f"Bearer {TOKEN}x", "Bearer Ünicode"],
)
def test_a_wrong_token_is_refused(client: Client, authorization: str) -> None:
    answer = ask(client, authorization)

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert b"halo_entra" not in answer.content
    assert TOKEN not in answer.content.decode()


def test_the_token_opens_it_without_a_session(client: Client) -> None:
    for authorization in (f"Bearer {TOKEN}", f"bearer {TOKEN}"):
        answer = ask(client, authorization)

        assert answer.status_code == 200
        assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        assert "no-store" in answer.headers["Cache-Control"]
        assert not answer.cookies


def test_it_is_only_read(client: Client) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}"}

    assert client.head("/metrics", headers=headers).status_code == 200
    assert client.post("/metrics", headers=headers).status_code == 405


def test_sums_are_told_by_connection(client: Client) -> None:
    acme = TenantConnectionFactory.create(name="Acme")
    for measure, label, value in (
        ("runs", "failed", 2),
        ("people", "create", 1200),
        ("graph_requests", "", 88),
        ("throttled_seconds", "", 7.5),
    ):
        TallyFactory.create(connection=acme, measure=measure, label=label, value=value)
    found = told(client)

    assert found["runs_total", "Acme", "failed"] == 2
    assert found["people_total", "Acme", "create"] == 1200
    assert found["graph_requests_total", "Acme"] == 88
    assert found["throttled_seconds_total", "Acme"] == 7.5


def test_how_each_schedule_is_kept_is_told(client: Client) -> None:
    SyncScheduleFactory.create(
        connection__name="Acme",
        enabled=True,
        delta=True,
        delta_every=timedelta(minutes=15),
        quiet=["22:00-06:00", "12:00-12:30"],
        succeeded_at=ago(minutes=50),
        failures=3,
    )
    TenantConnectionFactory.create(name="Bare", paused_at=ago(days=1))
    found = told(client)

    assert found["lag_seconds", "Acme"] == pytest.approx(3000, abs=30)
    assert found["interval_seconds", "Acme"] == 900
    assert found["quiet_seconds", "Acme"] == 8.5 * 3600
    assert (found["failures", "Acme"], found["paused", "Acme"]) == (3, 0)
    assert (found["failures", "Bare"], found["paused", "Bare"]) == (0, 1)
    assert ("lag_seconds", "Bare") not in found
    assert ("interval_seconds", "Bare") not in found


def test_without_delta_the_full_sync_sets_the_interval(client: Client) -> None:
    row = SyncScheduleFactory.create(enabled=True, full_every=timedelta(hours=24))

    assert told(client)["interval_seconds", row.connection.name] == 86_400


def test_the_queue_is_told(client: Client) -> None:
    busy = TenantConnectionFactory.create()
    RunFactory.create(connection=busy, status=Status.RUNNING)
    RunFactory.create(connection=busy, created_at=ago(hours=9))
    RunFactory.create(created_at=ago(hours=8), started_at=ago(hours=7))
    RunFactory.create(created_at=ago(minutes=20))
    RunFactory.create(created_at=ago(minutes=10))
    RunFactory.create(status=Status.WAITING_FOR_APPROVAL)
    RunFactory.create(status=Status.SUCCEEDED)
    found = told(client)

    assert found["queued_runs",] == 4
    assert found["running_runs",] == 1
    assert found["waiting_plans",] == 1
    assert found["queue_age_seconds",] == pytest.approx(1200, abs=30)


def test_an_empty_queue_is_of_no_age(client: Client) -> None:
    found = told(client)

    assert (found["queued_runs",], found["queue_age_seconds",]) == (0, 0)


def test_the_tick_is_told_once_there_was_one(client: Client) -> None:
    assert ("tick_age_seconds",) not in told(client)

    HeartbeatFactory.create(name="tick", at=ago(seconds=90))

    assert told(client)["tick_age_seconds",] == pytest.approx(90, abs=30)


def test_clocks_that_disagree_make_nothing_negative(client: Client) -> None:
    HeartbeatFactory.create(name="tick", at=ago(seconds=-5))

    assert told(client)["tick_age_seconds",] == 0


def test_people_who_need_review_are_told(client: Client) -> None:
    run = RunFactory.create(connection__name="Acme", status=Status.SUCCEEDED)
    for _ in range(2):
        RunItemFactory.create(run=run, action=Action.REVIEW)
    TenantConnectionFactory.create(name="Bare")
    found = told(client)

    assert (found["review_people", "Acme"], found["review_people", "Bare"]) == (2, 0)


def test_a_name_from_outside_stays_within_its_label(client: Client) -> None:
    name = 'Böse "AG"}\n\\ 1'
    TenantConnectionFactory.create(name=name, paused_at=ago(days=1))

    assert told(client)["paused", name] == 1


@pytest.mark.parametrize("measure", ["runs", "unheard of"])
def test_a_sum_of_a_later_version_does_no_harm(client: Client, measure: str) -> None:
    TallyFactory.create(measure=measure)

    assert ask(client).status_code == 200


def fill(connections: int) -> None:
    """Make so many connections with what is told of them."""
    for _ in range(connections):
        row = SyncScheduleFactory.create(enabled=True, succeeded_at=ago(hours=1))
        for label in ("create", "update", "none"):
            TallyFactory.create(
                connection=row.connection, measure="people", label=label
            )
        RunFactory.create(connection=row.connection)


def test_many_connections_cost_as_many_statements_as_few(client: Client) -> None:
    costs = []
    for more in (3, 27):
        fill(more)
        cache.clear()
        with CaptureQueriesContext(connection) as statements:
            ask(client)
        costs.append(len(statements))

    assert costs[0] == costs[1] <= 16  # half of them the cache that is a table
