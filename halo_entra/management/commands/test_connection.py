"""`test_connection NAME`: which permissions the tenant has granted us."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connections.access import open_client
from connections.probe import probe
from halo_entra import runs_cli
from halo_entra.commands import Answer, AppCommand
from halo_entra.integration import permissions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.core.management.base import CommandParser

    from connections.probe import Permission

MARKS = {True: "granted", False: "NOT GRANTED", None: "cannot be told by asking"}


class Command(AppCommand):
    """Probe each permission that the connection needs."""

    help = "Sign in to the tenant and say which permissions are granted."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the connection."""
        super().add_arguments(parser)
        parser.add_argument("connection", help="The connection's name.")

    def answer(self, options: dict[str, Any]) -> Answer:
        """Ask; a permission that lacks is an answer, a refused sign-in an error."""
        connection = runs_cli.connection(options["connection"])
        with open_client(connection) as client:
            found = probe(client, permissions.needed(connection))
        lacking = [one.name for one in found if one.granted is False]
        return Answer(
            text="\n".join(_line(one) for one in found),
            data={
                "ok": not lacking,
                "permissions": [
                    {
                        "name": one.name,
                        "needed_for": one.needed_for,
                        "granted": one.granted,
                    }
                    for one in found
                ],
            },
            trouble=_mend(lacking),
        )


def _line(permission: Permission) -> str:
    return f"{permission.name}: {MARKS[permission.granted]} ({permission.needed_for})"


def _mend(lacking: Sequence[str]) -> str:
    if not lacking:
        return ""
    return (
        f"Add {', '.join(lacking)} to the app registration in Entra (API permissions, "
        "Microsoft Graph), grant admin consent, then test again."
    )
