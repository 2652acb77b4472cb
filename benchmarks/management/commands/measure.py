"""`measure FILE COMMAND …`: any command of the product, with what it took."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management import ManagementUtility
from django.core.management.base import BaseCommand

from benchmarks import stages
from benchmarks.memory import peak_megabytes
from benchmarks.statements import Statements
from halo_entra import runs_cli

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


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
        runs_cli.Bar = stages.TimedBar  # type: ignore[misc]  # the command's own bar, timed
        try:
            with statements.counted():
                ManagementUtility(["manage.py", *options["words"]]).execute()
        finally:
            measures = {
                "statements": dict(statements.kinds),
                "executed_rows": dict(statements.rows),
                "directory_writes": dict(statements.directory),
                "processor_seconds": round(time.process_time(), 3),
                "stages": stages.SECONDS,
                "tenths": stages.TENTHS,
                "peak_megabytes": peak_megabytes(),
            }
            options["file"].write_text(json.dumps(measures), encoding="utf-8")
