"""From a connection's rows to a Graph client for its tenant."""

from __future__ import annotations

import random
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone

from connections import clouds
from connections.graph.client import GraphClient
from connections.graph.errors import NeedsAuthorisation
from connections.graph.sending import Pace
from connections.http import HttpClient
from connections.models import Authorisation, CredentialKind
from connections.sign_in import AppTokens, CertificateCredential, SecretCredential

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from connections.models import Credential, TenantConnection


@contextmanager
def open_client(
    connection: TenantConnection, *, wait: Callable[[float], None] = time.sleep
) -> Iterator[GraphClient]:
    """Yield a Graph client of the connection's tenant; its connections end with it.

    `wait` sleeps and may beat a claim. Raises InvalidInput while the cloud is not set
    up, NeedsAuthorisation while there is nothing to sign in with.
    """
    cloud = connection_cloud(connection.cloud)
    http = HttpClient(
        ca_bundle=cloud.ca_bundle,
        proxy=settings.HTTPS_PROXY,
        no_proxy=settings.NO_PROXY,
    )
    client = GraphClient(
        cloud=cloud,
        tokens=_tokens(connection, cloud, http),
        http=http,
        pace=Pace(wait=wait, now=timezone.now, chance=random.random),
    )
    try:
        yield client
    finally:
        client.close()


def connection_cloud(name: str) -> clouds.Cloud:
    """Return the cloud of that name; raises InvalidInput if it is not set up."""
    custom = clouds.custom_cloud(
        authority=settings.ENTRA_CUSTOM_AUTHORITY,
        graph=settings.ENTRA_CUSTOM_GRAPH,
        ca_bundle=settings.ENTRA_CA_BUNDLE,
    )
    return clouds.cloud(name, custom)


def _tokens(
    connection: TenantConnection, cloud: clouds.Cloud, http: HttpClient
) -> AppTokens:
    if connection.authorisation == Authorisation.DELEGATED:
        raise NeedsAuthorisation(
            f"{connection} uses delegated permissions and nobody has authorised it. "
            "Press Authorize, or set its authorisation to application.",
            status=401,
        )
    registration = connection.registration
    credentials = [_credential(row) for row in registration.credentials.all()]
    if not credentials:
        raise NeedsAuthorisation(
            f"{connection} has no secret and no certificate. Add the application's "
            "client secret (its value, not its id).",
            status=401,
        )
    return AppTokens(
        cloud=cloud,
        tenant_id=connection.tenant_id,
        application_id=registration.application_id,
        credentials=credentials,
        http=http,
    )


def _credential(row: Credential) -> SecretCredential | CertificateCredential:
    if row.kind == CredentialKind.CERTIFICATE:
        return CertificateCredential(row.certificate, row.reveal())
    return SecretCredential(row.reveal())
