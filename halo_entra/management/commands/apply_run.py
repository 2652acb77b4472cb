"""`apply_run ID`: a preview becomes an import, as it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from halo_entra import runs_cli
from halo_entra.commands import Answer, AppCommand
from imports import runs

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(AppCommand):
    """Apply a preview exactly as it was planned."""

    help = "Apply a preview as it stands; rows that have moved since stay as they are."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the run's number."""
        super().add_arguments(parser)
        parser.add_argument("run", type=int, help="The number of the preview.")

    def answer(self, options: dict[str, Any]) -> Answer:
        """Apply the stored plan."""
        return runs_cli.watched(runs.apply_preview, runs_cli.run(options["run"]))
