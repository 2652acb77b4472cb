"""Somebody with a browser, the desk and the simulated sign-in page."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.cache import cache
from django.test import Client

from accounts.models import Account
from connections.models import AppRegistration, CloudName, Credential, Module
from connections.switch import ENTRA
from directory.models import Agent, EndUser
from sso.models import SignInEvent, SsoConnection
from tests.factories.directory import AgentFactory, EndUserFactory
from tests.factories.sso import SsoConnectionFactory
from tests.simulator import signing_in
from tests.simulator.browser import Browser, Return

if TYPE_CHECKING:
    from simulator.contract import TenantInfo
    from simulator.process import Simulator

ANSWER = "/auth/account/azureresponse"


@dataclass
class Visit:
    """One person's browser: at the desk (`client`) and at Microsoft (`browser`)."""

    simulator: Simulator
    tenant: TenantInfo
    connection: SsoConnection
    browser: Browser
    client: Client = field(default_factory=Client)

    def add(self, name: str, **properties: Any) -> str:
        """Make somebody in the tenant, named as the sign-in page names them."""
        return signing_in.add(self.simulator, self.tenant, name, **properties)

    def start(self, **query: str) -> Any:
        """Press the button of the connection."""
        return self.client.get(f"/auth/account/azure/{self.connection.slug}", query)

    def back(self, person: str, **query: str) -> Return:
        """Press the button, sign in as a person; return what Microsoft sends back."""
        answer = self.start(**query)
        assert answer.status_code == 302, answer
        return self.browser.sign_in(answer.headers["Location"], person)

    def answer(self, back: Return, **changes: str) -> Any:
        """Bring an answer back as a browser does: a POST without cookies, then GET."""
        found = Client().post(ANSWER, {**back.parameters, **changes})
        if found.status_code != 303:
            return found
        return self.client.get(
            found.headers["Location"].partition("://localhost:8000")[2]
            or found.headers["Location"]
        )

    def come_in(self, person: str, **query: str) -> Any:
        """Sign in as a person, all the way."""
        return self.answer(self.back(person, **query))


def visit(simulator: Simulator, tenant: TenantInfo, **settings: Any) -> Visit:
    """Return a visit to a desk with one published connection to the tenant.

    Attempts that other tests made from this address do not count.
    """
    cache.clear()
    Module.objects.update_or_create(slug=ENTRA, defaults={"enabled": True})
    registration, is_new = AppRegistration.objects.get_or_create(
        cloud=CloudName.CUSTOM,
        tenant_id=tenant.tenant_id,
        application_id=tenant.application_id,
    )
    if is_new:
        credential = Credential(registration=registration)
        credential.keep(tenant.secret)
        credential.save()
    connection = SsoConnectionFactory.create(
        registration=registration, **{"published": True, **settings}
    )
    return Visit(simulator, tenant, connection, Browser(simulator))


def identity(person: str) -> dict[str, UUID]:
    """Return the columns of a record that is this person."""
    tenant_id, _, object_id = person.partition("/")
    return {"entra_tenant_id": UUID(tenant_id), "entra_object_id": UUID(object_id)}


def agent(person: str, **columns: Any) -> Agent:
    """Make the agent that a person is."""
    return AgentFactory.create(**identity(person), **columns)


def user(person: str, **columns: Any) -> EndUser:
    """Make the user that a person is."""
    return EndUserFactory.create(**identity(person), **columns)


def counts() -> tuple[int, ...]:
    """Return how many rows there are of all that a sign-in may make."""
    linked = (
        model.objects.exclude(account=None).count()
        + model.objects.exclude(entra_object_id=None).count()
        for model in (Agent, EndUser)
    )
    return (
        Account.objects.count(),
        Agent.objects.count(),
        EndUser.objects.count(),
        *linked,
    )


def events() -> list[str]:
    """Return the reasons of the sign-in log, the oldest first."""
    return list(SignInEvent.objects.order_by("pk").values_list("reason", flat=True))


def denied(answer: Any) -> str:
    """Return the reason that a page of refusal carries."""
    text = answer.content.decode()
    assert "data-denied=" in text, text
    return str(text.partition('data-denied="')[2].partition('"')[0])


def is_in(client: Client) -> bool:
    """Return whether the client's session is somebody's."""
    return "_auth_user_id" in client.session


def refused(visit: Visit, answer: Any, reason: str, before: tuple[int, ...]) -> None:
    """Demand a refusal for that reason, one row in the log and nothing else."""
    assert answer.status_code == 403
    assert denied(answer) == reason
    assert events() == [reason]
    assert counts() == before
    assert not is_in(visit.client)
