"""`measure FILE COMMAND …`: any command of the product, with what it took."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management import ManagementUtility
from django.core.management.base import BaseCommand

from benchmarks.memory import peak_megabytes
from benchmarks.statements import Statements
from halo_entra import runs_cli

if TYPE_CHECKING:
    from django.core.management.base import CommandParser

    from imports.words import Stage


class TimedBar(runs_cli.Bar):
    """The progress bar of a run, which also takes the time of each stage."""

    def __init__(self) -> None:
        """Take the time from now on."""
        super().__init__()
        self._begun = time.perf_counter()
        self._stage = "start"

    def stage(self, stage: Stage, total: int | None) -> None:
        """Begin another stage."""
        self._end()
        self._stage = stage.value
        super().stage(stage, total)

    def close(self) -> None:
        """End the bar; the stage goes on until another one begins."""
        self._end()
        super().close()

    def _end(self) -> None:
        now = time.perf_counter()
        spent = SECONDS.get(self._stage, 0.0) + now - self._begun
        SECONDS[self._stage] = round(spent, 3)
        self._begun = now


SECONDS: dict[str, float] = {}
"""Seconds of each stage of this process's run."""


class Command(BaseCommand):
    """Run a command as `manage.py` does; leave its measures in a file."""

    help = "Run another command; write statements, stages and peak memory to FILE."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the file and the command."""
        parser.add_argument("file", type=Path)
        parser.add_argument("words", nargs=argparse.REMAINDER)

    def handle(self, *_arguments: Any, **options: Any) -> None:
        """Run the command; its output and exit status are its own."""
        statements = Statements()
        runs_cli.Bar = TimedBar  # type: ignore[misc]  # the command's own bar, timed
        try:
            with statements.counted():
                ManagementUtility(["manage.py", *options["words"]]).execute()
        finally:
            measures = {
                "statements": dict(statements.kinds),
                "executed_rows": dict(statements.rows),
                "directory_writes": dict(statements.directory),
                "stages": SECONDS,
                "peak_megabytes": peak_megabytes(),
            }
            options["file"].write_text(json.dumps(measures), encoding="utf-8")
