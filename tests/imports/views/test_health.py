"""Health: is it working, since when, and what do I do."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache
from django.utils import timezone

from common.rights import Permission
from connections.switch import ENTRA
from imports import heartbeat
from imports.words import Cause, Status
from tests.desk_agents import sign_in
from tests.factories.connections import ModuleFactory, TenantConnectionFactory
from tests.factories.imports import RunFactory, SyncScheduleFactory

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
DETAILS = "/configuration/integrations/microsoft-entra-id/tenants/{pk}/details/"


@pytest.fixture(autouse=True)
def _watched() -> None:
    """The module is on, and a worker answers."""
    cache.clear()
    ModuleFactory.create(slug=ENTRA, enabled=True)
    heartbeat.beat(heartbeat.TICK, timezone.now())


def shown(client: Client, query: str = "", **headers: str) -> str:
    """Return the page."""
    answer = client.get(f"/health/{query}", headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_new_desk_says_where_to_begin(client: Client) -> None:
    sign_in(client, Permission.VIEW, Permission.CONFIGURE)
    assert "First set-up" in shown(client)
    client.logout()
    sign_in(client, Permission.VIEW)
    page = shown(client)
    assert "Nothing to watch over yet" in page
    assert "First set-up" not in page


@pytest.mark.rule("R138")
def test_in_step_it_says_so_first_and_tells_last_and_next_run(client: Client) -> None:
    sign_in(client, Permission.VIEW)
    now = timezone.now()
    last, due = now - timedelta(hours=2), now + timedelta(hours=22)
    row = SyncScheduleFactory.create(
        connection__name="Acme <b>",
        connection__authorised_at=now,
        enabled=True,
        succeeded_at=last,
        full_due_at=due,
    )
    run = RunFactory.create(
        connection=row.connection, status=Status.SUCCEEDED, started_at=now
    )
    page = shown(client)

    assert "Everything is in step." in page
    assert "1 tenant is synced by schedule" in page
    assert "Acme &lt;b&gt;" in page
    for moment in (last, due):
        assert moment.isoformat() in page
    assert f'href="/runs/{run.pk}/"' in page


@pytest.mark.rule("R138")
def test_trouble_comes_first_with_its_button(client: Client) -> None:
    now = timezone.now()
    since, again = now - timedelta(hours=1), now + timedelta(minutes=45)
    row = SyncScheduleFactory.create(
        connection__name="Acme",
        enabled=True,
        failures=3,
        failing_since=since,
        retry_at=again,
    )
    row.failed_run = RunFactory.create(
        connection=row.connection,
        status=Status.FAILED,
        cause=Cause.SECRET_EXPIRED,
        reason="The secret expired on 1 November.",
    )
    row.save()
    link = f'href="{DETAILS.format(pk=row.connection_id)}"'
    sign_in(client, Permission.VIEW, Permission.CONFIGURE)
    page = shown(client)

    assert "One thing needs somebody." in page
    assert "The secret expired on 1 November." in page
    assert since.isoformat() in page
    assert again.isoformat() in page
    assert link in page
    assert "Enter a new secret" in page
    client.logout()
    sign_in(client, Permission.VIEW)
    assert link not in shown(client)


def test_how_a_connection_stands_is_said_in_a_word(client: Client) -> None:
    sign_in(client, Permission.VIEW)
    now = timezone.now()
    TenantConnectionFactory.create(name="New")
    TenantConnectionFactory.create(name="Hand", authorised_at=now)
    TenantConnectionFactory.create(
        name="Rests", authorised_at=now, paused_at=now, paused_reason="A move."
    )
    SyncScheduleFactory.create(connection__authorised_at=now, enabled=True)
    page = shown(client)

    for words in ("not authorised yet", "by hand only", "paused", "not synced yet"):
        assert words.capitalize() in page
    assert "A move." in page


def test_workers_are_told_of(client: Client) -> None:
    sign_in(client, Permission.VIEW)
    now = timezone.now()
    TenantConnectionFactory.create()
    RunFactory.create(status=Status.QUEUED, created_at=now - timedelta(minutes=3))
    RunFactory.create(status=Status.RUNNING)
    page = shown(client)

    assert "1, the oldest since" in page
    assert "1 run<" in page


def test_a_module_that_is_off_is_said(client: Client) -> None:
    sign_in(client, Permission.VIEW)
    ModuleFactory._meta.model.objects.update(enabled=False)
    TenantConnectionFactory.create()

    assert "Microsoft Entra ID is off" in shown(client)


def test_it_asks_again_by_itself_for_the_page_that_is_shown(client: Client) -> None:
    sign_in(client, Permission.VIEW)
    TenantConnectionFactory.create()
    part = shown(client, "?sort=-connection", hx_request="true")

    assert part.lstrip().startswith('<div id="health"')
    assert 'hx-get="/health/?sort=-connection" hx-trigger="every 30s"' in part
