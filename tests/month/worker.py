"""What a worker's process does at a simulated moment."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import time_machine

from imports import tasks
from imports.models import Run
from imports.words import ACTIVE
from tests.kills.course import FORKS

if TYPE_CHECKING:
    from datetime import datetime
    from multiprocessing.context import ForkServerProcess

FORKS.set_forkserver_preload(["__main__", "tests.kills.booted", "tests.month.worker"])
WITHIN = 120
"""Seconds that no run takes."""
POLL = 0.005


def ring(run_id: int, at: datetime) -> None:
    """Take a run to its end, while the clock says so."""
    with time_machine.travel(at, tick=True):
        tasks.ring(run_id)


def killed(run: Run, at: datetime, *, after: float) -> bool:
    """Let a process take up the run, kill it after so many seconds; return if it died.

    It may have ended before.
    """
    process: ForkServerProcess = FORKS.Process(target=ring, args=(run.pk, at))
    process.start()
    try:
        end = time.monotonic() + WITHIN
        while process.is_alive() and _status(run) == "queued":
            assert time.monotonic() < end
            time.sleep(POLL)
        process.join(after)
    finally:
        process.kill()
        process.join()
    return _status(run) in ACTIVE


def _status(run: Run) -> str:
    return str(Run.objects.values_list("status", flat=True).get(pk=run.pk))
