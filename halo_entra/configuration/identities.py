"""Which tenant and application each connection has once the file is applied, and the
rules that hold over all of them together (AM-02, AM-03, R014, R015, R042)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from django.conf import settings

from common.errors import InvalidInput
from connections import clouds
from connections.models import AppRegistration, CloudName, TenantConnection
from halo_entra.configuration.entries import Configuration, Record
from halo_entra.configuration.problems import Place, Problems, Wrong
from halo_entra.configuration.readers import Name
from sso.models import SsoConnection

T = TypeVar("T", bound=object)
APPLICATION_ONCE = (
    "Application {application} already belongs to tenant {tenant} ({name}). "
    "Multi-tenanted apps cannot be used to import users from multiple Azure tenants: "
    "configure a separate application in each Azure tenant."
)


@dataclass(frozen=True, slots=True)
class Identity:
    """One connection as it will be; `place` is None for one not in the file."""

    name: Name
    imports: bool
    cloud: CloudName
    tenant_id: UUID | None
    application_id: UUID | None
    place: Place | None
    is_new: bool = False
    fetched_as: tuple[CloudName, UUID] | None = None
    """Cloud and tenant of the first fetch, after which they are read-only."""

    def at(self, key: str) -> Place:
        """Return where `key` of a connection in the file would stand."""
        assert self.place is not None
        return Place(self.place.line, Record(self.name, {}).path(key))


KEYS = ("cloud", "tenant_id", "application_id")


def all_of(configuration: Configuration) -> list[Identity]:
    """Return every connection of the file, then those only in the database."""
    stored = {
        (one.imports, one.name.key): one
        for one in (*_stored_tenants(), *_stored_sign_ins())
    }
    named = [
        _merged(record, stored.get((imports, record.name.key)), imports=imports)
        for imports, records in (
            (True, configuration.connections),
            (False, configuration.sso_connections),
        )
        for record in records
    ]
    seen = {(one.imports, one.name.key) for one in named}
    return named + [one for key, one in stored.items() if key not in seen]


def check(identities: Sequence[Identity], problems: Problems) -> None:
    """Note what the connections of the file may not be, alone or together."""
    _check_names(identities, problems)
    identities = [one for one in identities if not _is_unclear(one, problems)]
    for one in identities:
        if one.place is not None:
            with problems.caught():
                _check_alone(one)
    _check_tenants([one for one in identities if one.imports], problems)
    _check_applications(identities, problems)


def _is_unclear(one: Identity, problems: Problems) -> bool:
    """Return whether the file names the tenant or application, but wrongly."""
    if one.place is None:
        return False
    record = Record(one.name, {})
    return any(problems.touch(record.path(key)) for key in KEYS)


def _stored_tenants() -> Iterable[Identity]:
    for row in TenantConnection.objects.select_related("registration"):
        cloud = CloudName(row.cloud)
        yield Identity(
            Name(row.name, Place(0)),
            imports=True,
            cloud=cloud,
            tenant_id=row.tenant_id,
            application_id=row.registration.application_id,
            place=None,
            fetched_as=(cloud, row.tenant_id) if row.first_fetched_at else None,
        )


def _stored_sign_ins() -> Iterable[Identity]:
    for row in SsoConnection.objects.select_related("registration"):
        registration: AppRegistration | None = row.registration
        yield Identity(
            Name(row.name, Place(0)),
            imports=False,
            cloud=CloudName(registration.cloud if registration else CloudName.GLOBAL),
            tenant_id=registration.tenant_id if registration else None,
            application_id=registration.application_id if registration else None,
            place=None,
        )


def _merged(record: Record, stored: Identity | None, *, imports: bool) -> Identity:
    given = record.given
    return Identity(
        record.name,
        imports,
        given.get("cloud", stored.cloud if stored else CloudName.GLOBAL),
        given.get("tenant_id", stored.tenant_id if stored else None),
        given.get("application_id", stored.application_id if stored else None),
        record.place,
        is_new=stored is None,
        fetched_as=stored.fetched_as if stored else None,
    )


def _check_alone(one: Identity) -> None:
    if one.imports and (one.tenant_id is None or one.application_id is None):
        key = "tenant_id" if one.tenant_id is None else "application_id"
        raise Wrong(one.at(key), "A new connection needs tenant_id and application_id.")
    if (one.tenant_id is None) != (one.application_id is None):
        key = "tenant_id" if one.tenant_id is None else "application_id"
        raise Wrong(
            one.at(key),
            "Give tenant_id and application_id together: the tenant is the one in "
            "which the application is registered.",
        )
    if one.fetched_as and one.fetched_as != (one.cloud, one.tenant_id):
        raise Wrong(
            one.at("tenant_id"),
            "Cloud and tenant are read-only after the first import. Make a new "
            "connection for the other tenant.",
        )
    _check_cloud(one)


def _check_cloud(one: Identity) -> None:
    try:
        custom = clouds.custom_cloud(
            authority=settings.ENTRA_CUSTOM_AUTHORITY,
            graph=settings.ENTRA_CUSTOM_GRAPH,
            ca_bundle=settings.ENTRA_CA_BUNDLE,
        )
        clouds.cloud(one.cloud, custom)
    except InvalidInput as exc:
        raise Wrong(one.at("cloud"), str(exc)) from None


def _check_names(identities: Sequence[Identity], problems: Problems) -> None:
    count = Counter(one.name.key for one in identities)
    for one in identities:
        if count[one.name.key] > 1 and one.place is not None:
            problems.add(
                one.at("name"),
                f"The name {one.name.text!r} is used twice. Names are unique over "
                "tenants and SSO connections together, whatever their case.",
            )


def _check_tenants(imports: Sequence[Identity], problems: Problems) -> None:
    count = Counter((one.cloud, one.tenant_id) for one in imports)
    for one in imports:
        if one.place and one.tenant_id and count[one.cloud, one.tenant_id] > 1:
            others = [
                other.name.text
                for other in imports
                if other is not one
                and (other.cloud, other.tenant_id) == (one.cloud, one.tenant_id)
            ]
            problems.add(
                one.at("tenant_id"),
                f"The tenant {one.tenant_id} already has a connection: {others[0]!r}. "
                "A tenant has one connection.",
            )


def _check_applications(identities: Sequence[Identity], problems: Problems) -> None:
    for one in identities:
        if one.place is None or one.application_id is None:
            continue
        for other in identities:
            same = (other.cloud, other.application_id) == (
                one.cloud,
                one.application_id,
            )
            if same and other.tenant_id != one.tenant_id:
                text = APPLICATION_ONCE.format(
                    application=one.application_id,
                    tenant=other.tenant_id,
                    name=other.name.text,
                )
                problems.add(one.at("application_id"), text)
                break
