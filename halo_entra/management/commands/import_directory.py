"""`import_directory CONNECTION`: a run in the foreground."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from common.errors import InvalidInput
from halo_entra import runs_cli
from halo_entra.commands import Answer, AppCommand
from imports import runs
from imports.words import RunKind, Thing, Trigger, Walk
from mappings.words import Kind

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(AppCommand):
    """Import people of one connection, or preview what an import would do."""

    help = "Import people or licences of one connection, with a progress bar."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the connection, the kinds and the options."""
        super().add_arguments(parser)
        parser.add_argument("connection", help="The connection's name.")
        parser.add_argument("--users", action="store_true", help="Import users.")
        parser.add_argument("--agents", action="store_true", help="Import agents.")
        parser.add_argument(
            "--licences",
            action="store_true",
            help="Import what the tenant has bought of Microsoft 365, first.",
        )
        parser.add_argument(
            "--only", default="", metavar="WHO", help="One UPN or object id."
        )
        parser.add_argument(
            "--preview", action="store_true", help="Plan only; apply it by apply_run."
        )
        parser.add_argument(
            "--delta",
            action="store_true",
            help="The Integrator's run: only what has changed since the last one.",
        )

    def answer(self, options: dict[str, Any]) -> Answer:
        """Queue the run and take it to its end."""
        chosen = [one for one in (*Thing, *Kind) if options[one.value]] or list(Kind)
        if options["delta"] and (options["preview"] or options["only"]):
            raise InvalidInput(
                "--delta goes with neither --preview nor --only: those leave the "
                "Integrator's cursor alone."
            )
        connection = runs_cli.connection(options["connection"])
        order = runs.Order(
            kind=_kind(options),
            walk=Walk.DELTA if options["delta"] else Walk.FULL,
            trigger=Trigger.COMMAND,
            kinds=chosen,
            only=options["only"],
        )
        return runs_cli.watched(runs.execute, runs.queue(connection, order))


def _kind(options: dict[str, Any]) -> RunKind:
    if options["delta"]:
        return RunKind.DELTA
    return RunKind.PREVIEW if options["preview"] else RunKind.IMPORT
