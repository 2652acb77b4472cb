"""What the form of an SSO connection saves, by the configuration file's own rules."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import transaction

from connections import credentials
from connections.models import CloudName
from directory import break_glass
from halo_entra.configuration import identities, known, write_sign_in
from halo_entra.configuration.check_connections import sign_in_rules
from halo_entra.configuration.entries import Configuration, Desk, Record
from halo_entra.configuration.identities import Identity
from halo_entra.configuration.problems import Place, Problems
from halo_entra.configuration.readers import Name
from halo_entra.configuration.rows import Report
from halo_entra.configuration.secrets import Secrets
from halo_entra.configuration.write_applications import Context
from sso.models import SsoConnection

if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from directory.models import Site

FORM = Place(0, "name")


@dataclass(frozen=True, slots=True)
class SsoDetails:
    """What the form says; `settings` are columns by name."""

    name: str
    cloud: CloudName
    tenant_id: UUID | None
    application_id: UUID | None
    settings: Mapping[str, Any]
    create_site: Site | None
    allowed_tenants: Sequence[tuple[UUID, str]]


def wrong(details: SsoDetails, stored: SsoConnection | None) -> dict[str, str]:
    """Return what the details may not be, by the field that is wrong."""
    others = [
        one
        for one in identities.all_of(Configuration(Desk(), {}, (), ()))
        if stored is None or one.imports or one.name.key != stored.name_key
    ]
    problems = Problems("form")
    identities.check([_identity(details), *others], problems)
    found = {one.path: one.text for one in reversed(problems.found)}
    settings = {
        **details.settings,
        "application_id": details.application_id,
        "create_site": details.create_site,
        "allowed_tenants": details.allowed_tenants,
    }
    for key, is_wrong, text in sign_in_rules(settings, break_glass.lacks()):
        if is_wrong:
            found.setdefault(key, text)
    return found


@transaction.atomic
def save(
    details: SsoDetails,
    stored: SsoConnection | None = None,
    *,
    secret: str = "",
    expires_on: datetime.date | None = None,
) -> SsoConnection:
    """Save a connection that `wrong` finds nothing wrong with, and a new secret."""
    if stored is not None and stored.name != details.name:
        stored.name = details.name
        stored.save(update_fields=["name", "name_key"])
    given = {
        **details.settings,
        "allowed_tenants": [
            (FORM, {"id": tenant, "label": label})
            for tenant, label in details.allowed_tenants
        ],
    }
    record = Record(Name(details.name, FORM), given)
    context = Context(known.stored(), Secrets(Path()), Report())
    write_sign_in.write(context, record, _identity(details))
    row = SsoConnection.objects.get(name_key=record.name.key)
    if row.create_site != details.create_site:
        row.create_site = details.create_site
        row.save(update_fields=["create_site"])
    if secret and row.registration:
        credentials.add(row.registration, secret, expires_on=expires_on)
    return row


def _identity(details: SsoDetails) -> Identity:
    return Identity(
        Name(details.name, FORM),
        imports=False,
        cloud=details.cloud,
        tenant_id=details.tenant_id,
        application_id=details.application_id,
        place=FORM,
    )
