"""How sign-in connections are written to the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from common import keys
from halo_entra.configuration import export_applications
from sso.models import SsoConnection
from sso.words import TenantType

if TYPE_CHECKING:
    from common.types import JsonObject

DEFAULT = "Default"
"""The sign-in connection that every installation has (R041)."""
COLUMNS = (
    "published",
    "allow",
    "allow_guests",
    "second_factor",
    "auto_redirect",
    "link_by_address",
    "create_users",
)


def is_untouched(row: SsoConnection) -> bool:
    """Return whether it is the Default of every installation, with nothing set."""
    fresh = SsoConnection()
    return (
        row.name_key == keys.key(DEFAULT)
        and row.registration is None
        and all(
            getattr(row, name) == getattr(fresh, name)
            for name in ("tenant_type", "create_site", *COLUMNS)
        )
        and not row.allowed_tenants.exists()
    )


def connection(row: SsoConnection) -> JsonObject:
    """Return a sign-in connection as the file names it."""
    found: JsonObject = {"name": row.name, "tenant_type": row.tenant_type}
    if row.registration:
        found |= {
            "cloud": row.registration.cloud,
            "tenant_id": str(row.registration.tenant_id),
            "application_id": str(row.registration.application_id),
            **export_applications.credentials(row.registration),
        }
    # Kept for a single tenant too, where they do nothing until its type changes.
    tenants = list(row.allowed_tenants.order_by("label", "tenant_id"))
    if tenants or row.tenant_type == TenantType.MULTI:
        found["allowed_tenants"] = [
            {"id": str(one.tenant_id), **({"label": one.label} if one.label else {})}
            for one in tenants
        ]
    found |= {name: getattr(row, name) for name in COLUMNS}
    if row.create_site:
        found["create_site"] = export_applications.site(row.create_site)
    return found
