"""Eight failures: page and mail name the connection, since when, the cause and the one
link that mends it; one mail a cause a day; a mail when it is over.

The database's own is `test_database_lost`; here it is what is told of it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core import mail
from django.utils import timezone

from common.rights import Permission
from connections.models import TenantConnection
from directory.models import Agent
from imports import claims, heartbeat, runs
from imports.engine.troubles import moment
from imports.models import Notice, Run, SyncSchedule
from imports.words import Cause, RunKind, Status, Trigger
from mappings.models import SiteMapping
from tests import bench
from tests.desk_agents import agent_with
from tests.imports import leaving, noticed
from tests.imports.integrator import scheduled
from tests.imports.noticed import minute, probe, synced

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client
    from pytest_django import Settings

    from simulator.contract import TenantInfo
    from simulator.process import Simulator
    from tests.bench import Desk

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
DETAILS = "/configuration/integrations/microsoft-entra-id/tenants/{pk}/details/"
RUN = "/runs/{run}/"
DESK = "https://desk.example"


@pytest.fixture
def desk(
    db: None,
    entra: Simulator,
    tenant: TenantInfo,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> Desk:
    """A desk whose Integrator is on, with people; trouble goes to one address."""
    settings.AGENT_BASE_URL = DESK
    monkeypatch.setattr("imports.attempt.sleep", lambda _seconds: None)
    found = bench.connect(entra.admin, tenant)
    TenantConnection.objects.update(notify=["ops@acme.example"])
    scheduled(found)
    found.person("ann")
    found.map_site(10, "London")
    return found


def expire_secret(desk: Desk, *, is_broken: bool) -> None:
    """Let the secret expire, or enter a new one."""
    desk.admin.set_application(
        desk.tenant.tenant_id, desk.tenant.application_id, secret_expired=is_broken
    )


def revoke_consent(desk: Desk, *, is_broken: bool) -> None:
    """Revoke the consent to all permissions, or consent again."""
    granted = ["User.Read.All", "GroupMember.Read.All", "Organization.Read.All"]
    desk.admin.set_application(
        desk.tenant.tenant_id,
        desk.tenant.application_id,
        permissions=[] if is_broken else granted,
    )


def disable_application(desk: Desk, *, is_broken: bool) -> None:
    """Forbid the application to sign in, or allow it again."""
    desk.admin.set_application(
        desk.tenant.tenant_id, desk.tenant.application_id, enabled=not is_broken
    )


def throttle(desk: Desk, *, is_broken: bool) -> None:
    """Throttle every request for an hour, or no more."""
    desk.admin.clear_faults()
    if is_broken:
        desk.admin.fault(
            tenant_id=desk.tenant.tenant_id, path="/v1.0/users", retry_after=3600
        )


def take_graph_down(desk: Desk, *, is_broken: bool) -> None:
    """Let Graph answer 503 to everything, or work again."""
    desk.admin.clear_faults()
    if is_broken:
        desk.admin.fault(tenant_id=desk.tenant.tenant_id, path="/v1.0/", status=503)


FAILURES = {
    "secret expired": (expire_secret, Cause.SECRET_EXPIRED, "has expired", DETAILS),
    "consent revoked": (revoke_consent, Cause.PERMISSION, "permission", DETAILS),
    "application disabled": (
        disable_application,
        Cause.AUTHORISATION,
        "no longer valid",
        DETAILS,
    ),
    "throttled for an hour": (throttle, Cause.THROTTLED, "throttling us", RUN),
    "graph down": (take_graph_down, Cause.UNREACHABLE, "cannot be reached", RUN),
}


@pytest.mark.rule("R138")
@pytest.mark.parametrize(
    ("set_state", "cause", "words", "link"), FAILURES.values(), ids=FAILURES
)
def test_runs_that_fail(
    desk: Desk,
    client: Client,
    set_state: Callable[..., None],
    cause: Cause,
    words: str,
    link: str,
) -> None:
    assert synced(desk).status == Status.SUCCEEDED
    set_state(desk, is_broken=True)
    run = synced(desk)
    now = timezone.now()
    assert (run.status, run.cause) == (Status.FAILED, cause)
    assert minute(now) == []

    run = synced(desk)
    assert len(minute(now + MINUTE)) == 1
    since = SyncSchedule.objects.get().failing_since
    assert since is not None
    target = link.format(pk=desk.connection.pk, run=run.pk)
    subject, body = noticed.told()
    assert subject.startswith("Acme: syncs fail.")
    assert mail.outbox[-1].to == ["ops@acme.example"]
    for part in ("Connection: Acme", f"Since: {moment(since)}", words, run.reason):
        assert part in body
    assert f"{DESK}{target}" in body
    shown = noticed.page(client)
    for part in ("<bdi>Acme</bdi>", since.isoformat(), words, f'href="{target}"'):
        assert part in shown

    synced(desk)
    assert minute(now + 2 * MINUTE) == []
    assert len(minute(now + DAY + MINUTE)) == 1
    assert minute(now + DAY + HOUR) == []

    set_state(desk, is_broken=False)
    assert synced(desk).status == Status.NOTHING_CHANGED
    assert minute(now + DAY + 2 * HOUR) == ["Acme: syncs succeed again"]
    assert minute(now + DAY + 3 * HOUR) == []
    assert "Everything is in step." in noticed.page(client)


def test_a_group_that_is_gone(desk: Desk, client: Client) -> None:
    group = desk.group("Leeds staff", [desk.person("bob")])
    desk.map_site(5, "Leeds", group_id=group, group_name="Leeds staff")
    desk.rules_changed()
    synced(desk)
    desk.admin.delete_group(desk.tenant.tenant_id, str(group))
    synced(desk)
    now = timezone.now()

    assert minute(now) == ["Acme: a group cannot be judged"]
    _, body = noticed.told()
    mappings = DETAILS.format(pk=desk.connection.pk).replace("details", "mappings")
    assert "Leeds staff" in body
    assert f"Since: {moment(now)}" in body
    assert f"{DESK}{mappings}" in body
    shown = noticed.page(client)
    assert "Leeds staff" in shown
    assert f'href="{mappings}"' in shown
    assert minute(now + HOUR) == []
    assert minute(now + DAY) == ["Acme: a group cannot be judged"]

    SiteMapping.objects.filter(sequence=5).delete()
    assert minute(now + DAY + HOUR) == [
        "Acme: all groups that mappings name can be judged again"
    ]


def test_a_mass_change(desk: Desk, client: Client) -> None:
    people = [desk.person(name) for name in leaving.NAMES]
    synced(desk)
    leaving.disable(desk, people[:5])
    run = synced(desk)
    assert run.status == Status.WAITING_FOR_APPROVAL
    now = timezone.now()

    assert minute(now) == ["Acme: a plan waits for approval"]
    _, body = noticed.told()
    for part in ("Connection: Acme", run.reason, f"{DESK}/runs/{run.pk}/"):
        assert part in body
    assert run.started_at is not None
    assert f"Since: {moment(run.started_at)}" in body
    shown = noticed.page(client)
    assert "A plan waits for approval." in shown
    assert f'href="/runs/{run.pk}/"' in shown
    # The same people again are no news; one more is.
    desk.change(people[0], department="Elsewhere")
    synced(desk)
    assert minute(now + MINUTE) == []
    leaving.disable(desk, people[5:6])
    last = synced(desk)
    assert last.status == Status.WAITING_FOR_APPROVAL
    assert minute(now + HOUR) == ["Acme: a plan waits for approval"]
    assert minute(now + HOUR + DAY) == ["Acme: a plan waits for approval"]

    runs.reject(last)
    assert minute(now + 3 * DAY) == ["Acme: no plan waits for approval any more"]


def test_a_lost_database_leads_to_its_run(desk: Desk, client: Client) -> None:
    now = timezone.now()
    run = Run.objects.create(
        connection=desk.connection,
        kind=RunKind.IMPORT,
        trigger=Trigger.SCHEDULE,
        status=Status.FAILED,
        cause=Cause.DATABASE,
        reason="The desk's database was away.",
        finished_at=now,
    )
    SyncSchedule.objects.update(failures=2, failing_since=now, failed_run=run)

    assert len(minute(now)) == 1
    _, body = noticed.told()
    for part in ("Acme", moment(now), "database was away", f"{DESK}/runs/{run.pk}/"):
        assert part in body
    assert "database was away" in noticed.page(client)


def test_a_worker_that_died_leaves_a_run_that_nobody_takes(
    desk: Desk, client: Client
) -> None:
    run = runs.queue(
        desk.connection, runs.Order(RunKind.IMPORT, trigger=Trigger.COMMAND)
    )
    assert claims.take(run) is not None
    now = timezone.now()
    claims.give_up_silent()
    assert minute(now) == []
    silent = now - timedelta(minutes=16)
    Run.objects.update(created_at=silent)
    TenantConnection.objects.update(claim_beat_at=silent)
    claims.give_up_silent()

    assert minute(now) == ["Acme: a run stands still"]
    _, body = noticed.told()
    for part in ("Acme", moment(silent), "no worker takes it", f"/runs/{run.pk}/"):
        assert part in body
    assert f'href="/runs/{run.pk}/"' in noticed.page(client)
    run.refresh_from_db()
    runs.execute(run, patience=0)
    assert minute(now + MINUTE) == ["Acme: its runs go on again"]


def test_when_no_worker_lives_the_probe_tells(desk: Desk, client: Client) -> None:
    Agent.objects.filter(pk=agent_with(*Permission).pk).update(email="a@acme.example")
    runs.queue(desk.connection, runs.Order(RunKind.IMPORT, trigger=Trigger.COMMAND))
    heard = timezone.now() - timedelta(minutes=6)
    heartbeat.beat(heartbeat.TICK, heard)

    assert probe(client) == ["The service desk: no worker answers"]
    subject, body = noticed.told()
    for part in ("of Acme", moment(heard), f"{DESK}/guide/troubleshooting/#workers"):
        assert part in body
    assert "No worker answers" in noticed.page(client)
    assert probe(client) == []
    Notice.objects.update(mailed_at=timezone.now() - DAY)
    assert probe(client) == [subject]

    heartbeat.beat(heartbeat.TICK, timezone.now())
    assert probe(client) == ["The service desk: workers answer again"]
    assert probe(client) == []
