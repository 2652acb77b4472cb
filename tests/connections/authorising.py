"""Somebody who authorises a connection at the simulated sign-in page."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from django.http import QueryDict
from django.utils import timezone

from connections import authorise, authorise_outcomes, callback
from connections.authorise_refusals import AuthorisationRefused
from connections.authorised import UNAUTHORISED
from connections.models import (
    AppRegistration,
    Authorisation,
    CloudName,
    Credential,
    TenantConnection,
)
from connections.probe import Need
from tests.factories.accounts import AccountFactory
from tests.simulator import signing_in
from tests.simulator.browser import Browser, Return

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connections.authorise_outcomes import Authorised, Outcome
    from simulator.contract import TenantInfo
    from simulator.process import Simulator


@dataclass
class Case:
    """A connection, an account with its session, and a browser at Microsoft."""

    simulator: Simulator
    tenant: TenantInfo
    connection: TenantConnection
    account_id: int
    browser: Browser
    session: dict[str, Any] = field(default_factory=dict)
    needs: Sequence[Need] = (Need.USERS,)

    def add(self, name: str, **properties: Any) -> str:
        """Make somebody in the tenant, named as the sign-in page names them."""
        return signing_in.add(self.simulator, self.tenant, name, **properties)

    def application(self, **spec: Any) -> None:
        """Change the application in the tenant."""
        tenant = self.tenant
        self.simulator.admin.set_application(
            tenant.tenant_id, tenant.application_id, **spec
        )

    def start(self, *, is_confirmed: bool = False) -> str:
        """Press Authorize; return where that leads."""
        self.connection.refresh_from_db()
        return authorise.start(
            self.connection,
            account_id=self.account_id,
            session=self.session,
            now=timezone.now(),
            is_confirmed=is_confirmed,
        )

    def back(self, person: str, **options: Any) -> Return:
        """Press Authorize and sign in as a person; return what comes back."""
        return self.browser.sign_in(self.start(), person, **options)

    def finish(self, back: Return, **changes: str) -> Outcome:
        """Return what comes of an answer, with changes."""
        parameters = QueryDict(mutable=True)
        parameters.update({**back.parameters, **changes})
        return authorise.finish(
            callback.read(parameters),
            account_id=self.account_id,
            session=self.session,
            needs=lambda _: self.needs,
            now=timezone.now(),
        )

    def authorise(self, person: str) -> Authorised:
        """Authorise the connection as a person."""
        outcome = self.finish(self.back(person))
        assert isinstance(outcome, authorise_outcomes.Authorised), outcome
        self.connection.refresh_from_db()
        return outcome


def case(simulator: Simulator, tenant: TenantInfo, kind: Authorisation) -> Case:
    """Return a connection to the tenant that nobody has authorised."""
    registration = AppRegistration.objects.create(
        cloud=CloudName.CUSTOM,
        tenant_id=tenant.tenant_id,
        application_id=tenant.application_id,
    )
    credential = Credential(registration=registration)
    credential.keep(tenant.secret)
    credential.save()
    connection = TenantConnection.objects.create(
        name=tenant.name,
        registration=registration,
        cloud=CloudName.CUSTOM,
        tenant_id=UUID(tenant.tenant_id),
        authorisation=kind,
    )
    return Case(
        simulator,
        tenant,
        connection,
        AccountFactory.create().pk,
        Browser(simulator),
    )


def refusal(case: Case, back: Any, **changes: str) -> AuthorisationRefused:
    """Demand that an answer is refused and nothing of it is kept."""
    before = kept(case)
    with pytest.raises(AuthorisationRefused) as caught:
        case.finish(back, **changes)
    assert kept(case) == before
    return caught.value


def kept(case: Case) -> dict[str, Any]:
    """Return all that the connection holds of its authorisation."""
    rows = TenantConnection.objects.filter(pk=case.connection.pk)
    names = [name for name in UNAUTHORISED if not name.startswith("renewal")]
    found: dict[str, Any] = rows.values(*names).get()
    return found
