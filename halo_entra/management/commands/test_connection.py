"""`test_connection NAME`: which permissions the tenant has granted us."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connections.access import open_client
from connections.probe import Need, probe
from halo_entra import runs_cli
from halo_entra.commands import Answer, AppCommand
from imports.models import SyncSchedule
from mappings.words import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.core.management.base import CommandParser

    from connections.models import TenantConnection
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
            found = probe(client, _needs(connection))
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


def _needs(connection: TenantConnection) -> Sequence[Need]:
    """Return what the connection is set up to do."""
    needs = [Need.USERS, Need.GROUPS]
    schedule = SyncSchedule.objects.filter(connection=connection).first()
    kinds = schedule.kinds if schedule else [kind.value for kind in Kind]
    licences = getattr(connection, "licence_settings", None)
    devices = getattr(connection, "device_settings", None)
    if "licences" in kinds or (licences and licences.organisation_id):
        needs.append(Need.LICENCES)
    if licences and licences.managed_here:
        needs.append(Need.LICENCE_CHANGES)
    if devices and devices.enabled:
        needs.append(Need.DEVICES)
    return needs


def _line(permission: Permission) -> str:
    return f"{permission.name}: {MARKS[permission.granted]} ({permission.needed_for})"


def _mend(lacking: Sequence[str]) -> str:
    if not lacking:
        return ""
    return (
        f"Add {', '.join(lacking)} to the app registration in Entra (API permissions, "
        "Microsoft Graph), grant admin consent, then test again."
    )
