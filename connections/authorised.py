"""What a connection keeps of its authorisation: written, lost and taken away here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction

from common import encryption
from connections.models import TenantConnection

if TYPE_CHECKING:
    import datetime
    from collections.abc import Sequence
    from uuid import UUID

UNAUTHORISED: Final[dict[str, Any]] = {
    "authorised_by": None,
    "authorised_as": "",
    "authorised_person": None,
    "authorised_at": None,
    "authorisation_lost_at": None,
    "granted_scopes": [],
    "token_cache": "",
    # Ends a renewal under way: its tokens are not written any more.
    "renewal_token": None,
    "renewal_until": None,
}
"""The columns of a connection that nobody has authorised."""


@dataclass(frozen=True, slots=True)
class Target:
    """What is authorised: a connection as it stood when somebody pressed Authorize."""

    connection_id: int
    authorisation: str
    cloud: str
    tenant_id: str
    application_id: str

    @classmethod
    def of(cls, connection: TenantConnection) -> Target:
        """Return the connection as it stands."""
        return cls(
            connection.pk,
            str(connection.authorisation),
            str(connection.cloud),
            str(connection.tenant_id),
            str(connection.registration.application_id),
        )


@dataclass(frozen=True, slots=True)
class Authorisation:
    """What was granted, by whom: `account_id` here, `person` and `username` there."""

    account_id: int
    at: datetime.datetime
    scopes: Sequence[str]
    person: UUID | None = None
    username: str = ""
    tokens: str = ""
    """The tokens in clear, for delegated permissions."""


@transaction.atomic
def keep(target: Target, granted: Authorisation) -> TenantConnection | None:
    """Write an authorisation down; None if the connection is no longer `target`.

    Mappings, mirror and deltas stay as they are (R070).
    """
    connection = (
        TenantConnection.objects.select_for_update(of=("self",))
        .select_related("registration")
        .filter(pk=target.connection_id)
        .first()
    )
    if connection is None or Target.of(connection) != target:
        return None
    columns = UNAUTHORISED | {
        "authorised_by_id": granted.account_id,
        "authorised_as": granted.username,
        "authorised_person": granted.person,
        "authorised_at": granted.at,
        "granted_scopes": list(granted.scopes),
    }
    del columns["authorised_by"]
    if granted.tokens:
        columns["token_cache"] = encryption.encrypt(
            granted.tokens, place=connection.token_place
        )
    _write(connection, columns)
    return connection


@transaction.atomic
def disconnect(connection: TenantConnection) -> None:
    """Delete the tokens and who gave them; what was imported and mapped stays.

    Consent lives on in the tenant: `where_to_revoke` says where it ends.
    """
    locked = TenantConnection.objects.select_for_update().get(pk=connection.pk)
    _write(locked, UNAUTHORISED)
    for name, value in UNAUTHORISED.items():
        setattr(connection, name, value)


def where_to_revoke(connection: TenantConnection) -> str:
    """Return in words where the tenant takes its consent back."""
    return (
        "The tokens are deleted here. The consent itself ends in the tenant: Entra "
        "admin centre > Enterprise applications > application "
        f"{connection.registration.application_id} > Permissions, or delete the "
        "application there. Whoever authorised it may also revoke their sessions "
        "(Users > the person > Revoke sessions)."
    )


def _write(connection: TenantConnection, columns: dict[str, Any]) -> None:
    for name, value in columns.items():
        setattr(connection, name, value)
    connection.save(update_fields=[name.removesuffix("_id") for name in columns])
