"""How one sort of run goes undisturbed, and how after a kill."""

from __future__ import annotations

import multiprocessing
import signal
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from django.db import connections

from directory.models import EndUser
from imports.models import Run
from tests import workers
from tests.kills import databases, outcome, phases, worker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.context import ForkServerProcess
    from uuid import UUID

    from tests.dumps import Dump
    from tests.kills.grounds import Ground
    from tests.kills.phases import Phase
    from tests.kills.schedules import Kill

POLL = 0.005
WITHIN = 300
"""Seconds that no run takes."""
FORKS = multiprocessing.get_context("forkserver")
"""Workers come from a process that has Django ready, and nothing open."""
FORKS.set_forkserver_preload(["__main__", "tests.kills.booted", "tests.kills.worker"])


class Miss(StrEnum):
    """Why a kill hit nothing."""

    EARLY = "before the claim"
    LATE = "after the end"


@dataclass(slots=True)
class Told:
    """What came of one kill."""

    hit: Phase | Miss
    problems: tuple[str, ...] = ()
    """In what the end is another than that of the undisturbed run."""


@dataclass(slots=True)
class Course:
    """One sort of run, from the same beginning again and again."""

    ground: Ground
    expected: Dump = field(default_factory=dict)
    length: float = 0.0
    """Seconds that the undisturbed run takes."""
    lengths: dict[Phase, float] = field(default_factory=dict)

    def measure(self) -> None:
        """Let the run go undisturbed: that is how every other should end."""
        # The first fork waits until the process that forks is ready.
        self._do(time.sleep, 0)
        active = self._active()
        began = time.monotonic()
        with self._begun() as process:
            self._watch(process)
            self.length = time.monotonic() - began
        assert process.exitcode == 0
        run = self._run()
        assert (run.status, run.traceback) == (self.ground.ends, "")
        assert active - self._active() == active & self.ground.gone
        self.expected = outcome.outcome(run.pk)

    def kill(self, kill: Kill) -> Told:
        """Kill the run at a moment, let another worker finish it, and compare."""
        databases.restore()
        with self._begun() as process:
            self._wait(process, kill)
            process.kill()
        assert process.exitcode in {0, -signal.SIGKILL}
        databases.wait_for_the_dead()
        workers.age_claim()
        phase = phases.now(self.ground.run.pk)
        if phase is None:
            is_early = self._run().status == self.ground.run.status
            return Told(Miss.EARLY if is_early else Miss.LATE)
        self._do(worker.take_over, self.ground.run.pk)
        found = outcome.outcome(self.ground.run.pk)
        return Told(phase, tuple(outcome.differences(self.expected, found)))

    def _do(self, target: Callable[..., None], *args: object) -> None:
        with self._started(target, *args) as process:
            process.join(WITHIN)
        assert process.exitcode == 0

    @contextmanager
    def _begun(self) -> Iterator[ForkServerProcess]:
        with self._started(worker.begin, self.ground.run.pk, self.ground.act) as found:
            yield found

    @contextmanager
    def _started(
        self, target: Callable[..., None], *args: object
    ) -> Iterator[ForkServerProcess]:
        """Run something in a process of its own, which ends with the block."""
        process = FORKS.Process(target=target, args=args)
        process.start()
        try:
            yield process
        finally:
            process.kill()
            process.join()

    def _wait(self, process: ForkServerProcess, kill: Kill) -> None:
        """Return at the moment, or once the worker has ended."""
        if kill.phase is None:
            process.join(kill.share * self.length)
            return
        end = time.monotonic() + WITHIN
        while process.is_alive() and phases.now(self.ground.run.pk) != kill.phase:
            assert time.monotonic() < end
            time.sleep(POLL)
        process.join(kill.share * self.lengths[kill.phase])

    def _watch(self, process: ForkServerProcess) -> None:
        """Measure how long each phase takes, until the worker has ended."""
        since = time.monotonic()
        while process.is_alive():
            phase, now = phases.now(self.ground.run.pk), time.monotonic()
            if phase is not None:
                self.lengths[phase] = self.lengths.get(phase, 0.0) + now - since
            since = now
            time.sleep(POLL)

    def _run(self) -> Run:
        return Run.objects.get(pk=self.ground.run.pk)

    def _active(self) -> set[UUID | None]:
        active = EndUser.objects.filter(is_active=True)
        return set(active.values_list("entra_object_id", flat=True))


@contextmanager
def course(ground: Ground) -> Iterator[Course]:
    """Keep the ground as it is, and measure the undisturbed run."""
    with databases.kept():
        found = Course(ground)
        found.measure()
        yield found
    connections.close_all()
