"""Two workers share the work; one is killed, and nothing is lost or done twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from directory.models import EndUser
from imports.models import Run
from imports.words import ACTIVE, Status, Trigger
from tests import bench, workers
from tests.halo_entra.manage import ROOT
from tests.imports.integrator import scheduled

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from simulator.process import Simulator

TENANTS, PEOPLE = 6, 3
TICK = "from imports import tasks; tasks.tick.delay()"
WORKER = ("-m", "celery", "-A", "halo_entra", "-q", "worker", "--pool", "solo")


@pytest.fixture
def desks(transactional_db: None, entra: Simulator) -> list[bench.Desk]:
    """Desks whose Integrator is due, of tenants that take a while to answer."""
    made = []
    for number in range(TENANTS):
        tenant = entra.admin.create_tenant(name=f"Tenant {number}")
        entra.admin.fault(tenant_id=tenant.tenant_id, path="/v1.0/users[?]", delay=1)
        found = bench.connect(entra.admin, tenant)
        found.map_site(10, "London")
        for person in range(PEOPLE):
            found.person(f"person{person}")
        scheduled(found)
        made.append(found)
    return made


def started(stack: ExitStack, folder: Path, number: int) -> subprocess.Popen[bytes]:
    """Start a real worker, which ends with the block."""
    process = subprocess.Popen(
        [sys.executable, *WORKER, "--hostname", f"worker{number}@%h"],
        cwd=ROOT,
        env=environment(folder),
        stdin=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    stack.callback(process.wait)
    stack.callback(process.kill)
    return process


def environment(folder: Path) -> dict[str, str]:
    """Return the environment of processes with a broker of their own."""
    found = workers.environment() | {"VAR_DIR": str(folder)}
    return found | {"CELERY_BROKER_URL": ""}


def tick(folder: Path) -> None:
    """Leave the message that beat leaves each minute."""
    command = [sys.executable, "manage.py", "shell", "-v0", "-c", TICK]
    subprocess.run(command, cwd=ROOT, env=environment(folder), check=True)


def wait_until(is_so: Callable[[], bool]) -> None:
    """Return once it is so; fails after a minute and a half."""
    end = time.monotonic() + 90
    while not is_so():
        assert time.monotonic() < end, list(Run.objects.values("pk", "status"))
        time.sleep(0.05)


@pytest.mark.rule("R137")
def test_a_round_survives_the_death_of_a_worker(
    desks: list[bench.Desk], tmp_path: Path
) -> None:
    running = Run.objects.filter(status=Status.RUNNING)
    with ExitStack() as stack:
        first = started(stack, tmp_path, 1)
        started(stack, tmp_path, 2)
        tick(tmp_path)
        wait_until(lambda: running.count() == 2)
        os.kill(first.pid, signal.SIGKILL)
        # The other does all that it can; what the dead one had begun stays behind.
        left = Run.objects.filter(status__in=ACTIVE)
        wait_until(lambda: left.count() <= 1)
        workers.age_claim()
        tick(tmp_path)
        wait_until(lambda: not left.exists())
    runs = Run.objects.values_list("connection", "status", "trigger").order_by(
        "connection"
    )
    ended = (Status.SUCCEEDED, Trigger.SCHEDULE)
    assert list(runs) == [(desk.connection.pk, *ended) for desk in desks]
    assert EndUser.objects.count() == TENANTS * PEOPLE
