"""Old agents and people who look alike: linked, or left for review (R126)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from common.rights import Permission
from connections.models import TenantConnection
from directory.models import Agent, EndUser
from imports.engine.types import Action, Reason
from mappings.words import Kind
from tests import bench
from tests.factories.accounts import AccountFactory
from tests.factories.connections import TenantConnectionFactory

if TYPE_CHECKING:
    from uuid import UUID

    from imports.models import Run
    from tests.bench import Desk


@pytest.mark.rule("R126")
def test_an_agent_is_matched_by_address_on_the_own_tenant(desk: Desk) -> None:
    ann = old_agent_and_person(desk)
    desk.run()
    agent = Agent.objects.get()
    assert (agent.entra_object_id, agent.name) == (ann, "Ann")


def test_an_agent_of_another_tenant_waits_for_review(desk: Desk) -> None:
    old_agent_and_person(desk)
    TenantConnection.objects.update(own_tenant=False)
    run = desk.run()
    assert reviewed(run, Kind.AGENTS) == [Reason.NOT_OWN_TENANT]
    assert Agent.objects.get().entra_object_id is None


def test_an_administrator_is_never_linked_by_a_guess(desk: Desk) -> None:
    old_agent_and_person(desk)
    role = bench.agent_role("Admin", Permission.ADMINISTER)
    Agent.objects.get().role_grants.create(role=role)
    run = desk.run()
    assert reviewed(run, Kind.AGENTS) == [Reason.PROTECTED_AGENT]
    assert Agent.objects.get().entra_object_id is None


def test_a_break_glass_agent_is_neither_linked_nor_touched(desk: Desk) -> None:
    ann = old_agent_and_person(desk)
    account = AccountFactory.create(may_sign_in_locally=True)
    Agent.objects.update(account=account)
    assert reviewed(desk.run(), Kind.AGENTS) == [Reason.PROTECTED_AGENT]
    # Also one that carries the identity keeps everything when the person leaves.
    Agent.objects.update(
        entra_tenant_id=desk.connection.tenant_id,
        entra_object_id=ann,
        source=desk.connection,
        revision=2,
    )
    desk.change(ann, accountEnabled=False, displayName="Changed")
    before = Agent.objects.values().get()
    desk.run()
    assert Agent.objects.values().get() == before


def test_a_second_identity_of_a_person_waits_for_review(desk: Desk) -> None:
    other = TenantConnectionFactory.create()
    desk.person("ann", mail=desk.address("ann"))
    EndUser.objects.create(
        site=desk.site("London"),
        name="Ann",
        email=desk.address("ann"),
        entra_tenant_id=other.tenant_id,
        entra_object_id=other.tenant_id,
        source=other,
    )
    bench.match_by(desk, Kind.USERS, "email")
    desk.map_site(10, "London")
    run = desk.run()
    assert reviewed(run, Kind.USERS) == [Reason.OTHER_IDENTITY]
    assert EndUser.objects.get().entra_tenant_id == other.tenant_id


def old_agent_and_person(desk: Desk) -> UUID:
    """Make an agent by hand and somebody with the same address; match by it."""
    ann = desk.person("ann", mail=desk.address("ann"))
    Agent.objects.create(name="Old Ann", email=desk.address("ann").upper())
    bench.match_by(desk, Kind.AGENTS, "email")
    desk.map_agents(100, desk.group("A", [ann]))
    return ann


def reviewed(run: Run, kind: Kind) -> list[str]:
    """Return why people of a run need review."""
    items = run.items.filter(kind=kind, action=Action.REVIEW)
    return list(items.values_list("reason", flat=True))
