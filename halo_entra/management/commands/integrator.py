"""`integrator`: what the workers do on a schedule, in the foreground."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from halo_entra import runs_cli
from halo_entra.commands import Answer, AppCommand, Exit
from imports import integrator, notices, runs

if TYPE_CHECKING:
    from types import FrameType

    from django.core.management.base import CommandParser

PAUSE = 20.0
"""Seconds between two looks at what is due."""
GRAVEST = (Exit.FAILED, Exit.PARTLY_FAILED, Exit.WAITING, Exit.BUSY, Exit.DONE)


class Command(AppCommand):
    """Run what is due, one connection after the other."""

    help = (
        "Run what is due by schedule, here and now; go on until stopped, or --once. "
        "Workers with beat do the same: beside them it is not needed, and harmless."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add `--once`."""
        super().add_arguments(parser)
        parser.add_argument(
            "--once", action="store_true", help="Run what is due now, then end."
        )

    def answer(self, options: dict[str, Any]) -> Answer:
        """Run what is due; the exit status is that of the run that ended worst."""
        if options["once"]:
            return _together(self._due(tells=False))
        stop = threading.Event()

        def leave(_number: int, _frame: FrameType | None) -> None:
            # The run at work goes on to its end; a second signal breaks it off.
            stop.set()
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.default_int_handler)

        signal.signal(signal.SIGTERM, leave)
        signal.signal(signal.SIGINT, leave)
        while not stop.is_set():
            self._due(tells=not options["json"], stop=stop)
            stop.wait(PAUSE)
        return Answer(text="Stopped.", data={"stopped": True})

    def _due(self, *, tells: bool, stop: threading.Event | None = None) -> list[Answer]:
        """Run what is due now or waits, and answer for each; a stop leaves the rest.

        Whoever has to know of what is wrong is told.
        """
        answers = []
        for queued in integrator.tick(timezone.now()):
            if stop is not None and stop.is_set():
                break
            answer = runs_cli.watched(runs.execute, queued)
            answers.append(answer)
            if tells:
                self.stdout.write(answer.text)
                if answer.trouble:
                    self.stderr.write(answer.trouble)
        notices.watch(timezone.now())
        return answers


def _together(answers: list[Answer]) -> Answer:
    """Return one answer for several runs."""
    told = [answer.text for answer in answers] or ["Nothing is due."]
    ended = {answer.status for answer in answers} or {Exit.DONE}
    return Answer(
        text="\n".join(told),
        data={"runs": [answer.data for answer in answers]},
        trouble="\n".join(answer.trouble for answer in answers if answer.trouble),
        status=next(one for one in GRAVEST if one in ended),
    )
