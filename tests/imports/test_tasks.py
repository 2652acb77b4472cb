"""A message is a doorbell: lost, late or repeated, it harms nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from connections.models import TenantConnection
from directory.models import EndUser
from imports import claims, tasks
from imports.models import Run
from imports.words import Status
from tests import bench
from tests.imports.integrator import rings
from tests.imports.test_runs import queued

if TYPE_CHECKING:
    from simulator.contract import TenantInfo
    from simulator.process import Simulator
    from tests.bench import Desk


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The runs that were rung for, instead of messages."""
    return rings(monkeypatch)


@pytest.fixture
def desk(db: None, entra: Simulator, tenant: TenantInfo) -> Desk:
    """A desk with one person to import."""
    found = bench.connect(entra.admin, tenant)
    found.person("ann")
    found.map_site(10, "London")
    return found


def test_a_message_that_comes_twice_runs_once(desk: Desk) -> None:
    run = queued(desk)
    tasks.ring(run.pk)
    ended = Run.objects.values().get()
    tasks.ring(run.pk)
    assert ended["status"] == Status.SUCCEEDED
    assert Run.objects.values().get() == ended
    assert EndUser.objects.count() == 1


def test_a_message_for_a_run_that_is_gone_does_nothing(db: None) -> None:
    tasks.ring(4711)
    assert not Run.objects.exists()


def test_a_message_for_a_preview_or_a_finished_run_does_nothing(desk: Desk) -> None:
    preview = desk.preview()
    tasks.ring(preview.pk)
    assert Run.objects.get().status == Status.PLANNED
    assert not EndUser.objects.exists()


def test_a_message_while_the_connection_is_busy_leaves_the_run_queued(
    desk: Desk,
) -> None:
    first, second = queued(desk), queued(desk)
    claims.take(first)
    tasks.ring(second.pk)
    assert Run.objects.get(pk=second.pk).status == Status.QUEUED
    assert not EndUser.objects.exists()


def test_the_tick_rings_again_for_whose_message_was_lost(
    desk: Desk, rung: list[int]
) -> None:
    waiting = [queued(desk).pk, queued(desk).pk]
    desk.preview()
    tasks.tick()
    tasks.tick()
    assert rung == waiting * 2


def test_the_tick_takes_over_whose_worker_fell_silent(
    desk: Desk, rung: list[int]
) -> None:
    run = queued(desk)
    claims.take(run)
    tasks.tick()
    assert rung == []
    long_ago = timezone.now() - claims.SILENT - timedelta(seconds=1)
    TenantConnection.objects.update(claim_beat_at=long_ago)
    tasks.tick()
    assert rung == [run.pk]
    tasks.ring(run.pk)
    assert Run.objects.get().status == Status.SUCCEEDED
    assert EndUser.objects.count() == 1
