"""Whoever must never be locked out is spared at the moment of writing, too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accounts.models import Account
from common.rights import Permission
from directory.models import Agent, AgentRoleGrant
from imports import runs
from imports.engine.types import Action, Reason
from imports.words import Status
from mappings.words import Kind
from tests import bench

if TYPE_CHECKING:
    from uuid import UUID

    from simulator.contract import TenantInfo
    from simulator.process import Simulator
    from tests.bench import Desk


@pytest.fixture
def desk(db: None, entra: Simulator, tenant: TenantInfo) -> Desk:
    """A desk whose guard lets everything through."""
    found = bench.connect(entra.admin, tenant)
    bench.unguarded(found)
    return found


@pytest.fixture
def pair(desk: Desk) -> tuple[UUID, UUID]:
    """Two administrators, the first of whom has left the group in Entra."""
    ann, bob = desk.person("ann"), desk.person("bob")
    role = bench.agent_role("Administrator", Permission.ADMINISTER)
    group = desk.group("Admins", [ann, bob])
    desk.map_agents(10, desk.group("Agents", [ann, bob]))
    bench.map_role(desk, group, role)
    assert desk.run().status == Status.SUCCEEDED
    desk.leave(group, ann)
    return ann, bob


def administrators() -> set[UUID | None]:
    """Return who is an active administrator."""
    grants = AgentRoleGrant.objects.filter(
        role__name="Administrator", agent__is_active=True
    )
    return set(grants.values_list("agent__entra_object_id", flat=True))


@pytest.mark.rule("R121")
def test_one_of_two_administrators_may_go(desk: Desk, pair: tuple[UUID, UUID]) -> None:
    runs.approve(desk.run(), patience=0)
    assert administrators() == {pair[1]}


@pytest.mark.rule("R121")
def test_who_became_the_last_administrator_since_the_plan_stays(
    desk: Desk, pair: tuple[UUID, UUID]
) -> None:
    waiting = desk.run()
    assert waiting.status == Status.WAITING_FOR_APPROVAL
    Agent.objects.filter(entra_object_id=pair[1]).update(is_active=False)
    runs.approve(waiting, patience=0)
    assert administrators() == {pair[0]}
    assert waiting.items.get().reason == Reason.LAST_ADMINISTRATOR


def test_a_record_claimed_twice_stays_in_review_even_of_who_runs_the_import(
    desk: Desk,
) -> None:
    address = f"office@{desk.tenant.domain}"
    people = [desk.person(name, mail=address) for name in ("ann", "bob")]
    desk.change(people[0], accountEnabled=False)
    desk.map_agents(10, desk.group("Agents", people))
    bench.match_by(desk, Kind.AGENTS, "email")
    account = Account.objects.create(username="office")
    Agent.objects.create(name="Office", email=address, account=account)
    run = desk.run(started_by=account)
    actions = run.items.filter(kind=Kind.AGENTS).values_list("action", flat=True)
    assert set(actions) == {Action.REVIEW}
    assert Agent.objects.get().entra_object_id is None
