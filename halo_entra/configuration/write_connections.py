"""Writing tenant connections."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connections.authorised import UNAUTHORISED
from connections.models import TenantConnection
from halo_entra.configuration import write_applications, write_settings
from halo_entra.configuration.rows import put
from halo_entra.configuration.write_mappings import MappingWriter

if TYPE_CHECKING:
    from halo_entra.configuration.entries import Record
    from halo_entra.configuration.groups import KnownGroups
    from halo_entra.configuration.identities import Identity
    from halo_entra.configuration.write_applications import Context


def write(
    context: Context, record: Record, identity: Identity, groups: KnownGroups
) -> None:
    """Make or change the tenant connection of that name, and all that is its own."""
    stored = TenantConnection.objects.select_related("registration").filter(
        name_key=record.name.key
    )
    connection = stored.first() or TenantConnection()
    is_new = connection._state.adding
    before = None if is_new else connection.registration
    columns = _columns(record, identity, connection)
    registration = write_applications.registration(identity)
    columns["registration"] = registration
    label = f"connection {record.name.text}"
    put(context.report, connection, columns, label=label)
    write_applications.write_application(context, record, registration, before)
    write_settings.write(context, record, connection)
    writer = MappingWriter(connection, context.known, groups, context.report)
    writer.write(record, is_new=is_new)


def _columns(
    record: Record, identity: Identity, connection: TenantConnection
) -> dict[str, Any]:
    columns: dict[str, Any] = {
        "name": record.name.text,
        "cloud": identity.cloud,
        "tenant_id": identity.tenant_id,
    }
    for name in ("authorisation", "own_tenant", "notify"):
        if name in record.given:
            columns[name] = record.given[name]
    if "notify" in columns:
        columns["notify"] = list(columns["notify"])
    if connection._state.adding:
        # AM-35: whose tenant is first is our own, until somebody says otherwise.
        columns.setdefault("own_tenant", not TenantConnection.objects.exists())
        return columns
    return (
        columns | UNAUTHORISED if _is_moved(identity, connection, columns) else columns
    )


def _is_moved(
    identity: Identity, connection: TenantConnection, columns: dict[str, Any]
) -> bool:
    """Return whether what was authorised is no longer what will be used."""
    authorisation = columns.get("authorisation", connection.authorisation)
    return (
        connection.registration.application_id != identity.application_id
        or connection.tenant_id != identity.tenant_id
        or connection.authorisation != authorisation
    )
