"""What the end of a run means for the Integrator: in step again, or failing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imports import schedule
from imports.integrator_settings import DUE_TIMES, standing
from imports.models import SyncSchedule
from imports.words import APPLIED, RunKind, Status, Trigger, Walk
from mappings.words import Kind

if TYPE_CHECKING:
    from datetime import datetime

    from imports.models import Run

FAILURES = {Status.FAILED, Status.CRASHED}


def note(run: Run, now: datetime) -> None:
    """Remember how a run of a whole connection ended; in the run's last transaction.

    The Integrator's failures are counted and put off its next start. A run that came
    to its end clears them, whoever started it: what was broken is mended. So does one
    of the Integrator that waits: all but what waits is applied.
    """
    row = SyncSchedule.objects.filter(connection=run.connection_id).first()
    if row is None or run.only or run.kind not in {RunKind.IMPORT, RunKind.DELTA}:
        return
    is_scheduled = run.trigger == Trigger.SCHEDULE
    if not is_scheduled and not any(kind in run.kinds for kind in Kind):
        return  # Licences alone, by hand: that says nothing of people.
    waits = run.status == Status.WAITING_FOR_APPROVAL
    if run.status in APPLIED or (is_scheduled and waits):
        _mended(row, now)
    elif is_scheduled and run.status in FAILURES:
        _failed(row, run, now)


def retry_now(connection_id: int) -> None:
    """Let what failed start at the next tick: somebody has mended the cause."""
    SyncSchedule.objects.filter(connection=connection_id).update(retry_at=None)


def _mended(row: SyncSchedule, now: datetime) -> None:
    SyncSchedule.objects.filter(pk=row.pk).update(
        succeeded_at=now, failures=0, failing_since=None, failed_run=None, retry_at=None
    )


def _failed(row: SyncSchedule, run: Run, now: datetime) -> None:
    times = row.failures + 1
    after = schedule.failed(standing(row), Walk(run.walk), now, times=times)
    changes = {name: getattr(after, name) for name in DUE_TIMES}
    SyncSchedule.objects.filter(pk=row.pk).update(
        failures=times,
        failing_since=row.failing_since or now,
        failed_run=run,
        **changes,
    )
