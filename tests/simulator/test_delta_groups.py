"""/groups/delta: members come and go, in slices where there are many."""

from __future__ import annotations

from typing import Any

from simulator.contract import TenantInfo
from simulator.process import Simulator
from tests.simulator.graph_caller import GraphCaller

START = "/groups/delta?$select=displayName,members"


def links(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [link for entry in entries for link in entry.get("members@delta", [])]


def test_group_without_members_has_no_members_key(
    simulator: Simulator, tenant: TenantInfo, graph: GraphCaller
) -> None:
    made = simulator.admin.put_group(tenant.tenant_id, displayName="Empty")
    entries, _ = graph.round(START)
    assert entries == [{"id": made["id"], "displayName": "Empty"}]


def test_members_come_and_go(
    simulator: Simulator, tenant: TenantInfo, graph: GraphCaller
) -> None:
    group = simulator.admin.put_group(tenant.tenant_id, displayName="SG")["id"]
    one = simulator.admin.put_user(tenant.tenant_id)["id"]
    other = simulator.admin.put_user(tenant.tenant_id)["id"]
    simulator.admin.add_member(tenant.tenant_id, group, one)
    _, link = graph.round(START)
    simulator.admin.remove_member(tenant.tenant_id, group, one)
    simulator.admin.add_member(tenant.tenant_id, group, other)
    entries, _ = graph.round(link)
    kind = "#microsoft.graph.user"
    assert links(entries) == [
        {"@odata.type": kind, "id": one, "@removed": {"reason": "deleted"}},
        {"@odata.type": kind, "id": other},
    ]


def test_deleted_person_leaves_their_groups(
    simulator: Simulator, staffed: TenantInfo
) -> None:
    graph = GraphCaller(simulator, staffed)
    person = graph.get("/users?$top=1&$select=id").json()["value"][0]["id"]
    _, link = graph.round(START)
    simulator.admin.delete_user(staffed.tenant_id, person)
    entries, _ = graph.round(link)
    assert {entry["displayName"] for entry in entries} == {"All-Staff", "Group-1"}
    assert {link["id"] for link in links(entries)} == {person}


def test_deleted_group_leaves_the_groups_around_it(
    simulator: Simulator, tenant: TenantInfo, graph: GraphCaller
) -> None:
    outer = simulator.admin.put_group(tenant.tenant_id, displayName="Outer")["id"]
    inner = simulator.admin.put_group(tenant.tenant_id, displayName="Inner")["id"]
    simulator.admin.add_member(tenant.tenant_id, outer, inner)
    _, link = graph.round(START)
    simulator.admin.delete_group(tenant.tenant_id, inner)
    entries, _ = graph.round(link)
    of = {entry["id"]: entry for entry in entries}
    assert of[inner]["@removed"] == {"reason": "deleted"}
    assert of[outer]["members@delta"] == [
        {
            "@odata.type": "#microsoft.graph.group",
            "id": inner,
            "@removed": {"reason": "deleted"},
        }
    ]


def test_large_group_repeats_with_the_next_slice(simulator: Simulator) -> None:
    large = simulator.admin.create_tenant(name="Large", people=2500)
    graph = GraphCaller(simulator, large)
    entries, _ = graph.round(START)
    everybody = [entry for entry in entries if entry["displayName"] == "All-Staff"]
    rows = simulator.admin.oracle(large.tenant_id, "memberships")
    assert len(everybody) == 3
    assert len(links(entries)) == sum(1 for _ in rows) == 5000
    assert len({link["id"] for link in links(everybody)}) == 2500


def test_slices_follow_the_page_size(simulator: Simulator, staffed: TenantInfo) -> None:
    simulator.admin.settings(staffed.tenant_id, page_size=30)
    entries, _ = GraphCaller(simulator, staffed).round(START)
    assert max(len(entry["members@delta"]) for entry in entries) == 30
    assert len(links(entries)) == 500


def test_without_select_members_are_included(
    simulator: Simulator, staffed: TenantInfo
) -> None:
    entries, _ = GraphCaller(simulator, staffed).round("/groups/delta")
    assert len(links(entries)) == 500
    assert entries[0]["securityEnabled"] is True


def test_select_without_members_leaves_them_out(
    simulator: Simulator, staffed: TenantInfo
) -> None:
    graph = GraphCaller(simulator, staffed)
    entries, _ = graph.round("/groups/delta?$select=displayName")
    assert links(entries) == []


def test_filter_narrows_to_the_named_groups(
    simulator: Simulator, staffed: TenantInfo
) -> None:
    graph = GraphCaller(simulator, staffed)
    group = graph.walk("/groups?$select=id")[1]["id"]
    entries, link = graph.round(f"{START}&$filter=id eq '{group}'")
    person = graph.get("/users?$top=1&$select=id").json()["value"][0]["id"]
    simulator.admin.delete_user(staffed.tenant_id, person)
    later, _ = graph.round(link)
    assert {entry["id"] for entry in entries + later} == {group}


def test_security_group_goes_for_good_and_an_m365_group_softly(
    simulator: Simulator, tenant: TenantInfo, graph: GraphCaller
) -> None:
    security = simulator.admin.put_group(tenant.tenant_id)["id"]
    team = simulator.admin.put_group(tenant.tenant_id, groupTypes=["Unified"])["id"]
    _, link = graph.round(START)
    for group in (security, team):
        simulator.admin.delete_group(tenant.tenant_id, group)
    entries, _ = graph.round(link)
    reasons = {entry["id"]: entry["@removed"]["reason"] for entry in entries}
    assert reasons == {security: "deleted", team: "changed"}


def test_hidden_members_stay_hidden(
    simulator: Simulator, tenant: TenantInfo, graph: GraphCaller
) -> None:
    group = simulator.admin.put_group(
        tenant.tenant_id, displayName="Secret", visibility="HiddenMembership"
    )["id"]
    person = simulator.admin.put_user(tenant.tenant_id)["id"]
    simulator.admin.add_member(tenant.tenant_id, group, person)
    entries, _ = graph.round(START)
    assert entries == [{"id": group, "displayName": "Secret"}]


def test_minimal_answers_hold_only_what_changed(
    simulator: Simulator, tenant: TenantInfo, graph: GraphCaller
) -> None:
    group = simulator.admin.put_group(tenant.tenant_id, displayName="SG")["id"]
    _, link = graph.round("/groups/delta?$select=displayName,description,members")
    simulator.admin.put_group(tenant.tenant_id, group, description="New")
    entries, _ = graph.round(link, Prefer="return=minimal")
    assert entries == [{"id": group, "description": "New"}]


def test_emptied_property_is_null_and_a_member_change_alone_needs_members(
    simulator: Simulator, tenant: TenantInfo, graph: GraphCaller
) -> None:
    group = simulator.admin.put_group(tenant.tenant_id, description="Old")["id"]
    person = simulator.admin.put_user(tenant.tenant_id)["id"]
    _, link = graph.round("/groups/delta?$select=description")
    simulator.admin.add_member(tenant.tenant_id, group, person)
    silent, link = graph.round(link)
    simulator.admin.put_group(tenant.tenant_id, group, description=None)
    entries, _ = graph.round(link)
    assert silent == []
    assert entries == [{"id": group, "description": None}]


def test_new_group_comes_whole_and_many_operations_in_slices(
    simulator: Simulator, tenant: TenantInfo, graph: GraphCaller
) -> None:
    simulator.admin.settings(tenant.tenant_id, page_size=2)
    old = simulator.admin.put_group(tenant.tenant_id, displayName="Old")["id"]
    _, link = graph.round(START)
    new = simulator.admin.put_group(tenant.tenant_id, displayName="New")["id"]
    for _ in range(5):
        person = simulator.admin.put_user(tenant.tenant_id)["id"]
        for group in (old, new):
            simulator.admin.add_member(tenant.tenant_id, group, person)
    entries, _ = graph.round(link)
    for group in (old, new):
        slices = [entry for entry in entries if entry["id"] == group]
        assert [len(entry["members@delta"]) for entry in slices] == [2, 2, 1]


def test_changes_follow_the_filter(
    simulator: Simulator, tenant: TenantInfo, graph: GraphCaller
) -> None:
    one = simulator.admin.put_group(tenant.tenant_id, displayName="One")["id"]
    other = simulator.admin.put_group(tenant.tenant_id, displayName="Other")["id"]
    _, link = graph.round(f"{START}&$filter=id eq '{one}'")
    for group in (one, other):
        simulator.admin.put_group(tenant.tenant_id, group, displayName="Renamed")
    assert [entry["id"] for entry in graph.round(link)[0]] == [one]
