"""One application or several, for the people of several tenants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from django.test import Client

from accounts.models import Account
from connections.models import CloudName
from sso.words import AllowedAudience, TenantType
from tests.factories.connections import TenantConnectionFactory
from tests.factories.directory import AgentFactory, EndUserFactory
from tests.factories.sso import AllowedTenantFactory
from tests.simulator import signing_in
from tests.simulator.browser import Browser
from tests.sso import signing
from tests.sso.entering import PORTAL, address, change, refused

if TYPE_CHECKING:
    from simulator.contract import TenantInfo
    from simulator.process import Simulator
    from tests.sso.signing import Visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def second(visit: Visit, entra: Simulator) -> TenantInfo:
    """A second tenant that knows the application; both are listed."""
    tenant, application = visit.tenant.tenant_id, visit.tenant.application_id
    entra.admin.set_application(tenant, application, multi_tenant=True)
    other = entra.admin.create_tenant(name="Second")
    entra.admin.set_application(other.tenant_id, application)
    change(visit, tenant_type=TenantType.MULTI)
    for listed in (tenant, other.tenant_id):
        AllowedTenantFactory.create(connection=visit.connection, tenant_id=listed)
    return other


def of(visit: Visit, tenant: TenantInfo, name: str, **properties: Any) -> str:
    """Make somebody in a tenant of choice."""
    return signing_in.add(visit.simulator, tenant, name, **properties)


@pytest.mark.rule("R044")
def test_people_of_every_listed_tenant_come_in(
    visit: Visit, second: TenantInfo
) -> None:
    ours, theirs = visit.add("ada"), of(visit, second, "ada")
    for person in (ours, theirs):
        signing.agent(person)
        assert visit.come_in(person).headers["Location"] == "/"
        visit.client.logout()

    assert sorted(Account.objects.values_list("username", flat=True)) == sorted(
        one.replace("/", ".") for one in (ours, theirs)
    )


@pytest.mark.rule("R044", "R054")
def test_an_object_id_counts_in_its_own_tenant_only(
    visit: Visit, second: TenantInfo
) -> None:
    theirs = of(visit, second, "ada")
    AgentFactory.create(
        entra_tenant_id=UUID(visit.tenant.tenant_id),
        entra_object_id=UUID(theirs.partition("/")[2]),
    )
    before = signing.counts()

    refused(visit, visit.come_in(theirs), before)


@pytest.mark.rule("R044", "R054")
def test_no_address_counts_where_there_are_several_tenants(
    visit: Visit, second: TenantInfo
) -> None:
    TenantConnectionFactory.create(
        registration=visit.connection.registration,
        cloud=CloudName.CUSTOM,
        verified_domains=[visit.tenant.domain],
    )
    EndUserFactory.create(email=address(visit))
    theirs = of(visit, second, "eve", mail=address(visit))
    before = signing.counts()

    refused(visit, visit.come_in(theirs, **PORTAL), before)


@pytest.mark.rule("R059")
def test_two_connections_to_two_tenants_work_side_by_side(
    visit: Visit, entra: Simulator
) -> None:
    other = entra.admin.create_tenant(name="Other")
    beside = signing.visit(entra, other, allow=AllowedAudience.AGENTS)
    ours, theirs = visit.add("ada"), beside.add("ada")
    for person in (ours, theirs):
        signing.agent(person)

    assert visit.come_in(ours).headers["Location"] == "/"
    assert beside.come_in(theirs).headers["Location"] == "/"
    crossed = signing.Visit(entra, other, visit.connection, Browser(entra), Client())
    led = crossed.start().headers["Location"]
    assert other.tenant_id not in led
