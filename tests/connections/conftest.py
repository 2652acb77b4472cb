"""A scripted host, and a Graph client that notes its waits instead of sleeping."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
import trustme

from connections.clouds import CUSTOM, Cloud
from connections.graph.client import GraphClient
from connections.graph.sending import Pace, TokenSource
from connections.http import HttpClient
from connections.models import Authorisation
from connections.sign_in import AppTokens, Confidential, Credential, SecretCredential
from simulator.contract import TenantInfo
from simulator.process import Simulator
from tests.connections import authorising, scripted
from tests.connections.scripted import Host

if TYPE_CHECKING:
    from pytest_django import Settings

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@dataclass
class Tokens:
    """Tokens token-1, token-2, …: a new one at each refresh."""

    refreshed: int = 0

    def token(self) -> str:
        return f"token-{self.refreshed + 1}"

    def refresh(self) -> str:
        self.refreshed += 1
        return self.token()


@dataclass
class Waits:
    """Notes how long it was asked to wait, and does not."""

    seconds: list[float] = field(default_factory=list)

    def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


@pytest.fixture
def host() -> Iterator[Host]:
    """A host over plain http."""
    with scripted.serving() as host:
        yield host


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """An authority of our own."""
    return trustme.CA()


@pytest.fixture
def ca_bundle(authority: trustme.CA, tmp_path: Path) -> str:
    """The file that makes it trusted."""
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return str(path)


@pytest.fixture
def secure_host(authority: trustme.CA) -> Iterator[Host]:
    """A host over TLS, whose certificate the authority has signed."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with scripted.serving(context) as host:
        yield host


@pytest.fixture
def tokens() -> Tokens:
    """A token source that counts its refreshes."""
    return Tokens()


@pytest.fixture
def waits() -> Waits:
    """What was waited."""
    return Waits()


@dataclass(frozen=True)
class Connect:
    """Makes Graph clients of the scripted host; chance is 0, so waits are exact."""

    host: Host
    tokens: Tokens
    waits: Callable[[float], None]
    made: list[GraphClient] = field(default_factory=list)

    def __call__(
        self,
        tokens: TokenSource | None = None,
        *,
        wait: Callable[[float], None] | None = None,
        beat: float = 20.0,
        max_body: int = 1_000_000,
    ) -> GraphClient:
        client = GraphClient(
            cloud=Cloud(CUSTOM, "https://login.example", self.host.origin),
            tokens=tokens or self.tokens,
            http=HttpClient(max_body=max_body),
            pace=Pace(
                wait=wait or self.waits,
                now=lambda: NOW,
                chance=lambda: 0.0,
                beat=beat,
            ),
        )
        self.made.append(client)
        return client


@pytest.fixture
def connect(host: Host, tokens: Tokens, waits: Waits) -> Iterator[Connect]:
    """Clients of the scripted host that are out of the ordinary."""
    connect = Connect(host, tokens, waits)
    yield connect
    for client in connect.made:
        client.close()


@pytest.fixture
def client(connect: Connect) -> GraphClient:
    """A Graph client of the scripted host."""
    return connect()


@pytest.fixture
def entra(simulator: Simulator) -> Cloud:
    """The cloud that the simulator is."""
    return Cloud(CUSTOM, simulator.origin, simulator.origin, simulator.ca)


@pytest.fixture
def entra_http(entra: Cloud) -> Iterator[HttpClient]:
    """The way there."""
    http = HttpClient(ca_bundle=entra.ca_bundle)
    yield http
    http.close()


@dataclass(frozen=True)
class SignIn:
    """Makes token sources for the application of one tenant."""

    cloud: Cloud
    tenant: TenantInfo
    http: HttpClient

    def __call__(
        self, *credentials: Credential, tenant: str = "", application: str = ""
    ) -> AppTokens:
        return AppTokens(
            Confidential(
                cloud=self.cloud,
                tenant_id=UUID(tenant or self.tenant.tenant_id),
                application_id=UUID(application or self.tenant.application_id),
                credentials=credentials or [SecretCredential(self.tenant.secret)],
                http=self.http,
            )
        )


@pytest.fixture
def sign_in(entra: Cloud, tenant: TenantInfo, entra_http: HttpClient) -> SignIn:
    """The sign-in of the tenant's application."""
    return SignIn(entra, tenant, entra_http)


@pytest.fixture
def graph(
    entra: Cloud, sign_in: SignIn, entra_http: HttpClient, waits: Waits
) -> GraphClient:
    """A Graph client of the simulated tenant."""
    return GraphClient(
        cloud=entra,
        tokens=sign_in(),
        http=entra_http,
        pace=Pace(wait=waits, now=lambda: NOW, chance=lambda: 0.0),
    )


@pytest.fixture
def _cloud(settings: Settings, simulator: Simulator) -> None:
    """The simulator as the cloud `custom` of the product."""
    settings.ENTRA_CUSTOM_AUTHORITY = simulator.origin
    settings.ENTRA_CUSTOM_GRAPH = simulator.origin
    settings.ENTRA_CA_BUNDLE = simulator.ca
    settings.AGENT_BASE_URL = "https://desk.example/app"


@pytest.fixture
def delegated(
    db: None, _cloud: None, simulator: Simulator, tenant: TenantInfo
) -> authorising.Case:
    """A connection by delegated permissions that nobody has authorised."""
    return authorising.case(simulator, tenant, Authorisation.DELEGATED)


@pytest.fixture
def application(
    db: None, _cloud: None, simulator: Simulator, tenant: TenantInfo
) -> authorising.Case:
    """A connection by application permissions that nobody has authorised."""
    return authorising.case(simulator, tenant, Authorisation.APPLICATION)
