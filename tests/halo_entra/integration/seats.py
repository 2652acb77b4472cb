"""An agent who authorises a connection in the browser."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.test import Client

from connections.authorised import UNAUTHORISED
from connections.models import TenantConnection
from tests.simulator import signing_in

if TYPE_CHECKING:
    from directory.models import Agent
    from tests.bench import Desk
    from tests.simulator.browser import Browser, Return


@dataclass
class Seat:
    """An agent's browser before a delegated connection that nobody has authorised."""

    desk: Desk
    client: Client
    agent: Agent
    microsoft: Browser

    @property
    def pk(self) -> int:
        """Return the connection's key."""
        return self.desk.connection.pk

    @property
    def details(self) -> str:
        """Return the address of its Details tab."""
        base = "/configuration/integrations/microsoft-entra-id/tenants"
        return f"{base}/{self.pk}/details/"

    def add(self, name: str, **properties: Any) -> str:
        """Make somebody in the tenant."""
        simulator, tenant = self.microsoft.simulator, self.desk.tenant
        return signing_in.add(simulator, tenant, name, **properties)

    def press(self, **fields: str) -> str:
        """Press Authorize; return where that leads."""
        answer = self.client.post(f"/azure/authorize/{self.pk}", fields)
        assert answer.status_code == 303, answer.content
        return str(answer["Location"])

    def back(self, person: str, **options: Any) -> Return:
        """Press Authorize, sign in at Microsoft, return what it sends back."""
        return self.microsoft.sign_in(self.press(), person, **options)

    def arrive(self, back: Return, client: Client | None = None) -> Any:
        """Post the answer as a browser does across sites, and go where that leads."""
        assert back.method == "POST"
        parked = Client(enforce_csrf_checks=True).post(
            urlsplit(back.address).path, back.parameters
        )
        if parked.status_code != 303:
            return parked
        return (client or self.client).get(parked["Location"])

    def kept(self) -> dict[str, Any]:
        """Return all that the connection holds of its authorisation."""
        rows = TenantConnection.objects.filter(pk=self.pk)
        found: dict[str, Any] = rows.values(*UNAUTHORISED).get()
        return found


def said(seat: Seat) -> str:
    """Return the Details tab with its banners."""
    return seat.client.get(seat.details).content.decode()


def denied(answer: Any) -> str:
    """Return why an answer was refused."""
    assert answer.status_code == 403
    page: str = answer.content.decode()
    return page.partition('data-denied="')[2].partition('"')[0]
