"""Retention: what goes when its time is over, and what stays however old it is."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from imports import integrator_settings, purge
from imports.models import Notice, Run, RunItem, SyncSchedule
from imports.words import Outcome, RunKind, Status, Trigger, Walk
from tests.factories.connections import TenantConnectionFactory
from tests.factories.imports import (
    NoticeFactory,
    PlannedSiteFactory,
    RunFactory,
    RunItemFactory,
    SyncScheduleFactory,
)

if TYPE_CHECKING:
    from connections.models import TenantConnection

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture(autouse=True)
def connection() -> TenantConnection:
    """A connection whose last walk and last import are of today."""
    found = TenantConnectionFactory.create()
    RunFactory.create(
        pk=10_000,
        connection=found,
        status=Status.SUCCEEDED,
        generation=1000,
        place={"walked": True},
        finished_at=NOW,
        created_at=NOW,
    )
    return found


def old(connection: TenantConnection, days: float, **columns: Any) -> Run:
    """Return a run with one item that ended so many days ago."""
    then = NOW - timedelta(days=days)
    columns.setdefault("pk", 10_000 - round(10 * days))
    columns.setdefault("status", Status.SUCCEEDED)
    columns.setdefault("finished_at", then)
    run = RunFactory.create(connection=connection, created_at=then, **columns)
    RunItemFactory.create(run=run, outcome=Outcome.APPLIED)
    return run


def stands(run: Run) -> tuple[bool, bool]:
    """Return whether the run is there, and whether its items are."""
    return Run.objects.filter(pk=run.pk).exists(), RunItem.objects.filter(
        run=run.pk
    ).exists()


HERE, GONE, ROW_ONLY = (True, True), (False, False), (True, False)


def test_runs_go_with_their_items_after_ninety_days(
    connection: TenantConnection,
) -> None:
    over, young = old(connection, 91), old(connection, 89)
    PlannedSiteFactory.create(run=over)
    found = purge.purge(NOW)
    assert (stands(over), stands(young)) == (GONE, HERE)
    assert (found["items"], found["runs"]) == (1, 1)
    assert not purge.purge(NOW).total()


def test_nothing_goes_by_when_a_run_began(connection: TenantConnection) -> None:
    approved_late = old(connection, 100, finished_at=NOW - timedelta(days=80))
    purge.purge(NOW)
    assert stands(approved_late) == HERE


@pytest.mark.parametrize(
    "status", [Status.QUEUED, Status.RUNNING, Status.WAITING_FOR_APPROVAL]
)
def test_what_is_open_is_never_touched(
    connection: TenantConnection, status: Status
) -> None:
    run = old(connection, 400, status=status, finished_at=None)
    RunItem.objects.filter(run=run).update(sent={"displayName": "Ann"})
    purge.purge(NOW)
    assert stands(run) == HERE
    assert RunItem.objects.get(run=run).sent


def test_a_run_is_kept_while_an_undo_is_at_work_on_it(
    connection: TenantConnection,
) -> None:
    run = old(connection, 91)
    taken_back = RunFactory.create(
        pk=20_000,
        connection=connection,
        kind=RunKind.UNDO,
        undoes=run,
        status=Status.RUNNING,
    )
    purge.purge(NOW)
    assert stands(run) == HERE
    Run.objects.filter(pk=taken_back.pk).update(status=Status.SUCCEEDED)
    purge.purge(NOW)
    taken_back.refresh_from_db()
    assert (stands(run), taken_back.undoes) == (GONE, None)


def test_what_leads_to_a_run_that_went_leads_nowhere(
    connection: TenantConnection,
) -> None:
    run = old(connection, 91)
    newer = old(connection, 10, status=Status.SUPERSEDED, superseded_by=run)
    notice = NoticeFactory.create(
        connection=connection, run=run, ended_at=NOW - timedelta(days=1)
    )
    purge.purge(NOW)
    newer.refresh_from_db()
    notice.refresh_from_db()
    assert stands(run) == GONE
    assert (newer.superseded_by, notice.run) == (None, None)


def test_a_preview_that_nobody_imported_goes_too(connection: TenantConnection) -> None:
    over, young = (
        old(
            connection,
            days,
            kind=RunKind.PREVIEW,
            status=Status.PLANNED,
            finished_at=None,
        )
        for days in (91, 89)
    )
    purge.purge(NOW)
    assert (stands(over), stands(young)) == (GONE, HERE)
    assert Run.objects.get(pk=young.pk).status == Status.PLANNED


def test_the_row_stays_of_runs_that_later_ones_compare_themselves_with() -> None:
    other = TenantConnectionFactory.create()
    walked = old(
        other, 300, generation=3, walk=Walk.FULL, place={"walked": True}, kind="preview"
    )
    wrote = old(other, 200, kind=RunKind.DELTA, walk=Walk.DELTA, generation=4)
    newest = old(
        other,
        100,
        kind=RunKind.DELTA,
        walk=Walk.DELTA,
        generation=9,
        status=Status.NOTHING_CHANGED,
    )
    idle = old(
        other,
        99,
        kind=RunKind.DELTA,
        walk=Walk.DELTA,
        generation=8,
        status=Status.NOTHING_CHANGED,
    )
    purge.purge(NOW)
    assert [stands(one) for one in (walked, wrote, newest)] == 3 * [ROW_ONLY]
    assert stands(idle) == GONE


def test_the_row_stays_of_runs_that_pages_tell_of(connection: TenantConnection) -> None:
    failed = old(connection, 100, status=Status.FAILED)
    told = old(connection, 101, status=Status.FAILED)
    looked = old(
        connection, 102, kind=RunKind.PREVIEW, trigger=Trigger.MANUAL, rules_version=7
    )
    type(connection).objects.filter(pk=connection.pk).update(rules_version=7)
    connection.refresh_from_db()
    SyncScheduleFactory.create(connection=connection, failed_run=failed)
    NoticeFactory.create(connection=connection, run=told)
    purge.purge(NOW)
    assert [stands(one) for one in (failed, told, looked)] == 3 * [ROW_ONLY]
    assert SyncSchedule.objects.get().failed_run == failed
    assert integrator_settings.was_previewed(connection)


@pytest.mark.rule("R149f")
def test_what_microsoft_sent_goes_after_thirty_days(
    connection: TenantConnection,
) -> None:
    over, young = (old(connection, days, kind=RunKind.DELTA) for days in (31, 29))
    RunItem.objects.update(sent={"displayName": "Ann"})
    assert purge.purge(NOW)["sent"] == 1
    assert RunItem.objects.get(run=over).sent is None
    assert RunItem.objects.get(run=young).sent == {"displayName": "Ann"}


def test_an_open_run_does_not_keep_what_was_sent_in_others(
    connection: TenantConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purge, "BATCH", 2)
    waits = old(connection, 50, status=Status.QUEUED, finished_at=None)
    over = old(connection, 40)
    for run in (waits, over):
        RunItemFactory.create_batch(3, run=run)
    RunItem.objects.update(sent={})
    assert purge.purge(NOW)["sent"] == 4
    assert not RunItem.objects.filter(run=over, sent__isnull=False).exists()
    assert RunItem.objects.filter(run=waits, sent__isnull=False).count() == 4


@pytest.mark.parametrize(
    ("days", "columns", "is_emptied"),
    [
        (2, {}, True),
        (0.5, {}, False),
        (2, {"status": Status.SUCCEEDED}, False),
    ],
)
def test_of_runs_that_changed_nothing_the_rules_go_first(
    connection: TenantConnection,
    days: float,
    columns: dict[str, Any],
    *,
    is_emptied: bool,
) -> None:
    columns = {"status": Status.NOTHING_CHANGED, "rules": {"version": 1}} | columns
    idle, logged = (
        old(connection, days, **columns),
        old(connection, days, pk=9_999, **columns),
    )
    RunItem.objects.filter(run=idle).delete()
    purge.purge(NOW)
    idle.refresh_from_db()
    logged.refresh_from_db()
    assert (idle.rules == {}) is is_emptied
    assert logged.rules == {"version": 1}


def test_notices_that_are_over_go(connection: TenantConnection) -> None:
    ended = NoticeFactory.create(ended_at=NOW - timedelta(days=91))
    for kept in (None, NOW - timedelta(days=89)):
        NoticeFactory.create(ended_at=kept, since=NOW - timedelta(days=400))
    assert purge.purge(NOW)["notices"] == 1
    assert not Notice.objects.filter(pk=ended.pk).exists()
    assert Notice.objects.count() == 2


class Killed(Exception):
    """The worker was killed."""


def test_a_purge_that_was_killed_is_simply_repeated(
    connection: TenantConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purge, "BATCH", 3)
    over = [old(connection, days) for days in (96, 95, 94, 93, 92)]
    kept = old(connection, 50)
    for run in (*over, kept):
        RunItemFactory.create_batch(4, run=run)
    allowed = 0
    for allowed in range(1, 30):
        if not _killed_after(allowed, monkeypatch):
            break
    assert allowed > 3
    assert [stands(one) for one in over] == 5 * [GONE]
    assert RunItem.objects.filter(run=kept).count() == 5


def _killed_after(transactions: int, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Purge, and die within the transaction after so many; False: it got through."""
    left = iter(range(transactions))

    def dies(_duration: float) -> None:
        if next(left, None) is None:
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr("imports.purge.time.sleep", dies)
        try:
            purge.purge(NOW)
        except Killed:
            return True
    return False


def test_items_of_later_runs_stand_in_nobodys_way(
    connection: TenantConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that waited for its worker may have later items than a younger one."""
    monkeypatch.setattr(purge, "BATCH", 2)
    young = old(connection, 5)
    over = old(connection, 91)
    RunItemFactory.create_batch(2, run=young)
    purge.purge(NOW)
    assert stands(over) == GONE
