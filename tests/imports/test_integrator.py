"""The Integrator: what is due starts once, and its end is remembered."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django import db
from django.utils import timezone

from connections.models import Module, TenantConnection
from directory.models import EndUser
from imports import claims, ended, heartbeat, integrator, lanes, pausing, runs, tasks
from imports.models import Run, SyncSchedule
from imports.words import Cause, RunKind, Status, Trigger, Walk
from tests import bench
from tests.factories.connections import TenantConnectionFactory
from tests.factories.imports import RunFactory, SyncScheduleFactory
from tests.imports.integrator import rings, scheduled

if TYPE_CHECKING:
    from simulator.contract import TenantInfo
    from simulator.process import Simulator
    from tests.bench import Desk

DAY, QUARTER = timedelta(days=1), timedelta(minutes=15)


@pytest.fixture
def desk(db: None, entra: Simulator, tenant: TenantInfo) -> Desk:
    """A desk with one person to import."""
    found = bench.connect(entra.admin, tenant)
    found.person("ann")
    found.map_site(10, "London")
    return found


def tick_and_work() -> list[Run]:
    """Let a minute pass at a desk with a worker; return what it ran."""
    waiting = integrator.tick(timezone.now())
    for run in waiting:
        tasks.ring(run.pk)
        run.refresh_from_db()
    return waiting


@pytest.mark.rule("R138")
def test_what_is_due_is_imported_and_due_again_in_a_day(desk: Desk) -> None:
    row = scheduled(desk)
    (run,) = tick_and_work()
    assert (run.status, run.trigger, run.walk) == ("succeeded", "schedule", "full")
    assert EndUser.objects.count() == 1
    row.refresh_from_db()
    assert row.full_due_at is not None
    assert row.succeeded_at is not None
    waits = row.full_due_at - timezone.now()
    assert DAY - timedelta(hours=1) < waits < DAY
    assert tick_and_work() == []


@pytest.mark.rule("R134")
@pytest.mark.parametrize("because", ["off", "paused", "module", "quiet", "busy"])
def test_nothing_starts(desk: Desk, because: str) -> None:
    row = scheduled(desk)
    now = timezone.now()
    match because:
        case "off":
            scheduled(desk, enabled=False)
        case "paused":
            pausing.pause(desk.connection.pk, "Holidays.")
        case "module":
            Module.objects.update(enabled=False)
        case "quiet":
            scheduled(desk, quiet=["00:00-12:00", "12:00-00:00"])
        case "busy":
            RunFactory.create(connection=desk.connection, status=Status.QUEUED)
    before = Run.objects.count()
    assert integrator.start_due(now) == []
    assert Run.objects.count() == before
    row.refresh_from_db()
    assert row.full_due_at is None


@pytest.mark.rule("R142")
def test_with_delta_the_first_run_walks_and_the_next_reads_what_changed(
    desk: Desk,
) -> None:
    row = scheduled(desk, delta=True, full_every=7 * DAY)
    (first,) = tick_and_work()
    assert (first.kind, first.walk) == (RunKind.DELTA, Walk.FULL)
    assert tick_and_work() == []
    SyncSchedule.objects.update(delta_due_at=timezone.now())
    desk.person("ben")
    (second,) = tick_and_work()
    assert (second.kind, second.walk) == (RunKind.DELTA, Walk.DELTA)
    assert EndUser.objects.count() == 2
    row.refresh_from_db()
    assert row.full_due_at is not None
    assert row.full_due_at > timezone.now() + 6 * DAY


@pytest.mark.rule("R139")
def test_only_what_was_chosen_is_imported(desk: Desk) -> None:
    scheduled(desk, kinds=["agents"])
    (run,) = tick_and_work()
    assert run.kinds == ["agents"]
    assert not EndUser.objects.exists()


@pytest.mark.rule("R139")
def test_devices_alone_start_nothing_as_long_as_they_cannot_be_imported(
    desk: Desk,
) -> None:
    row = scheduled(desk, kinds=["devices"])
    assert tick_and_work() == []
    row.refresh_from_db()
    assert row.full_due_at is None
    assert not EndUser.objects.exists()


def test_who_has_waited_longest_comes_first(db: None) -> None:
    now = timezone.now()
    Module.objects.update_or_create(slug=runs.MODULE, defaults={"enabled": True})
    ages = [1, 3, None, 2]
    for age in ages:
        SyncScheduleFactory.create(
            enabled=True, full_due_at=None if age is None else now - age * QUARTER
        )
    rows = list(SyncSchedule.objects.order_by("pk"))
    started = [run.connection_id for run in integrator.start_due(now)]
    assert started == [rows[at].connection_id for at in (2, 1, 3, 0)]


@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once_start_a_connection_once() -> None:
    Module.objects.update_or_create(slug=runs.MODULE, defaults={"enabled": True})
    SyncScheduleFactory.create_batch(20, enabled=True)
    now = timezone.now()
    barrier = threading.Barrier(2)

    def beat() -> None:
        barrier.wait()
        try:
            integrator.tick(now)
        finally:
            db.connection.close()

    with ThreadPoolExecutor(2) as beats:
        for ended_beat in [beats.submit(beat) for _ in range(2)]:
            ended_beat.result()
    assert Run.objects.count() == 20
    assert Run.objects.values("connection").distinct().count() == 20


def test_a_failure_is_counted_told_and_retried_later(
    desk: Desk, entra: Simulator
) -> None:
    row = scheduled(desk)
    entra.admin.set_application(
        desk.tenant.tenant_id, desk.tenant.application_id, secret="another"
    )
    (run,) = tick_and_work()
    assert (run.status, run.cause) == (Status.FAILED, Cause.CREDENTIAL)
    row.refresh_from_db()
    assert (row.failures, row.failed_run) == (1, run)
    assert row.retry_at is not None
    assert row.failing_since is not None
    assert tick_and_work() == []

    SyncSchedule.objects.update(retry_at=timezone.now())
    tick_and_work()
    again = SyncSchedule.objects.get()
    assert (again.failures, again.failing_since) == (2, row.failing_since)
    assert again.retry_at is not None
    assert again.retry_at - timezone.now() > timedelta(minutes=14)

    entra.admin.set_application(
        desk.tenant.tenant_id, desk.tenant.application_id, secret=desk.tenant.secret
    )
    ended.retry_now(desk.connection.pk)
    (mended,) = tick_and_work()
    assert mended.status == Status.SUCCEEDED
    well = SyncSchedule.objects.get()
    assert (well.failures, well.failing_since, well.retry_at) == (0, None, None)


def test_a_failure_by_hand_is_not_the_integrators(desk: Desk, entra: Simulator) -> None:
    scheduled(desk)
    entra.admin.set_application(
        desk.tenant.tenant_id, desk.tenant.application_id, secret="another"
    )
    run = desk.run(RunKind.IMPORT)
    assert (run.status, run.cause) == (Status.FAILED, Cause.CREDENTIAL)
    assert SyncSchedule.objects.get().failures == 0


def test_an_import_by_hand_mends_but_a_preview_or_one_person_does_not(
    desk: Desk,
) -> None:
    row = scheduled(desk, failures=3, failing_since=timezone.now())
    desk.preview()
    desk.run(RunKind.IMPORT, only="ann@acme.example")
    row.refresh_from_db()
    assert row.failures == 3
    desk.run(RunKind.IMPORT)
    row.refresh_from_db()
    assert row.failures == 0


def test_a_run_that_waits_for_approval_has_not_failed(desk: Desk) -> None:
    row = scheduled(desk, failures=2)
    waiting = RunFactory.create(
        connection=desk.connection,
        trigger=Trigger.SCHEDULE,
        kind=RunKind.IMPORT,
        status=Status.WAITING_FOR_APPROVAL,
    )
    ended.note(waiting, timezone.now())
    row.refresh_from_db()
    assert row.failures == 0


def test_the_tick_leaves_its_mark(db: None) -> None:
    assert heartbeat.last(heartbeat.TICK) is None
    for _ in range(2):
        now = timezone.now()
        integrator.tick(now)
        assert heartbeat.last(heartbeat.TICK) == now


def test_the_tick_takes_over_whose_worker_died(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    scheduled(desk)
    rung = rings(monkeypatch)
    tasks.tick()
    run = Run.objects.get()
    claims.take(run)
    tasks.tick()
    assert rung == [run.pk]
    silent = timezone.now() - claims.SILENT - timedelta(seconds=1)
    TenantConnection.objects.update(claim_beat_at=silent)
    tasks.tick()
    assert rung == [run.pk, run.pk]
    assert Run.objects.count() == 1


@pytest.mark.parametrize(
    ("walk", "only", "people", "queue"),
    [
        (Walk.FULL, "", None, "long"),
        (Walk.FULL, "", 50_001, "long"),
        (Walk.FULL, "", 50_000, "celery"),
        (Walk.DELTA, "", 1_000_000, "celery"),
        (Walk.FULL, "ann", None, "celery"),
    ],
)
def test_walks_of_large_tenants_wait_in_a_queue_of_their_own(
    db: None, walk: Walk, only: str, people: int | None, queue: str
) -> None:
    connection = TenantConnectionFactory.create()
    if people is not None:
        RunFactory.create(connection=connection, walk=Walk.FULL, fetched={"users": 7})
        RunFactory.create(
            connection=connection, walk=Walk.FULL, fetched={"users": people}
        )
    # Neither one person nor a run that has not read yet says how large it is.
    RunFactory.create(connection=connection, only="x", fetched={"users": 1})
    run = RunFactory.create(connection=connection, walk=walk, only=only)
    assert lanes.lane(run) == queue
