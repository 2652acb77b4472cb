from __future__ import annotations

import pytest

from imports.models import Cursor, MirrorUser, Run, RunItem
from imports.words import ACTIVE, FINISHED, OPEN, Status
from tests.factories.connections import TenantConnectionFactory
from tests.factories.imports import (
    CursorFactory,
    MirrorUserFactory,
    RunFactory,
    RunItemFactory,
    SyncScheduleFactory,
)

pytestmark = pytest.mark.django_db


def test_every_status_is_open_or_finished() -> None:
    assert set(Status) == OPEN | FINISHED
    assert ACTIVE < OPEN
    assert not OPEN & FINISHED


@pytest.mark.rule("R134")
def test_the_integrator_is_off_until_somebody_switches_it_on() -> None:
    schedule = SyncScheduleFactory.create()

    assert not schedule.enabled
    assert not schedule.delta


def test_the_mirror_and_the_runs_go_with_their_connection() -> None:
    connection = TenantConnectionFactory.create()
    MirrorUserFactory.create(connection=connection)
    CursorFactory.create(connection=connection)
    RunItemFactory.create(run=RunFactory.create(connection=connection))
    connection.delete()

    for model in (MirrorUser, Cursor, Run, RunItem):
        assert not model._default_manager.exists()


def test_a_run_stays_when_the_run_it_undoes_goes() -> None:
    undone = RunFactory.create()
    undo = RunFactory.create(undoes=undone)
    undone.delete()

    undo.refresh_from_db()

    assert undo.undoes is None
