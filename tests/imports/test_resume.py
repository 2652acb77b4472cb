"""Killed anywhere and taken up again, a run ends as if nothing had happened."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from imports import claims, tasks
from imports.models import Run
from imports.words import Outcome, Stage, Status
from tests import snapshot, workers
from tests.imports import staff

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.process import Simulator
    from tests.bench import Desk

ROOT = Path(__file__).resolve().parents[2]
PEOPLE, PAGE = 1500, 100
IMPORT = ("manage.py", "import_directory", "Acme")
RING = (
    "-c",
    "import django, sys; django.setup(); from imports import claims, tasks; "
    "claims.give_up_silent(); tasks.ring(int(sys.argv[1]))",
)
"""What a worker does once the tick has rung."""
MOMENTS = (
    (Stage.GROUPS, 0),
    (Stage.PEOPLE, 500),
    (Stage.PEOPLE, 1100),
    (Stage.PLAN, 0),
    (Stage.APPLY, 500),
    (Stage.MANAGERS, 0),
)


@pytest.fixture
def desk(transactional_db: None, entra: Simulator) -> Desk:
    """A desk with enough people for several pages and chunks, which come slowly."""
    found = staff.desk(entra.admin, people=PEOPLE)
    entra.admin.settings(found.tenant.tenant_id, page_size=PAGE)
    entra.admin.fault(
        tenant_id=found.tenant.tenant_id, path="/v1.0/users[?]|batch", delay=0.1
    )
    return found


@contextmanager
def process(*command: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run Python with these arguments; whatever is left of it ends with the block."""
    with subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        env=workers.environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as started:
        try:
            yield started
        finally:
            started.kill()


def wait_for(worker: subprocess.Popen[bytes], stage: Stage, done: int) -> bool:
    """Return once the run is so far: True; False: the worker has ended before."""
    end = time.monotonic() + 60
    while worker.poll() is None and time.monotonic() < end:
        where = Run.objects.values_list("status", "stage", "progress_done").last()
        if where and where[:2] == (Status.RUNNING, stage) and where[2] >= done:
            return True
        time.sleep(0.001)
    return False


def killed_in(stage: Stage, done: int, *command: str) -> bool:
    """Start a worker and kill it in a stage; return whether it was still at work."""
    with process(*command) as worker:
        wait_for(worker, stage, done)
    workers.age_claim()
    return worker.returncode == -signal.SIGKILL


def test_a_run_that_is_killed_in_each_stage_ends_as_one_undisturbed(
    desk: Desk,
) -> None:
    kills = 0
    for stage, done in MOMENTS:
        run = Run.objects.first()
        command = (*RING, str(run.pk)) if run else IMPORT
        kills += killed_in(stage, done, *command)
    # The last stages are over in a moment: the worker may win one race.
    assert kills >= len(MOMENTS) - 1
    claims.give_up_silent()
    run = Run.objects.get()
    tasks.ring(run.pk)
    run.refresh_from_db()
    assert (run.status, run.traceback) == (Status.SUCCEEDED, "")
    assert_undisturbed(desk)


def assert_undisturbed(desk: Desk) -> None:
    """Compare with a control that nobody killed; then nothing is left to do."""
    desk.admin.clear_faults()
    control = staff.desk(desk.admin, name="Control", people=PEOPLE)
    assert control.run().status == Status.SUCCEEDED
    found = snapshot.directory(desk.connection)
    assert found == snapshot.directory(control.connection)
    run = Run.objects.get(connection=desk.connection)
    assert not run.items.exclude(outcome=Outcome.APPLIED).exists()
    assert run.counts["users"]["create"] == len(found["users"])
    desk.connection.refresh_from_db()
    assert desk.connection.claim_token is None
    assert desk.run().status == Status.NOTHING_CHANGED


def test_a_walk_goes_on_from_its_last_page(desk: Desk) -> None:
    assert killed_in(Stage.PEOPLE, 1000, *IMPORT)
    done = Run.objects.get().progress_done
    desk.admin.reset_requests()
    claims.give_up_silent()
    tasks.ring(Run.objects.get().pk)
    log = desk.admin.requests(desk.tenant.tenant_id)
    asked = sum(one["path"] == "/v1.0/users" for one in log)
    # One more: what the dead worker had just asked for may be answered only now.
    assert asked <= (PEOPLE - done) // PAGE + 1


def test_a_worker_that_lost_its_claim_writes_nothing_more(desk: Desk) -> None:
    with process(*IMPORT) as sleeper:
        assert wait_for(sleeper, Stage.PEOPLE, 300)
        # It waits for the next page now, outside any transaction.
        os.kill(sleeper.pid, signal.SIGSTOP)
        workers.age_claim()
        claims.give_up_silent()
        run = Run.objects.get()
        tasks.ring(run.pk)
        ended = Run.objects.values().get(), snapshot.revisions()
        os.kill(sleeper.pid, signal.SIGCONT)
        sleeper.wait(30)
    assert ended[0]["status"] == Status.SUCCEEDED
    assert (Run.objects.values().get(), snapshot.revisions()) == ended
