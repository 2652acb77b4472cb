"""The database goes away in the middle of a run; nobody is lost by it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from django import db
from django.utils import timezone

from imports import ended, integrator, runs, tasks
from imports.models import Run, SyncSchedule
from imports.words import Cause, Status
from tests import snapshot, workers
from tests.imports import staff
from tests.imports.integrator import scheduled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.process import Simulator
    from tests.bench import Desk

PEOPLE = 60


@pytest.fixture
def desk(transactional_db: None, entra: Simulator) -> Desk:
    """A desk whose Integrator is due."""
    found = staff.desk(entra.admin, people=PEOPLE)
    scheduled(found)
    return found


@contextmanager
def lost(after: int, *, statements: float) -> Iterator[None]:
    """Let the database be away for so many statements, after so many."""
    asked = 0

    def execute(go: Callable[..., Any], *statement: Any) -> Any:
        nonlocal asked
        asked += 1
        if after < asked <= after + statements:
            raise db.OperationalError("server closed the connection unexpectedly")
        return go(*statement)

    with db.connection.execute_wrapper(execute):
        yield


def begun() -> Run:
    (run,) = integrator.tick(timezone.now())
    return run


def finish(run: Run) -> None:
    """Let a worker take the run to its end; so many new agents are approved."""
    tasks.ring(run.pk)
    run.refresh_from_db()
    assert run.status == Status.WAITING_FOR_APPROVAL
    assert runs.approve(run).status == Status.SUCCEEDED


def assert_undisturbed(desk: Desk) -> None:
    """Compare with a control whose database was there all the time."""
    control = staff.desk(desk.admin, name="Control", people=PEOPLE)
    assert control.run().status == Status.SUCCEEDED
    found = snapshot.directory(desk.connection)
    assert found == snapshot.directory(control.connection)
    assert len(found["users"]) > PEOPLE / 2


@pytest.mark.parametrize("after", [30, 60, 90, 120])
def test_a_database_that_was_lost_for_a_moment_fails_the_run_which_is_repeated(
    desk: Desk, after: int
) -> None:
    run = begun()
    with lost(after, statements=1):
        tasks.ring(run.pk)
    run.refresh_from_db()
    assert (run.status, run.cause) == (Status.FAILED, Cause.DATABASE)
    assert "database" in run.reason
    assert SyncSchedule.objects.get().failures == 1
    ended.retry_now(desk.connection.pk)
    finish(begun())
    assert_undisturbed(desk)


@pytest.mark.parametrize("after", [30, 60, 90, 120])
def test_a_database_that_was_lost_for_longer_is_waited_for(
    desk: Desk, after: int
) -> None:
    run = begun()
    with lost(after, statements=float("inf")):
        tasks.ring(run.pk)
    run.refresh_from_db()
    assert run.status == Status.RUNNING
    workers.age_claim()
    (same,) = integrator.tick(timezone.now())
    assert same == run
    finish(run)
    assert SyncSchedule.objects.get().failures == 0
    assert_undisturbed(desk)
