"""Groups by delta: who joins and leaves, groups nested, deleted or unreadable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from directory.models import Agent, EndUser
from imports import cursors
from imports.engine import parts
from imports.models import Cursor, MirrorGroup, MirrorMembership
from imports.words import GroupState, Status, Walk
from tests import bench
from tests.imports import leaving
from tests.imports.integrator import asked, delta, sites

if TYPE_CHECKING:
    from tests.bench import Desk


def test_a_joiner_of_a_group_is_read_in_full_then(desk: Desk) -> None:
    ann, group = desk.person("ann", department="Sales"), desk.group("L")
    desk.map_site(10, "London", group_id=group)
    delta(desk)
    desk.join(group, ann)
    run = delta(desk)
    assert run.walk == Walk.DELTA
    assert EndUser.objects.get().department == "Sales"


def test_of_somebody_let_go_only_what_decides_is_kept(desk: Desk) -> None:
    ann = desk.person("ann", department="Sales")
    group = desk.group("L", [ann])
    desk.map_site(10, "London", group_id=group)
    delta(desk)
    desk.leave(group, ann)
    delta(desk)
    kept = desk.connection.mirror_users.get().properties
    assert set(kept) == {"accountEnabled", "userPrincipalName", "userType"}


def test_more_joiners_than_can_be_looked_up_are_read_with_everybody(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    people, group = [desk.person("ann"), desk.person("bob")], desk.group("L")
    desk.map_site(10, "London", group_id=group)
    delta(desk)
    for person in people:
        desk.join(group, person)
    monkeypatch.setattr("imports.reshape.FEW", 1)
    run = delta(desk)
    assert (run.walk, run.reason) == (Walk.FULL, parts.MANY)
    assert sites() == {"ann": "London", "bob": "London"}


def test_a_group_nested_later_is_read_in_full_at_once(desk: Desk) -> None:
    bob = desk.person("bob")
    inner = desk.group("Inner", [desk.group("Deep", [bob])])
    outer = desk.group("Outer")
    desk.map_site(10, "London", group_id=outer)
    delta(desk)
    desk.join(outer, inner)
    run = delta(desk)
    assert (run.walk, sites()) == (Walk.DELTA, {"bob": "London"})
    desk.admin.reset_requests()
    delta(desk)
    assert asked(desk)["/v1.0/groups/delta"] == 1


def test_a_group_that_is_nested_no_longer_is_forgotten(desk: Desk) -> None:
    inner = desk.group("Inner", [desk.person("bob")])
    outer = desk.group("Outer", [inner])
    desk.map_site(10, "London", group_id=outer)
    delta(desk)
    desk.leave(outer, inner)
    delta(desk)
    assert [row.group_id for row in MirrorGroup.objects.all()] == [outer]
    assert not MirrorMembership.objects.exists()
    assert [one.select for one in cursors.groups(desk.connection.pk)] == [[str(outer)]]


def test_a_deleted_group_answers_unknown_until_it_is_restored(desk: Desk) -> None:
    ann = desk.person("ann")
    group = desk.group("L", [ann], groupTypes=["Unified"], mailEnabled=True)
    desk.map_site(10, "London", group_id=group)
    delta(desk)
    before = list(EndUser.objects.values())
    desk.admin.delete_group(desk.tenant.tenant_id, str(group))
    delta(desk)
    assert MirrorGroup.objects.get().state == GroupState.GONE
    assert list(EndUser.objects.values()) == before
    desk.admin.restore_group(desk.tenant.tenant_id, str(group))
    desk.leave(group, ann)
    delta(desk)
    assert MirrorGroup.objects.get().state == GroupState.COMPLETE
    assert EndUser.objects.get().entra_state == "unmatched"


def test_a_group_that_may_not_be_read_any_longer_costs_nobody_anything(
    desk: Desk,
) -> None:
    desk.map_site(10, "London", group_id=desk.group("L", [desk.person("ann")]))
    delta(desk)
    before = list(EndUser.objects.values())
    desk.admin.set_application(
        desk.tenant.tenant_id,
        desk.tenant.application_id,
        permissions=["User.Read.All", "Organization.Read.All"],
    )
    assert delta(desk).status == Status.NOTHING_CHANGED
    assert MirrorGroup.objects.get().state == GroupState.UNREADABLE
    assert delta(desk).walk == Walk.FULL
    assert list(EndUser.objects.values()) == before


def test_an_agent_comes_and_goes_by_delta(desk: Desk) -> None:
    ann, group = desk.person("ann"), desk.group("A")
    desk.map_agents(10, group, "Analyst")
    bench.unguarded(desk)
    delta(desk)
    desk.join(group, ann)
    delta(desk)
    assert Agent.objects.get().is_active
    desk.leave(group, ann)
    delta(desk)
    agent = Agent.objects.get()
    assert (agent.is_active, agent.role_grants.count()) == (False, 0)
    assert Cursor.objects.count() == 2


@pytest.mark.rule("R142")
@pytest.mark.parametrize("how", [{"status": 403}, leaving.EMPTY])
def test_a_group_that_could_not_be_read_is_read_by_the_next_delta(
    desk: Desk, how: dict[str, Any]
) -> None:
    ann, bob = desk.person("ann"), desk.person("bob")
    group = desk.group("L", [ann])
    desk.map_site(10, "London", group_id=group)
    delta(desk)
    desk.admin.fault(path=f"{group}/members", **how)
    delta(desk, Walk.FULL)
    assert MirrorGroup.objects.get().state == GroupState.UNREADABLE
    desk.join(group, bob)
    assert delta(desk).walk == Walk.DELTA
    assert sites() == {"ann": "London"}
    desk.admin.clear_faults()
    assert delta(desk).walk == Walk.DELTA
    assert MirrorGroup.objects.get().state == GroupState.COMPLETE
    assert sites() == {"ann": "London", "bob": "London"}


def test_a_distribution_list_is_not_read_again_by_each_delta(desk: Desk) -> None:
    listed = {"securityEnabled": False, "mailEnabled": True}
    group = desk.group("L", [desk.person("ann")], **listed)
    desk.map_site(10, "London", group_id=group)
    delta(desk)
    desk.admin.reset_requests()
    delta(desk)
    assert not [path for path in asked(desk) if "/members" in path]
