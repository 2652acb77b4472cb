"""From a connection's rows to a Graph client for its tenant."""

from __future__ import annotations

import random
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone

from connections import clouds
from connections.graph.client import GraphClient
from connections.graph.errors import NeedsAuthorisation
from connections.graph.retry import Policy
from connections.graph.sending import Pace, TokenSource
from connections.http import HttpClient
from connections.models import Authorisation, CredentialKind
from connections.sign_in import (
    AppTokens,
    CertificateCredential,
    Confidential,
    SecretCredential,
)
from connections.stored_tokens import StoredTokens

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from uuid import UUID

    from connections.models import Credential, TenantConnection


@contextmanager
def open_client(
    connection: TenantConnection,
    *,
    wait: Callable[[float], None] = time.sleep,
    policy: Policy | None = None,
) -> Iterator[GraphClient]:
    """Yield a Graph client of the connection's tenant; its connections end with it.

    It acts as the application, or on behalf of whoever authorised the connection.
    `wait` sleeps and may beat a claim; `policy` says how patient to be. Raises
    InvalidInput while the cloud is not set up, NeedsAuthorisation while there is
    nothing to sign in with.
    """
    application = application_of(connection)
    if connection.authorisation == Authorisation.APPLICATION:
        with open_application(application, wait=wait, policy=policy) as client:
            yield client
        return
    with confidential(application) as (known, http):
        tokens = StoredTokens(connection.pk, known, wait=wait)
        yield _client(known.cloud, tokens, http, wait=wait, policy=policy)


@dataclass(frozen=True, slots=True)
class Application:
    """An application of one tenant, saved or about to be, and what it signs in with."""

    cloud: str
    tenant_id: UUID
    application_id: UUID
    credentials: Sequence[SecretCredential | CertificateCredential] = field(repr=False)


@contextmanager
def open_application(
    application: Application,
    *,
    wait: Callable[[float], None] = time.sleep,
    policy: Policy | None = None,
) -> Iterator[GraphClient]:
    """Yield a Graph client that signs in as the application itself.

    Raises InvalidInput while its cloud is not set up.
    """
    with confidential(application) as (known, http):
        tokens = AppTokens(known)
        yield _client(known.cloud, tokens, http, wait=wait, policy=policy)


@contextmanager
def confidential(
    application: Application,
) -> Iterator[tuple[Confidential, HttpClient]]:
    """Yield the application as its sign-in host knows it, and the way there.

    Raises InvalidInput while its cloud is not set up.
    """
    cloud = connection_cloud(application.cloud)
    http = HttpClient(
        ca_bundle=cloud.ca_bundle,
        proxy=settings.HTTPS_PROXY,
        no_proxy=settings.NO_PROXY,
    )
    try:
        yield (
            Confidential(
                cloud=cloud,
                tenant_id=application.tenant_id,
                application_id=application.application_id,
                credentials=application.credentials,
                http=http,
            ),
            http,
        )
    finally:
        http.close()


def _client(
    cloud: clouds.Cloud,
    tokens: TokenSource,
    http: HttpClient,
    *,
    wait: Callable[[float], None],
    policy: Policy | None = None,
) -> GraphClient:
    pace = Pace(
        wait=wait, now=timezone.now, chance=random.random, policy=policy or Policy()
    )
    return GraphClient(cloud=cloud, tokens=tokens, http=http, pace=pace)


def connection_cloud(name: str) -> clouds.Cloud:
    """Return the cloud of that name; raises InvalidInput if it is not set up."""
    custom = clouds.custom_cloud(
        authority=settings.ENTRA_CUSTOM_AUTHORITY,
        graph=settings.ENTRA_CUSTOM_GRAPH,
        ca_bundle=settings.ENTRA_CA_BUNDLE,
    )
    return clouds.cloud(name, custom)


def application_of(connection: TenantConnection) -> Application:
    """Return the connection's application with what it signs in with.

    Raises NeedsAuthorisation while there is no credential, CannotDecrypt.
    """
    return Application(
        connection.cloud,
        connection.tenant_id,
        connection.registration.application_id,
        _credentials(connection),
    )


def _credentials(
    connection: TenantConnection,
) -> list[SecretCredential | CertificateCredential]:
    credentials = [credential(row) for row in connection.registration.credentials.all()]
    if not credentials:
        raise NeedsAuthorisation(
            f"{connection} has no secret and no certificate. Add the application's "
            "client secret (its value, not its id).",
            status=401,
        )
    return credentials


def credential(row: Credential) -> SecretCredential | CertificateCredential:
    """Return what a stored credential signs in with; raises CannotDecrypt."""
    if row.kind == CredentialKind.CERTIFICATE:
        return CertificateCredential(row.certificate, row.reveal())
    return SecretCredential(row.reveal())
