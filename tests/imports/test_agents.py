"""`*Agent*` mappings make agents with a user record of the same person (R100, R102)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from directory.models import Agent, EndUser, Team
from directory.states import EntraState
from imports.engine.types import Action, Reason
from imports.words import Status
from mappings.words import Kind, Policy
from tests import bench

if TYPE_CHECKING:
    from imports.models import Run
    from tests.bench import Desk


def homes() -> dict[str, str | None]:
    """Return the site of each agent's user record, by the agent's name."""
    rows = Agent.objects.values_list("name", "user__site__name")
    return dict(rows)


def left_out(run: Run, kind: Kind, reason: Reason) -> int:
    """Return how many people a run left as they are for this reason."""
    counted = run.place["unstored"][kind.value]
    return int(counted.get(reason.value, 0))


@pytest.mark.rule("R100")
@pytest.mark.rule("R102")
def test_a_person_becomes_agent_and_user_linked(desk: Desk) -> None:
    ann, _ = desk.person("ann"), desk.person("bob")
    desk.map_site(10, "London")
    desk.map_agents(100, desk.group("Desk", [ann]), "Analyst")
    run = desk.run()
    agent = Agent.objects.get()
    assert agent.user is not None
    assert (agent.entra_object_id, agent.user.entra_object_id) == (ann, ann)
    assert agent.user.site.name == "London"
    assert (run.counts["users"]["create"], run.counts["agents"]["create"]) == (2, 1)


@pytest.mark.rule("R102")
def test_an_agents_user_lives_where_the_first_site_mapping_says(desk: Desk) -> None:
    ann, bob = desk.person("ann"), desk.person("bob")
    bench.agents_get(
        desk, user_site=desk.site("Desk"), user_role=bench.user_role("Colleague")
    )
    desk.map_site(10, "London", group_id=desk.group("L", [ann]))
    desk.map_agents(100, desk.group("A", [ann, bob]))
    desk.run()
    assert homes() == {"Ann": "London", "Bob": "Desk"}
    roles = EndUser.objects.values_list("user_role__name", flat=True)
    assert set(roles) == {"Colleague"}


@pytest.mark.rule("R102")
def test_without_any_site_the_person_is_an_agent_only(desk: Desk) -> None:
    ann = desk.person("ann")
    desk.map_agents(100, desk.group("A", [ann]))
    run = desk.run()
    assert homes() == {"Ann": None}
    assert not EndUser.objects.exists()
    assert left_out(run, Kind.USERS, Reason.NO_SITE_FOR_AGENT) == 1
    assert desk.run().status == Status.NOTHING_CHANGED


def test_a_user_record_that_comes_later_is_linked_then(desk: Desk) -> None:
    ann = desk.person("ann")
    desk.map_agents(100, desk.group("A", [ann]))
    desk.run()
    desk.map_site(10, "London")
    desk.rules_changed()
    desk.run()
    assert homes() == {"Ann": "London"}
    assert desk.run().status == Status.NOTHING_CHANGED


@pytest.mark.rule("R131")
def test_import_agents_brings_agents_with_their_users_and_nobody_else(
    desk: Desk,
) -> None:
    ann, _ = desk.person("ann"), desk.person("bob")
    desk.map_site(10, "London")
    desk.map_agents(100, desk.group("A", [ann]))
    run = desk.run(kinds=[Kind.AGENTS])
    assert homes() == {"Ann": "London"}
    assert EndUser.objects.get().entra_object_id == ann
    assert "users" not in run.counts
    assert desk.run().counts["users"]["create"] == 1


@pytest.mark.rule("R131")
def test_import_users_makes_no_user_of_an_agent_but_spares_the_one_there_is(
    desk: Desk,
) -> None:
    ann, bob = desk.person("ann"), desk.person("bob")
    bench.agents_get(desk, user_site=desk.site("Desk"))
    group = desk.group("A", [ann])
    desk.map_agents(100, group)
    desk.run()
    desk.join(group, bob)
    desk.change(ann, department="Help")
    run = desk.run(kinds=[Kind.USERS])
    user = EndUser.objects.get()
    assert (user.department, user.entra_state) == ("Help", EntraState.PRESENT)
    assert left_out(run, Kind.USERS, Reason.AGENTS_ONLY) == 1
    assert Agent.objects.count() == 1


@pytest.mark.rule("R133")
def test_a_second_run_changes_nothing_with_agents(desk: Desk) -> None:
    ann = desk.person("ann", mail=desk.address("ann"))
    group = desk.group("A", [ann])
    desk.map_site(10, "London")
    desk.map_agents(100, group, "Analyst")
    bench.map_role(desk, group, bench.agent_role("Approver"))
    desk.run()
    before = [list(model.objects.values()) for model in (EndUser, Agent)]
    run = desk.run()
    assert run.status == Status.NOTHING_CHANGED
    assert [list(model.objects.values()) for model in (EndUser, Agent)] == before
    assert (run.counts["users"]["none"], run.counts["agents"]["none"]) == (1, 1)


@pytest.mark.rule("R101")
def test_agent_mappings_filter_as_the_others_do(desk: Desk) -> None:
    ann, guest, bob = (desk.person(name) for name in ("ann", "guest", "bob"))
    desk.change(guest, userType="Guest")
    desk.change(bob, department="Contractors")
    mapping = desk.map_agents(100, desk.group("A", [ann, guest, bob]))
    mapping.criteria.create(
        field="department", operator="not_equals", value="Contractors"
    )
    desk.run()
    assert set(homes()) == {"Ann"}
    mapping.include_external = True
    mapping.save()
    desk.rules_changed()
    desk.run()
    assert set(homes()) == {"Ann", "Guest"}


def test_nested_members_become_agents_only_if_the_mapping_says_so(desk: Desk) -> None:
    ann, bob = desk.person("ann"), desk.person("bob")
    outer = desk.group("Outer", [ann, desk.group("Inner", [bob])])
    mapping = desk.map_agents(100, outer)
    desk.run()
    assert set(homes()) == {"Ann"}
    mapping.nested = True
    mapping.save()
    desk.rules_changed()
    desk.run()
    assert set(homes()) == {"Ann", "Bob"}


def test_a_new_agent_gets_the_default_team_and_keeps_another(desk: Desk) -> None:
    first, second = (Team.objects.create(name=name) for name in ("First", "Second"))
    ann = desk.person("ann")
    bench.agents_get(desk, default_team=first)
    desk.map_agents(100, desk.group("A", [ann]))
    desk.run()
    assert Agent.objects.get().default_team == first
    Agent.objects.update(default_team=second, revision=2)
    desk.run()
    assert Agent.objects.get().default_team == second


def test_an_agent_who_leaves_is_deactivated_and_comes_back(desk: Desk) -> None:
    ann = desk.person("ann")
    group = desk.group("A", [ann])
    desk.map_site(10, "London")
    desk.map_agents(100, group, "Analyst")
    desk.run()
    desk.leave(group, ann)
    run = desk.run()
    agent = Agent.objects.get()
    assert (agent.is_active, agent.roles.count()) == (False, 0)
    assert EndUser.objects.get().is_active
    assert run.items.get().action == Action.DEACTIVATE
    desk.join(group, ann)
    desk.run()
    agent = Agent.objects.get()
    assert (agent.is_active, agent.roles.count()) == (True, 1)


@pytest.mark.parametrize("policy", [Policy.FLAG, Policy.LEAVE])
def test_an_agent_who_leaves_loses_roles_whatever_the_policy(
    desk: Desk, policy: Policy
) -> None:
    ann = desk.person("ann")
    group = desk.group("A", [ann])
    bench.leavers(desk, agents_unmatched=policy)
    desk.map_agents(100, group, "Analyst")
    desk.run()
    desk.leave(group, ann)
    desk.run()
    agent = Agent.objects.get()
    assert (agent.is_active, agent.roles.count()) == (True, 0)
    flagged = agent.entra_state == EntraState.UNMATCHED
    assert flagged is (policy is Policy.FLAG)


def test_who_is_disabled_is_off_as_agent_and_as_user(desk: Desk) -> None:
    ann = desk.person("ann")
    desk.map_site(10, "London")
    desk.map_agents(100, desk.group("A", [ann]), "Analyst")
    desk.run()
    desk.change(ann, accountEnabled=False)
    desk.run()
    agent = Agent.objects.select_related("user").get()
    assert agent.user is not None
    assert (agent.is_active, agent.user.is_active) == (False, False)
    assert agent.roles.count() == 1
