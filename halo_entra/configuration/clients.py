"""Graph clients of connections as they will be once the file is applied."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from connections import access
from connections.access import Application
from connections.graph.errors import NeedsAuthorisation
from connections.graph.retry import Policy
from connections.models import (
    AppRegistration,
    Authorisation,
    CredentialKind,
    TenantConnection,
)
from connections.sign_in import CertificateCredential, Credential, SecretCredential

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from connections.graph.client import GraphClient
    from halo_entra.configuration.entries import CredentialEntry, Record
    from halo_entra.configuration.identities import Identity
    from halo_entra.configuration.secrets import Secrets

PATIENCE = Policy(tries=2, cap=5.0, patience=30.0)
"""Somebody waits for the command; a run is more patient."""


@contextmanager
def open_client(
    record: Record, identity: Identity, secrets: Secrets
) -> Iterator[GraphClient]:
    """Yield a client that signs in as the connection will once the file is applied.

    Raises NeedsAuthorisation while there is nothing to sign in with.
    """
    rows = TenantConnection.objects.select_related("registration")
    stored = rows.filter(name_key=record.name.key).first()
    authorisation = record.given.get(
        "authorisation",
        stored.authorisation if stored else Authorisation.APPLICATION,
    )
    if authorisation == Authorisation.APPLICATION:
        application = _application(record, identity, secrets)
        with access.open_application(application, policy=PATIENCE) as client:
            yield client
        return
    if stored is None or not _is_authorised(stored, identity):
        raise NeedsAuthorisation("Nobody has authorised the connection yet.")
    with access.open_client(stored, policy=PATIENCE) as client:
        yield client


def _is_authorised(stored: TenantConnection, identity: Identity) -> bool:
    """Return whether somebody's tokens are there that the file does not void."""
    return (
        bool(stored.token_cache)
        and stored.registration.application_id == identity.application_id
        and stored.tenant_id == identity.tenant_id
    )


def _application(record: Record, identity: Identity, secrets: Secrets) -> Application:
    """Return what signs in at the tenant once the file is applied."""
    if identity.tenant_id is None or identity.application_id is None:
        raise NeedsAuthorisation("The connection names no application.")
    if "credentials" in record.given:
        credentials = [_credential(one, secrets) for one in record.given["credentials"]]
    else:
        credentials = _stored_credentials(identity.cloud, identity.application_id)
    if not credentials:
        raise NeedsAuthorisation("The connection has no secret and no certificate.")
    return Application(
        identity.cloud, identity.tenant_id, identity.application_id, credentials
    )


def _credential(entry: CredentialEntry, secrets: Secrets) -> Credential:
    value = secrets.value(entry)
    if entry.kind is CredentialKind.CERTIFICATE:
        return CertificateCredential(value.certificate, value.text)
    return SecretCredential(value.text)


def _stored_credentials(cloud: str, application_id: UUID) -> list[Credential]:
    registration = AppRegistration.objects.filter(
        cloud=cloud, application_id=application_id
    ).first()
    if registration is None:
        return []
    return [access.credential(row) for row in registration.credentials.all()]
