"""`cancel_run ID`: stop a run at its next page or chunk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from halo_entra import runs_cli
from halo_entra.commands import Answer, AppCommand
from imports import record, runs

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(AppCommand):
    """Cancel a run that waits or works."""

    help = "Cancel a run; what it has written stays, nothing more is."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the run's number."""
        super().add_arguments(parser)
        parser.add_argument("run", type=int, help="The number of the run.")

    def answer(self, options: dict[str, Any]) -> Answer:
        """Ask the run to stop."""
        run = runs_cli.run(options["run"])
        runs.cancel(run)
        run.refresh_from_db()
        return Answer(
            text=f"Run {run.pk} is asked to stop."
            if run.cancel_asked
            else f"Run {run.pk} is cancelled.",
            data=record.summary(run),
        )
