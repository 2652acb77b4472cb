"""`reset_delta CONNECTION (--clear | --latest)`: where the next delta run begins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from halo_entra import runs_cli
from halo_entra.commands import Answer, AppCommand, Exit
from imports import resets, runs

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(AppCommand):
    """Reset the deltas of one connection."""

    help = "Reset the deltas of one connection: clear them, or set them to now."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the connection and the two ways."""
        super().add_arguments(parser)
        parser.add_argument("connection", help="The connection's name.")
        ways = parser.add_mutually_exclusive_group(required=True)
        ways.add_argument(
            "--clear", action="store_true", help="The next delta run reads everybody."
        )
        ways.add_argument(
            "--latest",
            action="store_true",
            help="Go on from now; changes before now are skipped.",
        )

    def answer(self, options: dict[str, Any]) -> Answer:
        """Reset them and say what the next run will do."""
        connection = runs_cli.connection(options["connection"])
        try:
            if options["clear"]:
                resets.clear(connection)
                told = f"The deltas of {connection} are cleared. Next sync: full."
                return Answer(text=told, data=_data(connection.name, "full"))
            resets.to_latest(connection)
        except runs.Busy as exc:
            return Answer(data={"error": str(exc)}, trouble=str(exc), status=Exit.BUSY)
        return Answer(
            text=(
                f"The deltas of {connection} stand at now. Next sync: delta. Changes "
                "before now are skipped until everybody is read again."
            ),
            data=_data(connection.name, "delta"),
        )


def _data(connection: str, next_walk: str) -> dict[str, str]:
    return {"connection": connection, "next_walk": next_walk}
