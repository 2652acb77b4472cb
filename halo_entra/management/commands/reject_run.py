"""`reject_run ID`: a plan that waits is not applied."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from halo_entra import runs_cli
from halo_entra.commands import Answer, AppCommand
from imports import runs

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(AppCommand):
    """Reject a plan that waits for approval."""

    help = "End a plan that waits for approval; nothing of it is written."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the run's number."""
        super().add_arguments(parser)
        parser.add_argument("run", type=int, help="The number of the run.")
        parser.add_argument(
            "--keep",
            action="store_true",
            help="Keep its people as they are until they or the configuration change; "
            "else the next run plans the same again.",
        )

    def answer(self, options: dict[str, Any]) -> Answer:
        """Reject the stored plan; the status says so and is no failure here."""
        run = runs_cli.run(options["run"])
        runs.reject(run, keep=options["keep"])
        return Answer(text=runs_cli.told(run), data=runs_cli.ended(run).data)
