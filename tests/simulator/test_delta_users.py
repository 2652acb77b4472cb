"""/users/delta: rounds, tokens, what surfaces and how."""

from __future__ import annotations

import pytest

from simulator.contract import TenantInfo
from simulator.process import Simulator
from tests.simulator.graph_caller import GraphCaller

START = "/users/delta?$select=displayName,jobTitle,manager"


def test_initial_round_comes_in_pages_of_200(
    simulator: Simulator, staffed: TenantInfo
) -> None:
    graph = GraphCaller(simulator, staffed)
    first = graph.get("/users/delta?$select=id&$top=5").json()
    rest, link = graph.round(first["@odata.nextLink"])
    assert len(first["value"]) == 200
    assert len(rest) == 50
    assert "$deltatoken=" in link


def test_round_without_changes_is_empty(
    simulator: Simulator, staffed: TenantInfo
) -> None:
    graph = GraphCaller(simulator, staffed)
    _, link = graph.round(START)
    entries, following = graph.round(link)
    assert entries == []
    assert following.startswith(f"{graph.base}/users/delta?$deltatoken=")


def test_change_of_a_selected_property_surfaces_with_all_selected(
    simulator: Simulator, tenant: TenantInfo, graph: GraphCaller
) -> None:
    ada = simulator.admin.put_user(tenant.tenant_id, displayName="Ada", jobTitle="A")
    _, link = graph.round(START)
    simulator.admin.put_user(tenant.tenant_id, ada["id"], jobTitle="B")
    entries, _ = graph.round(link)
    assert entries == [{"id": ada["id"], "displayName": "Ada", "jobTitle": "B"}]


def test_change_of_an_unselected_property_does_not_surface(
    simulator: Simulator, tenant: TenantInfo, graph: GraphCaller
) -> None:
    ada = simulator.admin.put_user(tenant.tenant_id, displayName="Ada")
    _, link = graph.round(START)
    simulator.admin.put_user(tenant.tenant_id, ada["id"], city="Leeds")
    assert graph.round(link)[0] == []


def test_never_set_is_absent_and_emptied_is_null(
    simulator: Simulator, tenant: TenantInfo, graph: GraphCaller
) -> None:
    ada = simulator.admin.put_user(tenant.tenant_id, displayName="Ada")
    initial, link = graph.round(START)
    simulator.admin.put_user(tenant.tenant_id, ada["id"], jobTitle="A")
    simulator.admin.put_user(tenant.tenant_id, ada["id"], jobTitle=None)
    entries, _ = graph.round(link)
    assert "jobTitle" not in initial[0]
    assert entries[0]["jobTitle"] is None


def test_minimal_answers_hold_only_what_changed(
    simulator: Simulator, tenant: TenantInfo, graph: GraphCaller
) -> None:
    ada = simulator.admin.put_user(tenant.tenant_id, displayName="Ada")
    _, link = graph.round(START)
    simulator.admin.put_user(tenant.tenant_id, ada["id"], jobTitle="B")
    entries, _ = graph.round(link, Prefer="return=minimal")
    assert entries == [{"id": ada["id"], "jobTitle": "B"}]


@pytest.mark.parametrize(
    ("gone", "reason"), [("delete_user", "changed"), ("purge_user", "deleted")]
)
def test_removed_person_carries_the_reason(
    simulator: Simulator,
    tenant: TenantInfo,
    graph: GraphCaller,
    gone: str,
    reason: str,
) -> None:
    ada = simulator.admin.put_user(tenant.tenant_id)["id"]
    _, link = graph.round(START)
    getattr(simulator.admin, gone)(tenant.tenant_id, ada)
    entries, _ = graph.round(link)
    assert entries == [{"id": ada, "@removed": {"reason": reason}}]


def test_restored_person_comes_back_as_a_normal_entry(
    simulator: Simulator, tenant: TenantInfo, graph: GraphCaller
) -> None:
    ada = simulator.admin.put_user(tenant.tenant_id, displayName="Ada")["id"]
    simulator.admin.delete_user(tenant.tenant_id, ada)
    _, link = graph.round(START)
    simulator.admin.restore_user(tenant.tenant_id, ada)
    entries, _ = graph.round(link)
    assert entries == [{"id": ada, "displayName": "Ada"}]


def test_initial_round_may_hold_removed_people(
    simulator: Simulator, tenant: TenantInfo, graph: GraphCaller
) -> None:
    ada = simulator.admin.put_user(tenant.tenant_id)["id"]
    simulator.admin.delete_user(tenant.tenant_id, ada)
    entries, _ = graph.round(START)
    assert entries == [{"id": ada, "@removed": {"reason": "changed"}}]


def test_manager_comes_as_a_list_and_goes_as_removed(
    simulator: Simulator, tenant: TenantInfo, graph: GraphCaller
) -> None:
    ada = simulator.admin.put_user(tenant.tenant_id)["id"]
    boss = simulator.admin.put_user(tenant.tenant_id)["id"]
    _, link = graph.round(START)
    simulator.admin.set_manager(tenant.tenant_id, ada, boss)
    came, link = graph.round(link)
    simulator.admin.set_manager(tenant.tenant_id, ada, None)
    went, _ = graph.round(link)
    reference = {"@odata.type": "#microsoft.graph.user", "id": boss}
    assert came[0]["manager@delta"] == [reference]
    gone = {**reference, "@removed": {"reason": "deleted"}}
    assert went[0]["manager@delta"] == [gone]


