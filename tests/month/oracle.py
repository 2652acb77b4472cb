"""What other ways of reading the same tenant come to, tried out and taken back."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import transaction

from directory.models import Agent, EndUser
from imports import claims, integrator, runs, tasks
from imports.models import Cursor, Decision, MirrorGroup, MirrorUser, Run, SyncSchedule
from imports.words import ACTIVE, APPLIED, RunKind, Status, Trigger, Walk
from tests import workers
from tests.month.records import records

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connections.models import TenantConnection
    from tests.month.records import Records
    from tests.month.weather import Sky

FORGOTTEN = {
    f"settled_{kind}_{what}": None
    for kind in ("users", "agents")
    for what in ("mirror", "rules", "record")
}


def is_well(run: Run) -> bool:
    """Return whether a run came to its end; one that nobody watches may hold rows."""
    waits = run.status == Status.WAITING_FOR_APPROVAL
    return run.status in APPLIED or (waits and run.trigger == Trigger.SCHEDULE)


@contextmanager
def tried_out(sky: Sky) -> Iterator[None]:
    """Let nothing go wrong for a moment, and undo whatever the block does."""
    sky.pause()
    try:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    finally:
        sky.resume()
        sky.ground.desk.connection.refresh_from_db()


def next_run(connection: TenantConnection) -> Run:
    """Let the Integrator run once more; what a dead worker left comes first."""
    mine = Run.objects.filter(connection=connection, status__in=ACTIVE)
    if mine.exists():
        workers.age_claim()
        claims.give_up_silent()
        for run in mine.filter(status=Status.QUEUED).order_by("id"):
            tasks.ring(run.pk)
    row = SyncSchedule.objects.get(connection=connection)
    run = runs.queue(connection, integrator.order(row, Walk.DELTA))
    return runs.execute(run, patience=0)


def full_import(connection: TenantConnection) -> Run:
    """Import everybody by hand, trusting nothing settled; losses are approved."""
    MirrorUser.objects.filter(connection=connection).update(**FORGOTTEN)
    order = runs.Order(RunKind.IMPORT, trigger=Trigger.MANUAL)
    run = runs.execute(runs.queue(connection, order), patience=0)
    if run.status == Status.WAITING_FOR_APPROVAL:
        run = runs.approve(run, patience=0)
    assert run.status in APPLIED, (run.status, run.reason, run.traceback)
    return run


def from_nothing(connection: TenantConnection) -> Records:
    """Forget everybody, import them anew, and return what that comes to."""
    mine = {"connection": connection}
    Agent.objects.filter(source=connection).delete()
    EndUser.objects.filter(source=connection).delete()
    for model in (MirrorUser, MirrorGroup, Cursor, Decision, Run):
        model._default_manager.filter(**mine).delete()
    full_import(connection)
    return records(connection)
