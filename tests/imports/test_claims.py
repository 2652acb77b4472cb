"""One run at a time, and a lost claim writes nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.utils import timezone

from connections.models import TenantConnection
from imports import claims
from imports.models import Run
from imports.words import Status
from tests.factories.imports import RunFactory

if TYPE_CHECKING:
    from imports.claims import Claim

pytestmark = pytest.mark.django_db


def taken(run: Run) -> Claim:
    claim = claims.take(run)
    assert claim is not None
    return claim


def silence(run: Run) -> None:
    long_ago = timezone.now() - claims.SILENT - timedelta(seconds=1)
    TenantConnection.objects.filter(pk=run.connection_id).update(claim_beat_at=long_ago)


def test_a_queued_run_is_taken_once() -> None:
    run = RunFactory.create()
    taken(run)
    assert run.status == Status.RUNNING
    assert run.started_at is not None
    assert claims.take(Run.objects.get(pk=run.pk)) is None


def test_a_second_run_of_the_connection_waits() -> None:
    run = RunFactory.create()
    other = RunFactory.create(connection=run.connection)
    taken(run)
    assert claims.take(other) is None
    assert Run.objects.get(pk=other.pk).status == Status.QUEUED


def test_a_released_claim_lets_the_next_run_in() -> None:
    run = RunFactory.create()
    other = RunFactory.create(connection=run.connection)
    claim = taken(run)
    Run.objects.filter(pk=run.pk).update(status=Status.SUCCEEDED)
    claim.release()
    taken(other)


def test_a_finished_run_is_never_taken() -> None:
    run = RunFactory.create(status=Status.SUCCEEDED)
    assert claims.take(run) is None
    assert TenantConnection.objects.get(pk=run.connection_id).claim_token is None


def test_a_silent_claim_is_taken_over_and_the_old_one_is_lost() -> None:
    run = RunFactory.create()
    old = taken(run)
    silence(run)
    taken(Run.objects.get(pk=run.pk))
    with pytest.raises(claims.ClaimLost):
        old.beat()


def test_a_lost_claim_releases_nothing() -> None:
    run = RunFactory.create()
    old = taken(run)
    silence(run)
    new = taken(Run.objects.get(pk=run.pk))
    old.release()
    new.beat()


def test_nothing_is_written_under_a_lost_claim() -> None:
    run = RunFactory.create()
    old = taken(run)
    silence(run)
    taken(Run.objects.get(pk=run.pk))
    with pytest.raises(claims.ClaimLost), old.writing():
        Run.objects.filter(pk=run.pk).update(reason="written")
    assert Run.objects.get(pk=run.pk).reason == ""


def test_a_run_that_is_asked_to_stop_stops_at_its_next_write() -> None:
    run = RunFactory.create()
    claim = taken(run)
    Run.objects.filter(pk=run.pk).update(cancel_asked=True)
    with pytest.raises(claims.Cancelled), claim.writing():
        Run.objects.filter(pk=run.pk).update(reason="written")
    assert Run.objects.get(pk=run.pk).reason == ""


def test_runs_with_a_silent_claim_are_queued_again() -> None:
    run, lively = RunFactory.create(), RunFactory.create()
    taken(run)
    taken(lively)
    silence(run)
    assert claims.give_up_silent() == 1
    assert Run.objects.get(pk=run.pk).status == Status.QUEUED
    assert Run.objects.get(pk=lively.pk).status == Status.RUNNING


@pytest.mark.django_db(transaction=True)
def test_only_the_end_of_a_run_waits_for_the_disk() -> None:
    claim = taken(RunFactory.create())
    with claim.writing():
        page = synchronous()
    with claim.ending():
        end = synchronous()
    # SQLite's "normal" (1) waits for no commit, only when the log is folded back.
    assert (page, end) == (("off", "on") if is_server() else (1, 1))


def synchronous() -> str | int:
    """Return the setting that says whether a commit waits for the disk."""
    name = "SHOW synchronous_commit" if is_server() else "PRAGMA synchronous"
    with connection.cursor() as cursor:
        cursor.execute(name)
        found: str | int = cursor.fetchone()[0]
    return found


def is_server() -> bool:
    """Return whether the database is PostgreSQL."""
    return connection.vendor == "postgresql"
