"""How applications, credentials, sites and groups are written to the file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from common import keys
from connections.models import CredentialKind

if TYPE_CHECKING:
    from uuid import UUID

    from common.types import Json, JsonObject
    from connections.models import AppRegistration, Credential
    from directory.models import Site

ODD = re.compile(r"[^A-Z0-9]+")


def credentials(registration: AppRegistration) -> JsonObject:
    """Return where the application's credentials come from, as the file names it.

    One that was typed gets the name of a variable to put it in.
    """
    rows = list(registration.credentials.order_by("position"))
    stem = _variable(registration)
    listed = [_credential(row, stem, at) for at, row in enumerate(rows)]
    if len(listed) == 1 and listed[0].keys() == {"secret"}:
        return {"client_secret": listed[0]["secret"]}
    return {"credentials": listed} if listed else {}


def _credential(row: Credential, stem: str, at: int) -> JsonObject:
    end = f"_{at + 1}" if at else ""
    if row.kind == CredentialKind.SECRET:
        found: JsonObject = {"secret": row.reference or {"env": f"{stem}_SECRET{end}"}}
    else:
        certificate = {"env": f"{stem}_CERTIFICATE{end}"}
        private_key = {"env": f"{stem}_PRIVATE_KEY{end}"}
        found = {
            "certificate": row.certificate_reference or certificate,
            "private_key": row.reference or private_key,
        }
    return {**found, "expires_on": row.expires_on} if row.expires_on else found


def _variable(registration: AppRegistration) -> str:
    """Return the stem of variables for an application: its first connection's name."""
    tenant = registration.connections.order_by("name_key").first()
    owner = tenant or registration.sso_connections.order_by("name_key").first()
    stem = ODD.sub("_", owner.name.upper() if owner else "").strip("_")
    return stem if stem[:1].isalpha() else f"CONNECTION_{stem}".rstrip("_")


def site(row: Site) -> Json:
    """Return a site as `Organisation / Site`, by its two names if that is unclear."""
    organisation = row.organisation.name
    if " / " in organisation or " / " in row.name:
        return {"organisation": organisation, "site": row.name}
    return f"{organisation} / {row.name}"


def group(group_id: UUID | None, name: str) -> Json:
    """Return a group by id and name; by its name alone until it is resolved."""
    name = keys.tidy(name)
    if group_id is None:
        return name
    return {"id": str(group_id), "name": name} if name else {"id": str(group_id)}
