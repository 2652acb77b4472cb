"""Groups of a delegated connection are asked on behalf of who authorised it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connections.models import AppRegistration, Credential, TenantConnection
from mappings.models import AgentRoleMapping
from tests.connections.authorising import Case
from tests.factories.accounts import AccountFactory
from tests.halo_entra.configuration.files import Files, asking
from tests.simulator.browser import Browser

if TYPE_CHECKING:
    from simulator.contract import TenantInfo
    from simulator.process import Simulator

ROLE = "agent_role_mappings: [{group: SG-Desk, role: Analyst}]"
DELEGATED = "authorisation: delegated\n"


@pytest.fixture
def group(simulator: Simulator, asked: TenantInfo) -> str:
    """A group of the tenant."""
    card = simulator.admin.put_group(asked.tenant_id, displayName="SG-Desk")
    return str(card["id"])


def authorise(simulator: Simulator, tenant: TenantInfo) -> TenantConnection:
    """Let somebody of the tenant authorise its connection."""
    connection = TenantConnection.objects.get()
    account, browser = AccountFactory.create(), Browser(simulator)
    case = Case(simulator, tenant, connection, account.pk, browser)
    case.authorise(case.add("ada"))
    return connection


def test_before_anybody_has_authorised_names_wait(
    files: Files, asked: TenantInfo, group: str
) -> None:
    applied = files.apply(asking(asked, DELEGATED + ROLE))

    assert applied.unresolved_groups == ("SG-Desk",)


def test_the_tokens_of_who_authorised_resolve_names(
    files: Files, simulator: Simulator, asked: TenantInfo, group: str
) -> None:
    files.apply(asking(asked, DELEGATED))
    authorise(simulator, asked)
    applied = files.apply(asking(asked, DELEGATED + ROLE))

    assert applied.unresolved_groups == ()
    assert str(AgentRoleMapping.objects.get().group_id) == group


def test_another_application_loses_secrets_and_tokens(
    files: Files, simulator: Simulator, asked: TenantInfo, group: str
) -> None:
    files.apply(asking(asked, DELEGATED))
    before = authorise(simulator, asked)
    text = asking(asked, DELEGATED + ROLE)
    other = "22222222-2222-4222-8222-222222222222"
    applied = files.apply(text.replace(asked.application_id, other))

    assert applied.unresolved_groups == ("SG-Desk",)
    row = TenantConnection.objects.get()
    assert (row.token_cache, row.authorised_person, row.authorised_at) == (
        "",
        None,
        None,
    )
    assert not AppRegistration.objects.filter(pk=before.registration_id).exists()
    assert Credential.objects.count() == 1
