"""Writing sign-in connections and the tenants that they let in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.text import slugify

from halo_entra.configuration import write_applications
from halo_entra.configuration.rows import Listed, put, replace
from sso.models import AllowedTenant, SsoConnection

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from halo_entra.configuration.entries import Record
    from halo_entra.configuration.identities import Identity
    from halo_entra.configuration.rows import Columns
    from halo_entra.configuration.write_applications import Context

COLUMNS = (
    "tenant_type",
    "published",
    "allow",
    "allow_guests",
    "second_factor",
    "auto_redirect",
    "link_by_address",
    "create_users",
)


def write(context: Context, record: Record, identity: Identity) -> None:
    """Make or change the sign-in connection of that name."""
    stored = SsoConnection.objects.select_related("registration").filter(
        name_key=record.name.key
    )
    connection = stored.first() or SsoConnection(slug=_slug(record.name.text))
    before = connection.registration
    given = record.given
    registration = write_applications.registration(identity)
    columns: dict[str, Any] = {
        "name": record.name.text,
        "registration": registration,
        **{name: given[name] for name in COLUMNS if name in given},
    }
    if "create_site" in given:
        site = given["create_site"]
        columns["create_site_id"] = context.known.find_site(site) if site else None
    label = f"SSO connection {record.name.text}"
    put(context.report, connection, columns, label=label)
    write_applications.write_application(context, record, registration, before)
    if "allowed_tenants" in given:
        _write_tenants(context, connection, given["allowed_tenants"])


def _write_tenants(context: Context, connection: SsoConnection, rows: Any) -> None:
    wanted: Mapping[Hashable, Columns] = {
        row["id"]: {"tenant_id": row["id"], "label": row.get("label", "")}
        for _place, row in rows
    }
    stored: Mapping[Hashable, tuple[AllowedTenant, Columns]] = {
        row.tenant_id: (row, {"tenant_id": row.tenant_id, "label": row.label})
        for row in connection.allowed_tenants.all()
    }
    told = Listed(
        stored,
        wanted,
        lambda columns: AllowedTenant.objects.create(connection=connection, **columns),
        lambda columns: f"{connection.name}: tenant {columns['tenant_id']}",
    )
    replace(context.report, told)


def _slug(name: str) -> str:
    """Return a slug that no sign-in connection has yet."""
    stem = slugify(name)[:56] or "sso"
    taken = set(SsoConnection.objects.values_list("slug", flat=True))
    tries = (stem, *(f"{stem}-{number}" for number in range(2, len(taken) + 3)))
    return next(slug for slug in tries if slug not in taken)
