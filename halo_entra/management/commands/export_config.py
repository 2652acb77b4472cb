"""`export_config`: the configuration as YAML, without secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from halo_entra.commands import Answer, AppCommand
from halo_entra.configuration.export import export

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(AppCommand):
    """Print a file that `apply_config` takes."""

    help = "Print the configuration as YAML; secrets only as where they come from."
    speaks_json = False

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --connection."""
        super().add_arguments(parser)
        parser.add_argument(
            "--connection", default="", metavar="NAME", help="Only this connection."
        )

    def answer(self, options: dict[str, Any]) -> Answer:
        """Export everything, or one connection with the desk's records."""
        return Answer(text=export(options["connection"]).rstrip("\n"))
