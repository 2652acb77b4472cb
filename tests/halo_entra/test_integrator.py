"""`integrator`: the schedule in the foreground."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from django.conf import settings

from directory.models import EndUser
from imports.models import Run, SyncSchedule
from imports.words import Status
from tests.halo_entra.said import Said
from tests.imports.integrator import scheduled

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.bench import Desk


@pytest.mark.rule("R137")
def test_once_runs_what_is_due_and_ends(
    desk: Desk, ann: UUID, manage: Callable[..., Said]
) -> None:
    scheduled(desk)
    said = manage("integrator", "--once")
    assert (said.status, said.err) == (0, "")
    assert "succeeded" in said.out
    assert EndUser.objects.count() == 1
    again = manage("integrator", "--once")
    assert (again.status, again.out) == (0, "Nothing is due.\n")


def test_once_says_as_json_what_ran(
    desk: Desk, ann: UUID, manage: Callable[..., Said]
) -> None:
    scheduled(desk)
    (run,) = manage("integrator", "--once", "--json").data["runs"]
    assert (run["trigger"], run["status"]) == ("schedule", "succeeded")
    assert manage("integrator", "--once", "--json").data == {"runs": []}


def test_a_run_that_fails_is_the_exit_status(
    desk: Desk, ann: UUID, manage: Callable[..., Said]
) -> None:
    scheduled(desk)
    desk.admin.set_application(
        desk.tenant.tenant_id, desk.tenant.application_id, secret="another"
    )
    said = manage("integrator", "--once")
    assert (said.status, said.err.count("\n")) == (1, 1)
    assert "client secret" in said.err


def test_what_another_process_left_in_the_queue_is_run_too(
    desk: Desk, ann: UUID, manage: Callable[..., Said]
) -> None:
    scheduled(desk)
    Run.objects.create(
        connection=desk.connection,
        kind="import",
        trigger="schedule",
        kinds=["users"],
        status=Status.QUEUED,
    )
    manage("integrator", "--once")
    assert [run.status for run in Run.objects.all()] == [Status.SUCCEEDED]
    assert SyncSchedule.objects.get().full_due_at is None


def has_ticked(database: Path) -> bool:
    with closing(sqlite3.connect(database)) as connection:
        ticks = connection.execute("SELECT COUNT(*) FROM imports_heartbeat")
        return bool(ticks.fetchone()[0])


@pytest.mark.timeout(90)
def test_it_goes_on_until_it_is_stopped(tmp_path: Path) -> None:
    """A process of its own on a database of its own; a signal ends it in peace."""
    database = tmp_path / "desk.sqlite3"
    environment = {**os.environ, "VAR_DIR": str(tmp_path), "DEBUG": "1"}
    for name in ("DATABASE_URL", "CELERY_BROKER_URL", "CACHE_URL"):
        environment.pop(name, None)
    environment["DATABASE_URL"] = f"sqlite:///{database}"
    environment["DJANGO_SETTINGS_MODULE"] = "halo_entra.settings.base"
    command = [sys.executable, "manage.py"]
    subprocess.run(
        [*command, "migrate", "-v0"], cwd=settings.BASE_DIR, env=environment, check=True
    )
    with subprocess.Popen(
        [*command, "integrator"],
        cwd=settings.BASE_DIR,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        while not has_ticked(database):
            assert running.poll() is None
            time.sleep(0.1)
        running.send_signal(signal.SIGTERM)
        out, err = running.communicate(timeout=20)
    assert (running.returncode, out, err) == (0, "Stopped.\n", "")
