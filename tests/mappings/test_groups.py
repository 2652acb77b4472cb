"""Names of groups, resolved when a run can ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from connections import access
from connections.access import Application
from connections.models import CloudName, TenantConnection
from connections.sign_in import SecretCredential
from mappings import groups
from mappings.risk import Gives
from tests.factories.connections import TenantConnectionFactory
from tests.factories.directory import AgentRoleFactory
from tests.factories.mappings import (
    AgentRoleMappingFactory,
    BoardMappingFactory,
    SiteMappingFactory,
)

if TYPE_CHECKING:
    from pytest_django import Settings

    from connections.graph.client import GraphClient
    from simulator.contract import TenantInfo
    from simulator.process import Simulator

pytestmark = pytest.mark.django_db


@pytest.fixture
def connection(db: None) -> TenantConnection:
    """A connection whose mappings wait for their groups."""
    return TenantConnectionFactory.create()


@pytest.fixture
def client(
    settings: Settings, simulator: Simulator, tenant: TenantInfo
) -> Iterator[GraphClient]:
    """A client of the tenant."""
    settings.ENTRA_CUSTOM_AUTHORITY = simulator.origin
    settings.ENTRA_CUSTOM_GRAPH = simulator.origin
    settings.ENTRA_CA_BUNDLE = simulator.ca
    application = Application(
        CloudName.CUSTOM,
        UUID(tenant.tenant_id),
        UUID(tenant.application_id),
        [SecretCredential(tenant.secret)],
    )
    with access.open_application(application) as client:
        yield client


@pytest.fixture
def make(simulator: Simulator, tenant: TenantInfo) -> Callable[..., UUID]:
    """A way to make a group of the tenant; returns its id."""

    def group(name: str, **properties: Any) -> UUID:
        card = simulator.admin.put_group(
            tenant.tenant_id, displayName=name, **properties
        )
        return UUID(card["id"])

    return group


def version(connection: TenantConnection) -> int:
    """Return the version of the connection's rules as it is saved."""
    connection.refresh_from_db()
    return connection.rules_version


def test_every_mapping_gets_its_group_and_the_rules_one_version(
    connection: TenantConnection, client: GraphClient, make: Callable[..., UUID]
) -> None:
    group_id = make("SG-Desk")
    waiting = {"connection": connection, "group_id": None, "group_name": "sg-desk"}
    rows: list[groups.Row] = [
        SiteMappingFactory.create(**waiting),
        AgentRoleMappingFactory.create(**waiting),
        BoardMappingFactory.create(**waiting),
    ]

    assert groups.resolve_pending(connection, client) == []
    for row in rows:
        row.refresh_from_db()
        assert (row.group_id, row.group_name) == (group_id, "sg-desk")
    assert version(connection) == 2


def test_nothing_to_resolve_asks_nobody(
    connection: TenantConnection,
    client: GraphClient,
    simulator: Simulator,
    tenant: TenantInfo,
) -> None:
    AgentRoleMappingFactory.create(connection=connection)
    SiteMappingFactory.create(connection=connection)
    simulator.admin.reset_requests()

    assert groups.resolve_pending(connection, client) == []
    assert simulator.admin.requests(tenant.tenant_id) == []
    assert version(connection) == 1


@pytest.mark.rule("R097")
def test_a_name_without_a_group_waits_and_the_others_go_on(
    connection: TenantConnection, client: GraphClient, make: Callable[..., UUID]
) -> None:
    make("SG-Here")
    for name in ("SG-Here", "SG-Ghost"):
        SiteMappingFactory.create(connection=connection, group_name=name)
    [problem] = groups.resolve_pending(connection, client)

    assert problem.name == "SG-Ghost"
    assert "No group in the tenant is called 'SG-Ghost'" in problem.text
    assert [row.group_name for row in groups.pending(connection)] == ["SG-Ghost"]
    assert version(connection) == 2


def test_a_name_of_two_groups_waits(
    connection: TenantConnection, client: GraphClient, make: Callable[..., UUID]
) -> None:
    ids = [make("SG-Twin"), make("SG-Twin")]
    SiteMappingFactory.create(connection=connection, group_name="SG-Twin")
    [problem] = groups.resolve_pending(connection, client)

    assert all(str(one) in problem.text for one in ids)
    assert version(connection) == 1


def test_a_public_group_serves_for_a_site_and_not_for_agents(
    connection: TenantConnection, client: GraphClient, make: Callable[..., UUID]
) -> None:
    make(
        "Open",
        groupTypes=["Unified"],
        mailEnabled=True,
        securityEnabled=False,
        visibility="Public",
    )
    SiteMappingFactory.create(connection=connection, group_name="Open")
    SiteMappingFactory.create(
        connection=connection, is_agent=True, site=None, group_name="Open"
    )
    [problem] = groups.resolve_pending(connection, client)

    assert "can join this public group" in problem.text
    assert [groups.gives(row) for row in groups.pending(connection)] == [Gives.AGENT]


def test_a_mapping_that_another_already_makes_waits(
    connection: TenantConnection, client: GraphClient, make: Callable[..., UUID]
) -> None:
    group_id, role = make("SG-Desk"), AgentRoleFactory.create()
    AgentRoleMappingFactory.create(connection=connection, group_id=group_id, role=role)
    AgentRoleMappingFactory.create(
        connection=connection, group_id=None, group_name="SG-Desk", role=role
    )
    [problem] = groups.resolve_pending(connection, client)

    assert "says the same as another mapping" in problem.text


def test_a_missing_permission_is_a_problem_of_each_name(
    connection: TenantConnection, client: GraphClient, simulator: Simulator
) -> None:
    SiteMappingFactory.create(connection=connection, group_name="SG-Desk")
    simulator.admin.fault(path="/groups", status=403)
    [problem] = groups.resolve_pending(connection, client)

    assert problem.text.startswith("403 Forbidden")
