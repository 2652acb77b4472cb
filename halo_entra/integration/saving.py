"""What the tenant's forms save, by the checks and writers of the configuration file.

A form and a file that say the same do the same: one set of rules, one way to write.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import transaction

from connections import credentials
from connections.models import CloudName, TenantConnection
from halo_entra.configuration import identities, known, write_connections
from halo_entra.configuration.entries import Configuration, Desk, Record
from halo_entra.configuration.groups import KnownGroups
from halo_entra.configuration.identities import Identity
from halo_entra.configuration.problems import Place, Problems
from halo_entra.configuration.readers import Name
from halo_entra.configuration.rows import Report
from halo_entra.configuration.secrets import Secrets
from halo_entra.configuration.write_applications import Context

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable
    from uuid import UUID

FORM = Place(0, "name")


@dataclass(frozen=True, slots=True)
class TenantDetails:
    """What the form of a tenant says."""

    name: str
    cloud: CloudName
    tenant_id: UUID
    application_id: UUID
    authorisation: str
    own_tenant: bool
    notify: list[str]


def wrong(details: TenantDetails, stored: TenantConnection | None) -> dict[str, str]:
    """Return what the details may not be, by the field that is wrong."""
    mine = _identity(details, stored)
    others = [
        one
        for one in identities.all_of(Configuration(Desk(), {}, (), ()))
        if stored is None or not (one.imports and one.name.key == stored.name_key)
    ]
    problems = Problems("form")
    identities.check([mine, *others], problems)
    return {one.path: one.text for one in reversed(problems.found)}


@transaction.atomic
def save(
    details: TenantDetails,
    stored: TenantConnection | None = None,
    *,
    secret: str = "",
    expires_on: datetime.date | None = None,
) -> TenantConnection:
    """Save a tenant that `wrong` finds nothing wrong with, with its first secret.

    A new one gets the default field mappings. A changed application or tenant loses
    its secrets and its authorisation.
    """
    if stored is not None and stored.name != details.name:
        stored.name = details.name
        stored.save(update_fields=["name", "name_key"])
    record = Record(Name(details.name, FORM), _given(details))
    context = Context(known.stored(), Secrets(Path()), Report())
    write_connections.write(context, record, _identity(details, stored), KnownGroups())
    row = TenantConnection.objects.select_related("registration").get(
        name_key=record.name.key
    )
    if secret:
        credentials.add(row.registration, secret, expires_on=expires_on)
    return row


def other_uses(but: TenantConnection) -> Iterable[str]:
    """Return the names of other connections that use the same application (AM-02)."""
    registration = but.registration
    tenants = registration.connections.exclude(pk=but.pk)
    yield from tenants.values_list("name", flat=True)
    yield from registration.sso_connections.values_list("name", flat=True)


def _identity(details: TenantDetails, stored: TenantConnection | None) -> Identity:
    fetched = stored is not None and stored.first_fetched_at is not None
    return Identity(
        Name(details.name, FORM),
        imports=True,
        cloud=details.cloud,
        tenant_id=details.tenant_id,
        application_id=details.application_id,
        place=FORM,
        is_new=stored is None,
        fetched_as=(CloudName(stored.cloud), stored.tenant_id)
        if stored is not None and fetched
        else None,
    )


def _given(details: TenantDetails) -> dict[str, Any]:
    return {
        "cloud": details.cloud,
        "tenant_id": details.tenant_id,
        "application_id": details.application_id,
        "authorisation": details.authorisation,
        "own_tenant": details.own_tenant,
        "notify": details.notify,
    }
