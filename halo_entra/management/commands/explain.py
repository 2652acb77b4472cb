"""`explain CONNECTION WHO`: why somebody is where they are, or left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from halo_entra import runs_cli
from halo_entra.commands import Answer, AppCommand
from imports import explaining
from imports.engine import explain

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(AppCommand):
    """Tell every mapping tested, the match, and what would be done."""

    help = "Say which mappings were tested for a person, which won, and what follows."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the connection and the person."""
        super().add_arguments(parser)
        parser.add_argument("connection", help="The connection's name.")
        parser.add_argument("who", help="A UPN, an e-mail address or an object id.")

    def answer(self, options: dict[str, Any]) -> Answer:
        """Decide about the person again, and say how."""
        connection = runs_cli.connection(options["connection"])
        person = explaining.find(connection, options["who"])
        told = explaining.explanation(connection, person)
        return Answer(text="\n".join(explain.lines(told)), data=told)
