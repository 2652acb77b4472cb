"""What is read of connections to tell how they are."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django import db
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from connections.models import TenantConnection
from connections.switch import ENTRA
from imports import health, heartbeat
from imports.engine.types import Action
from imports.words import GroupState, Status, Trouble
from tests.factories.connections import (
    CredentialFactory,
    ModuleFactory,
    TenantConnectionFactory,
)
from tests.factories.imports import (
    MirrorGroupFactory,
    RunFactory,
    RunItemFactory,
    SyncScheduleFactory,
)
from tests.factories.mappings import SiteMappingFactory
from tests.imports.noticed import failing, minute, told

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture(autouse=True)
def _enabled(db: None) -> None:
    """The module is on."""
    ModuleFactory.create(slug=ENTRA, enabled=True)


def test_since_when_is_since_it_was_first_seen() -> None:
    now = timezone.now()
    found = TenantConnectionFactory.create(authorised_at=now - DAY)
    lost = TenantConnection.objects.filter(pk=found.pk)
    lost.update(authorisation_lost_at=now)
    minute(now)
    # Each refusal writes it anew.
    lost.update(authorisation_lost_at=now + HOUR)
    heartbeat.beat(heartbeat.TICK, now + HOUR)

    (alert,) = health.shown(now + HOUR)
    assert (alert.trouble, alert.since) == (Trouble.AUTHORISATION_LOST, now)


def test_a_group_that_no_mapping_names_is_no_trouble() -> None:
    now = timezone.now()
    group = MirrorGroupFactory.create(state=GroupState.GONE, name="Leavers")
    assert health.shown(now) == []
    mapping = SiteMappingFactory.create(
        connection=group.connection, group_id=group.group_id, enabled=False
    )
    assert health.shown(now) == []
    mapping.enabled = True
    mapping.save()

    (alert,) = health.shown(now)
    assert "Leavers" in alert.text


def test_people_who_need_review_are_counted_by_connection() -> None:
    now = timezone.now()
    run = RunFactory.create(started_at=now, status=Status.SUCCEEDED)
    RunItemFactory.create_batch(3, run=run, action=Action.REVIEW)
    TenantConnection.objects.update(notify=["ops@acme.example"])

    assert len(minute(now)) == 1
    _, body = told()
    assert "3 people need somebody" in body
    assert f"/review/?connection={run.connection_id}" in body


def test_a_run_that_waits_for_another_of_its_connection_is_not_stuck() -> None:
    now = timezone.now()
    long_ago = now - HOUR
    waits = RunFactory.create(status=Status.QUEUED, created_at=long_ago)
    acme = waits.connection
    SyncScheduleFactory.create(connection=acme, enabled=True)
    heartbeat.beat(heartbeat.TICK, now)
    other = RunFactory.create(connection=acme, status=Status.RUNNING)
    TenantConnection.objects.update(claim_beat_at=now)
    assert health.shown(now) == []
    other.status, other.finished_at = Status.SUCCEEDED, now - timedelta(minutes=1)
    other.save()
    TenantConnection.objects.update(claim_beat_at=None)
    assert health.shown(now) == []
    later = now + timedelta(minutes=15)
    heartbeat.beat(heartbeat.TICK, later)

    assert [one.trouble for one in health.shown(later)] == [Trouble.STUCK]


def test_a_worker_that_is_alone_is_heard_of_while_it_works() -> None:
    now = timezone.now()
    SyncScheduleFactory.create(enabled=True)
    heartbeat.beat(heartbeat.TICK, now - HOUR)
    assert [one.trouble for one in health.shown(now)] == [Trouble.SILENT]
    TenantConnection.objects.update(claim_beat_at=now)
    assert health.shown(now) == []


def test_it_costs_as_much_for_many_connections_as_for_few() -> None:
    now, costs = timezone.now(), []
    for at in range(2):
        for number in range(5):
            found = failing(f"Tenant {at} {number}")
            CredentialFactory.create(
                registration=found.registration, expires_on=(now + 7 * DAY).date()
            )
            RunFactory.create(connection=found, status=Status.WAITING_FOR_APPROVAL)
        minute(now + at * HOUR)
        with CaptureQueriesContext(db.connection) as queries:
            assert len(health.shown(now + at * HOUR)) == 15 * (at + 1)
        costs.append(len(queries))

    assert costs[0] == costs[1]
