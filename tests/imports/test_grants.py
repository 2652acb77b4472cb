"""Roles and seats: groups give them, and only what an import gave is taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from common.rights import Permission
from directory.models import (
    Agent,
    AgentRoleGrant,
    BoardSeat,
    ChangeAdvisoryBoard,
    EndUser,
)
from imports import runs
from imports.engine.types import Reason
from imports.words import RunKind, Status, Trigger
from mappings.words import Kind
from tests import bench
from tests.factories.accounts import AccountFactory

if TYPE_CHECKING:
    from uuid import UUID

    from tests.bench import Desk


def roles() -> set[str]:
    """Return the names of all roles that agents hold."""
    return set(AgentRoleGrant.objects.values_list("role__name", flat=True))


def seats() -> set[str]:
    """Return the names of the agents who sit on a board."""
    return set(BoardSeat.objects.values_list("agent__name", flat=True))


def agent(desk: Desk, upn: str = "ann", role: str = "") -> UUID:
    """Make somebody in the tenant whom a mapping makes an agent."""
    person = desk.person(upn)
    desk.map_agents(100, desk.group("Agents", [person]), role)
    return person


def board(desk: Desk, *groups: UUID) -> ChangeAdvisoryBoard:
    """Make a board on which the agents of these groups sit."""
    made = ChangeAdvisoryBoard.objects.create(name="CAB")
    for group in groups:
        bench.map_board(desk, group, made)
    return made


@pytest.mark.rule("R110")
@pytest.mark.rule("R111")
@pytest.mark.rule("R112")
def test_an_agent_holds_the_roles_of_the_mapping_and_of_every_group(
    desk: Desk,
) -> None:
    ann = agent(desk, role="Analyst")
    for name in ("Approver", "Editor"):
        bench.map_role(desk, desk.group(name, [ann]), bench.agent_role(name))
    bench.map_role(desk, desk.group("Empty"), bench.agent_role("Nobody"))
    run = desk.run()
    assert roles() == {"Analyst", "Approver", "Editor"}
    assert run.counts["roles"] == {"grant": 3, "revoke": 0}


@pytest.mark.rule("R111")
def test_a_role_comes_when_an_agent_joins_its_group_later(desk: Desk) -> None:
    ann, group = agent(desk), desk.group("G")
    bench.map_role(desk, group, bench.agent_role("Approver"))
    desk.run()
    assert roles() == set()
    desk.join(group, ann)
    desk.run(kinds=[Kind.AGENTS])
    assert roles() == {"Approver"}


@pytest.mark.rule("R115")
@pytest.mark.parametrize(
    ("takes_back", "held"), [(True, {"By hand"}), (False, {"By hand", "Approver"})]
)
def test_leaving_a_group_takes_back_its_role_as_the_switch_says(
    desk: Desk, takes_back: bool, held: set[str]
) -> None:
    ann = agent(desk)
    group = desk.group("G", [ann])
    bench.agents_get(desk, remove_roles=takes_back)
    bench.map_role(desk, group, bench.agent_role("Approver"))
    desk.run()
    Agent.objects.get().role_grants.create(role=bench.agent_role("By hand"))
    desk.leave(group, ann)
    desk.run()
    assert roles() == held
    assert Agent.objects.get().is_active


@pytest.mark.rule("R115")
def test_a_role_given_by_hand_stays_though_its_group_would_give_it(desk: Desk) -> None:
    ann = agent(desk)
    group = desk.group("G")
    bench.map_role(desk, group, bench.agent_role("Approver"))
    desk.run()
    Agent.objects.get().role_grants.create(role=bench.agent_role("Approver"))
    desk.join(group, ann)
    desk.run()
    desk.leave(group, ann)
    desk.run()
    assert AgentRoleGrant.objects.get().granted_by is None


@pytest.mark.rule("R115")
def test_a_role_stays_while_another_of_its_groups_gives_it(desk: Desk) -> None:
    ann = agent(desk)
    first, second = desk.group("First", [ann]), desk.group("Second", [ann])
    for group in (first, second):
        bench.map_role(desk, group, bench.agent_role("Approver"))
    desk.run()
    desk.leave(first, ann)
    assert desk.run().status == Status.NOTHING_CHANGED
    desk.leave(second, ann)
    assert desk.run().counts["roles"]["revoke"] == 1
    assert roles() == set()


@pytest.mark.rule("R117")
def test_agents_of_the_group_sit_on_the_board_and_users_do_not(desk: Desk) -> None:
    ann, bob = agent(desk), desk.person("bob")
    desk.map_site(10, "London")
    board(desk, desk.group("CAB", [ann, bob]))
    desk.run(kinds=[Kind.USERS])
    assert seats() == set()
    run = desk.run()
    assert seats() == {"Ann"}
    assert run.counts["boards"] == {"join": 1, "leave": 0}


@pytest.mark.rule("R118")
def test_who_leaves_the_group_leaves_the_board(desk: Desk) -> None:
    ann = agent(desk)
    group = desk.group("CAB", [ann])
    board(desk, group)
    desk.run()
    desk.leave(group, ann)
    run = desk.run()
    assert seats() == set()
    assert run.counts["boards"] == {"join": 0, "leave": 1}


@pytest.mark.rule("R118")
def test_a_seat_stays_while_one_of_two_groups_holds_the_agent(desk: Desk) -> None:
    ann = agent(desk)
    first, second = desk.group("First", [ann]), desk.group("Second", [ann])
    board(desk, first, second)
    desk.run()
    desk.leave(first, ann)
    assert desk.run().status == Status.NOTHING_CHANGED
    assert seats() == {"Ann"}
    desk.leave(second, ann)
    desk.run()
    assert seats() == set()


@pytest.mark.rule("R118")
def test_a_seat_given_by_hand_is_never_taken(desk: Desk) -> None:
    ann = agent(desk)
    group = desk.group("CAB")
    made = board(desk, group)
    desk.run()
    BoardSeat.objects.create(board=made, agent=Agent.objects.get())
    desk.join(group, ann)
    desk.run()
    desk.leave(group, ann)
    desk.run()
    assert seats() == {"Ann"}


@pytest.mark.rule("R118")
def test_a_group_that_is_gone_takes_nothing_back(desk: Desk) -> None:
    ann = agent(desk)
    group = desk.group("G", [ann])
    board(desk, group)
    bench.map_role(desk, group, bench.agent_role("Approver"))
    desk.run()
    desk.admin.delete_group(desk.tenant.tenant_id, str(group))
    run = desk.run()
    assert run.status == Status.NOTHING_CHANGED
    assert (seats(), roles()) == ({"Ann"}, {"Approver"})


@pytest.mark.rule("R118")
def test_who_is_no_agent_any_longer_keeps_only_what_a_hand_gave(desk: Desk) -> None:
    ann = desk.person("ann")
    agents, group = desk.group("Agents", [ann]), desk.group("G", [ann])
    # The switch is about groups that give roles, not about being an agent.
    bench.agents_get(desk, remove_roles=False)
    desk.map_agents(100, agents)
    board(desk, group)
    bench.map_role(desk, group, bench.agent_role("Approver"))
    desk.run()
    Agent.objects.get().role_grants.create(role=bench.agent_role("By hand"))
    desk.leave(agents, ann)
    desk.run()
    assert (seats(), roles()) == (set(), {"By hand"})
    desk.join(agents, ann)
    desk.run()
    assert (seats(), roles()) == ({"Ann"}, {"Approver", "By hand"})


def administrators(desk: Desk, *people: UUID) -> UUID:
    """Make these people administrators by a group; return the group."""
    group = desk.group("Admins", people)
    role = bench.agent_role("Admin", Permission.ADMINISTER)
    bench.map_role(desk, group, role)
    return group


@pytest.mark.rule("R121")
def test_the_last_administrator_keeps_the_role(desk: Desk) -> None:
    ann = agent(desk)
    group = administrators(desk, ann)
    desk.run()
    desk.leave(group, ann)
    run = desk.run()
    assert run.items.get().reason == Reason.LAST_ADMINISTRATOR
    assert roles() == {"Admin"}


@pytest.mark.rule("R121")
def test_the_last_administrator_stays_active(desk: Desk) -> None:
    ann = agent(desk)
    administrators(desk, ann)
    desk.run()
    desk.change(ann, accountEnabled=False)
    desk.run()
    assert Agent.objects.get().is_active


@pytest.mark.rule("R121")
def test_of_all_administrators_who_would_go_one_stays(desk: Desk) -> None:
    ann, bob = desk.person("ann"), desk.person("bob")
    desk.map_agents(100, desk.group("Agents", [ann, bob]))
    group = administrators(desk, ann, bob)
    desk.run()
    for person in (ann, bob):
        desk.leave(group, person)
    run = desk.run()
    # Taking the role from the other one waits: somebody must look first.
    assert run.status == Status.WAITING_FOR_APPROVAL
    runs.approve(run, patience=0)
    assert AgentRoleGrant.objects.count() == 1


@pytest.mark.rule("R121")
def test_the_agent_who_runs_the_import_is_not_locked_out(desk: Desk) -> None:
    ann, bob = desk.person("ann"), desk.person("bob")
    group = desk.group("Agents", [ann, bob])
    desk.map_agents(100, group)
    desk.run()
    account = AccountFactory.create()
    Agent.objects.filter(entra_object_id=ann).update(account=account)
    for person in (ann, bob):
        desk.leave(group, person)
    order = runs.Order(RunKind.IMPORT, Trigger.MANUAL, started_by=account)
    run = runs.execute(runs.queue(desk.connection, order), patience=0)
    active = Agent.objects.filter(is_active=True)
    assert [one.entra_object_id for one in active] == [ann]
    assert run.items.get(object_id=ann).reason == Reason.RUNS_THE_IMPORT


def test_nobody_but_agents_gets_a_role(desk: Desk) -> None:
    ann = desk.person("ann")
    desk.map_site(10, "London")
    bench.map_role(desk, desk.group("G", [ann]), bench.agent_role("Approver"))
    desk.run()
    assert EndUser.objects.count() == 1
    assert not Agent.objects.exists()