def test_change_during_the_initial_round_comes_with_the_next(
    simulator: Simulator, staffed: TenantInfo
) -> None:
    graph = GraphCaller(simulator, staffed)
    first = graph.get(START).json()
    early = first["value"][0]["id"]
    simulator.admin.put_user(staffed.tenant_id, early, displayName="Renamed")
    _, link = graph.round(first["@odata.nextLink"])
    entries, _ = graph.round(link)
    assert [entry["displayName"] for entry in entries] == ["Renamed"]


def test_latest_skips_what_was_before(
    simulator: Simulator, staffed: TenantInfo
) -> None:
    graph = GraphCaller(simulator, staffed)
    entries, link = graph.round("/users/delta?$deltatoken=latest&$select=displayName")
    added = simulator.admin.put_user(staffed.tenant_id, displayName="New")
    later, _ = graph.round(link)
    assert entries == []
    assert later == [{"id": added["id"], "displayName": "New"}]


def test_old_delta_link_is_410_with_a_place_to_start_over(
    simulator: Simulator, tenant: TenantInfo, graph: GraphCaller
) -> None:
    simulator.admin.put_user(tenant.tenant_id)
    _, link = graph.round(START)
    simulator.admin.advance(8 * 86_400)
    answer = GraphCaller(simulator, tenant).get(link)
    again, _ = GraphCaller(simulator, tenant).round(answer.headers["Location"])
    assert answer.status_code == 410
    assert answer.json()["error"]["code"] == "syncStateNotFound"
    assert len(again) == 1


def test_lag_hides_a_change_for_a_while(
    simulator: Simulator, tenant: TenantInfo, graph: GraphCaller
) -> None:
    simulator.admin.settings(tenant.tenant_id, lag=60)
    _, link = graph.round(START)
    simulator.admin.put_user(tenant.tenant_id, displayName="Ada")
    early, link = graph.round(link)
    simulator.admin.advance(61)
    late, _ = graph.round(link)
    assert early == []
    assert late[0]["displayName"] == "Ada"


def test_filter_takes_at_most_50_ids(simulator: Simulator, staffed: TenantInfo) -> None:
    graph = GraphCaller(simulator, staffed)
    ids = [person["id"] for person in graph.walk("/users?$select=id")][:51]
    clauses = [f"id eq '{object_id}'" for object_id in ids]
    refused = graph.get(f"/users/delta?$filter={' or '.join(clauses)}")
    entries, _ = graph.round(f"/users/delta?$filter={' or '.join(clauses[:50])}")
    assert refused.status_code == 400
    assert [entry["id"] for entry in entries] == ids[:50]


def test_filter_by_anything_but_ids_is_refused(graph: GraphCaller) -> None:
    answer = graph.get("/users/delta?$filter=displayName eq 'Ada'")
    assert answer.json()["error"]["code"] == "Request_UnsupportedQuery"


def test_token_of_another_tenant_is_refused(
    simulator: Simulator, tenant: TenantInfo, staffed: TenantInfo
) -> None:
    _, link = GraphCaller(simulator, staffed).round(START)
    assert GraphCaller(simulator, tenant).get(link).status_code == 400


def test_duplicates_come_again_in_a_round(
    simulator: Simulator, staffed: TenantInfo
) -> None:
    simulator.admin.settings(staffed.tenant_id, page_size=50, duplicates=0.4)
    entries, _ = GraphCaller(simulator, staffed).round("/users/delta?$select=id")
    assert len({entry["id"] for entry in entries}) == 250
    assert len(entries) > 300


@pytest.mark.parametrize("option", ["$expand=manager", "$orderby=displayName"])
def test_option_that_delta_does_not_know_is_refused(
    graph: GraphCaller, option: str
) -> None:
    answer = graph.get(f"/users/delta?{option}")
    assert answer.json()["error"]["code"] == "Request_UnsupportedQuery"


def test_forged_token_is_refused(graph: GraphCaller) -> None:
    assert graph.get("/users/delta?$deltatoken=abc").status_code == 400


def test_changes_follow_the_filter(
    simulator: Simulator, tenant: TenantInfo, graph: GraphCaller
) -> None:
    one = simulator.admin.put_user(tenant.tenant_id)["id"]
    other = simulator.admin.put_user(tenant.tenant_id)["id"]
    _, link = graph.round(f"/users/delta?$filter=id eq '{one}'")
    for person in (one, other):
        simulator.admin.put_user(tenant.tenant_id, person, displayName="Renamed")
    assert [entry["id"] for entry in graph.round(link)[0]] == [one]


def test_licence_states_are_never_tracked(
    simulator: Simulator, tenant: TenantInfo, graph: GraphCaller
) -> None:
    person = simulator.admin.put_user(tenant.tenant_id)["id"]
    _, link = graph.round("/users/delta?$select=licenseAssignmentStates")
    simulator.admin.put_user(
        tenant.tenant_id, person, licenseAssignmentStates=[{"state": "Active"}]
    )
    assert graph.round(link)[0] == []
