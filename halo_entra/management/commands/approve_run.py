"""`approve_run ID`: a plan that waits is applied as it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from halo_entra import runs_cli
from halo_entra.commands import Answer, AppCommand
from imports import runs

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(AppCommand):
    """Apply a plan that waits for approval."""

    help = "Apply a plan that waits for approval; look at its losses first."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the run's number."""
        super().add_arguments(parser)
        parser.add_argument("run", type=int, help="The number of the run.")

    def answer(self, options: dict[str, Any]) -> Answer:
        """Apply the stored plan."""
        return runs_cli.watched(runs.approve, runs_cli.run(options["run"]))
