"""A group that cannot be known is never an empty group: its people keep all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from directory.models import Agent, EndUser
from halo_entra import runs_cli
from imports.words import GroupState, Status
from tests import bench, snapshot

if TYPE_CHECKING:
    from uuid import UUID

    from simulator.contract import TenantInfo
    from simulator.process import Simulator
    from tests.bench import Desk

HIDDEN = {
    "groupTypes": ["Unified"],
    "mailEnabled": True,
    "securityEnabled": False,
    "visibility": "HiddenMembership",
}


@pytest.fixture
def desk(db: None, entra: Simulator, tenant: TenantInfo) -> Desk:
    """A desk connected to a fresh tenant."""
    return bench.connect(entra.admin, tenant)


def london(desk: Desk, **properties: Any) -> UUID:
    """Map a group with ann and bob to London, import it, and return it."""
    group = desk.group("L", [desk.person("ann"), desk.person("bob")], **properties)
    desk.map_site(10, "London", group_id=group)
    assert desk.run().status == Status.SUCCEEDED
    assert EndUser.objects.count() == 2
    return group


def assert_nobody_lost(desk: Desk, state: GroupState) -> None:
    """Run, and see that the group is in error and everybody as they were."""
    before = snapshot.revisions()
    assert desk.run().status == Status.NOTHING_CHANGED
    assert desk.connection.mirror_groups.get().state == state
    assert snapshot.revisions() == before


def test_a_group_that_is_gone_unmatches_nobody(desk: Desk) -> None:
    desk.admin.delete_group(desk.tenant.tenant_id, str(london(desk)))
    assert_nobody_lost(desk, GroupState.GONE)


def test_a_group_that_cannot_be_read_unmatches_nobody(desk: Desk) -> None:
    group = london(desk)
    body = {"error": {"code": "Authorization_RequestDenied", "message": "x"}}
    desk.admin.fault(path=f"{group}/members", status=403, body=body)
    assert_nobody_lost(desk, GroupState.UNREADABLE)
    desk.admin.clear_faults()
    assert_nobody_lost(desk, GroupState.COMPLETE)


def test_a_group_that_cannot_be_read_lets_nobody_new_in(desk: Desk) -> None:
    group = london(desk)
    desk.join(group, desk.person("eve"))
    body = {"error": {"code": "Authorization_RequestDenied", "message": "x"}}
    desk.admin.fault(path=f"{group}/members", status=403, body=body)
    desk.run()
    assert EndUser.objects.count() == 2
    desk.admin.clear_faults()
    assert desk.run().counts["users"]["create"] == 1


def test_hidden_members_that_read_as_none_are_unknown(desk: Desk) -> None:
    tenant = desk.tenant
    permissions = ["User.Read.All", "Group.Read.All", "Organization.Read.All"]
    hidden = [*permissions, "Member.Read.Hidden"]
    desk.admin.set_application(
        tenant.tenant_id, tenant.application_id, permissions=hidden
    )
    london(desk, **HIDDEN)
    desk.admin.set_application(
        tenant.tenant_id, tenant.application_id, permissions=permissions
    )
    desk.admin.advance(7200)
    assert_nobody_lost(desk, GroupState.UNREADABLE)
    assert "Member.Read.Hidden" in desk.connection.mirror_groups.get().error


def test_a_group_that_became_a_distribution_list_is_in_error(desk: Desk) -> None:
    group = london(desk)
    desk.admin.put_group(
        desk.tenant.tenant_id, str(group), mailEnabled=True, securityEnabled=False
    )
    assert_nobody_lost(desk, GroupState.UNREADABLE)
    assert "distribution list" in desk.connection.mirror_groups.get().error


def test_a_renamed_group_goes_on_by_its_id(desk: Desk) -> None:
    group = london(desk)
    desk.admin.put_group(desk.tenant.tenant_id, str(group), displayName="Elsewhere")
    desk.join(group, desk.person("eve"))
    assert desk.run().counts["users"]["create"] == 1
    assert desk.connection.mirror_groups.get().name == "Elsewhere"


def test_a_name_that_fits_two_groups_selects_nobody(desk: Desk) -> None:
    ann = desk.person("ann")
    twins = [desk.group("Twins", [ann]), desk.group("TWINS")]
    desk.map_site(10, "London", group_name="Twins")
    run = desk.run()
    assert "2 groups in the tenant are called 'Twins'" in run.reason
    assert all(str(group) in run.reason for group in twins)
    assert not EndUser.objects.exists()


def test_a_name_that_fits_no_group_selects_nobody_until_it_does(desk: Desk) -> None:
    ann = desk.person("ann")
    desk.map_site(10, "London", group_name="Later")
    assert "No group in the tenant is called 'Later'" in desk.run().reason
    assert not EndUser.objects.exists()
    desk.group("Later", [ann])
    assert desk.run().counts["users"]["create"] == 1


def test_agents_of_a_group_that_is_gone_stay_agents_with_their_roles(
    desk: Desk,
) -> None:
    group = desk.group("A", [desk.person("ann")])
    desk.map_agents(10, group, "Analyst")
    desk.run()
    desk.admin.delete_group(desk.tenant.tenant_id, str(group))
    before = snapshot.directory(desk.connection)
    desk.run()
    assert Agent.objects.get().is_active
    assert snapshot.directory(desk.connection) == before


def test_members_of_a_nested_group_that_is_unreadable_keep_their_site(
    desk: Desk,
) -> None:
    inner = desk.group("Inner", [desk.person("ann")])
    outer = desk.group("Outer", [inner])
    desk.map_site(10, "London", group_id=outer, nested=True)
    desk.run()
    before = snapshot.revisions()
    desk.admin.fault(path=f"{inner}/members", status=404, body={"error": {"code": "x"}})
    assert desk.run().status == Status.NOTHING_CHANGED
    assert snapshot.revisions() == before


@pytest.mark.rule("R019")
def test_without_the_permission_mappings_by_field_still_work(desk: Desk) -> None:
    desk.person("ann", officeLocation="Leeds")
    desk.map_field(10, "officeLocation")
    desk.map_site(20, "London", group_id=desk.group("L"))
    without_groups(desk)
    assert desk.run().counts["users"]["create"] == 1
    assert EndUser.objects.get().site.name == "Leeds"


@pytest.mark.rule("R019")
def test_without_the_permission_group_mappings_fail_loudly_and_take_nothing(
    desk: Desk,
) -> None:
    london(desk)
    before = snapshot.revisions()
    without_groups(desk)
    desk.rules_changed()
    run = desk.run()
    assert "The group L cannot be judged: 403 Forbidden" in run.reason
    assert "lacks the permission GroupMember.Read.All" in run.reason
    assert run.reason in runs_cli.told(run)
    assert run.place["unstored"]["users"]["mapping_in_error"] == 2
    assert snapshot.revisions() == before


def test_the_reason_names_the_first_groups_in_error_and_counts_the_rest(
    desk: Desk,
) -> None:
    for number in range(7):
        group = desk.group(f"G{number}")
        desk.map_site(number, "London", group_id=group, group_name=f"G{number}")
        desk.admin.delete_group(desk.tenant.tenant_id, str(group))
    reason = desk.run().reason
    assert reason.count("is no longer in the tenant") == 5
    assert reason.endswith("2 more groups cannot be judged either.")


def without_groups(desk: Desk) -> None:
    """Take the permission to read groups away, and let the old token end."""
    desk.admin.set_application(
        desk.tenant.tenant_id,
        desk.tenant.application_id,
        permissions=["User.Read.All", "Organization.Read.All"],
    )
    desk.admin.advance(7200)
