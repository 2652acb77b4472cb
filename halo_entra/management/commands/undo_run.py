"""`undo_run ID`: what an import did is taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from halo_entra import runs_cli, undo_cli
from halo_entra.commands import Answer, AppCommand
from imports import runs, undo
from imports.words import Trigger

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(AppCommand):
    """Undo an import; without `--yes` it says what would go and writes nothing."""

    help = "Undo an import, and pause the Integrator of its connection."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the run's number and the confirmation."""
        super().add_arguments(parser)
        parser.add_argument("run", type=int, help="The number of the import.")
        parser.add_argument(
            "--yes", action="store_true", help="Do it; without it, only say what."
        )

    def answer(self, options: dict[str, Any]) -> Answer:
        """Say what would go, or queue the undo and take it to its end."""
        run = runs_cli.run(options["run"])
        if not options["yes"]:
            return undo_cli.foreseen(undo.forecast(run))
        return runs_cli.watched(runs.execute, undo.queue(run, Trigger.COMMAND))
