"""Shorthands for what is told of a connection's health: by mail and on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core import mail
from django.core.cache import cache
from django.utils import timezone

from common.rights import Permission
from imports import heartbeat, integrator, notices, runs
from imports.models import SyncSchedule
from imports.words import Cause, Status, Walk
from tests.desk_agents import sign_in
from tests.factories.connections import TenantConnectionFactory
from tests.factories.imports import RunFactory, SyncScheduleFactory

if TYPE_CHECKING:
    from datetime import datetime

    from django.test import Client

    from connections.models import TenantConnection
    from imports.models import Run
    from tests.bench import Desk


def failing(name: str = "Acme", **columns: Any) -> TenantConnection:
    """Return a connection two runs of which have failed."""
    given: dict[str, Any] = {"notify": ["ops@acme.example"], **columns}
    found = TenantConnectionFactory.create(name=name, **given)
    run = RunFactory.create(
        connection=found,
        status=Status.FAILED,
        cause=Cause.UNREACHABLE,
        reason="Microsoft Graph does not answer.",
        finished_at=timezone.now(),
    )
    SyncScheduleFactory.create(
        connection=found,
        enabled=True,
        failures=2,
        failing_since=timezone.now(),
        failed_run=run,
    )
    return found


def minute(now: datetime) -> list[str]:
    """Let a tick pass in which nothing is due; return the subjects of its mails."""
    cache.clear()
    heartbeat.beat(heartbeat.TICK, now)
    before = len(mail.outbox)
    notices.watch(now)
    return [str(message.subject) for message in mail.outbox[before:]]


def synced(desk: Desk) -> Run:
    """Run once as the Integrator does, whatever is due."""
    row = SyncSchedule.objects.get(connection=desk.connection)
    queued = runs.queue(desk.connection, integrator.order(row, Walk.FULL))
    return runs.execute(queued, patience=0)


def told() -> tuple[str, str]:
    """Return the last mail's subject and body."""
    message = mail.outbox[-1]
    return str(message.subject), str(message.body)


def page(client: Client) -> str:
    """Return the page of health, as an administrator sees it."""
    sign_in(client, *Permission)
    answer = client.get("/health/")
    assert answer.status_code == 200
    return answer.content.decode()


def probe(client: Client) -> list[str]:
    """Let a monitor ask whether the desk is ready; return the subjects of mails."""
    cache.clear()
    before = len(mail.outbox)
    assert client.get("/readyz").status_code == 200
    return [str(message.subject) for message in mail.outbox[before:]]
