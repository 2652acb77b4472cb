from __future__ import annotations

import os
import stat
import subprocess
import sys
import time
import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from celery.schedules import crontab
from django.conf import settings
from redis import Redis

from halo_entra.celery import app
from tests.halo_entra.manage import ROOT, environment, manage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SEND = (
    "from halo_entra.celery import app;"
    "app.send_task('tests.ring', ['{mark}'], queue='{queue}')"
)
BROKERS = {"embedded": "", "server": os.environ.get("CELERY_BROKER_URL", "")}


@pytest.fixture
def queue() -> Iterator[str]:
    """A queue of this test's own, gone afterwards: a server is shared."""
    name = f"bell-{uuid.uuid4()}"
    yield name
    if BROKERS["server"]:
        with Redis.from_url(BROKERS["server"]) as server:
            for key in server.scan_iter(f"*{name}*"):
                server.delete(key)


@contextmanager
def worker(folder: Path, queue: str, broker: str) -> Iterator[subprocess.Popen[bytes]]:
    """A real worker in a process of its own, until the block ends."""
    with subprocess.Popen(
        [
            *(sys.executable, "-m", "celery", "-A", "tests.halo_entra.bell", "worker"),
            *("--pool", "solo", "--queues", queue, "--loglevel", "WARNING"),
        ],
        cwd=ROOT,
        env=environment(folder, {"CELERY_BROKER_URL": broker}),
        stdin=subprocess.DEVNULL,
    ) as process:
        try:
            yield process
        finally:
            process.terminate()


def wait_for(mark: Path, process: subprocess.Popen[bytes]) -> str:
    """Return what the mark says, once it is there or the process has ended."""
    end = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < end:
        if mark.exists() and mark.read_text():
            break
        time.sleep(0.1)
    return mark.read_text() if mark.exists() else "never rung"


@pytest.mark.parametrize(
    "broker", [name for name, url in BROKERS.items() if url or name == "embedded"]
)
def test_a_message_left_before_the_worker_started_reaches_it(
    tmp_path: Path, queue: str, broker: str
) -> None:
    url, mark = BROKERS[broker], tmp_path / "mark"
    send = SEND.format(mark=mark, queue=queue)
    sent = manage(tmp_path, "shell", "-v0", "-c", send, CELERY_BROKER_URL=url)
    assert sent.returncode == 0, sent.stderr

    with worker(tmp_path, queue, url) as process:
        assert wait_for(mark, process) == "rung"


def test_messages_of_the_embedded_broker_lie_in_a_private_folder(
    tmp_path: Path, queue: str
) -> None:
    manage(tmp_path, "shell", "-v0", "-c", SEND.format(mark="mark", queue=queue))

    folder = tmp_path / "broker"
    assert len(list(folder.glob(f"*.{queue}.msg"))) == 1
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_lost_or_repeated_message_is_not_asked_about() -> None:
    assert app.conf.task_ignore_result
    assert not app.conf.task_acks_late
    assert app.conf.worker_prefetch_multiplier == 1
    assert app.conf.result_backend is None


def test_messages_are_json_and_nothing_else_is_read() -> None:
    assert app.conf.task_serializer == "json"
    assert app.conf.accept_content == ["json"]


def test_beat_knows_one_tick_a_minute() -> None:
    assert settings.CELERY_BEAT_SCHEDULE["tick"]["schedule"] == 60.0


def test_beat_knows_what_is_to_be_purged_once_a_night() -> None:
    nightly = {
        entry["task"]: entry["schedule"]
        for entry in settings.CELERY_BEAT_SCHEDULE.values()
        if isinstance(entry["schedule"], crontab)
    }
    assert set(nightly) == {"imports.purge", "sso.purge"}
