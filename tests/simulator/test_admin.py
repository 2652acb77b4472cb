"""The admin API refuses what no tenant could hold, and tells the truth."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.admin_client import AdminRefused, Truth
from simulator.contract import Profile, TenantInfo
from simulator.process import Simulator
from tests.simulator.graph_caller import GraphCaller, session

NOBODY = "2e1cb876-99be-48e5-be6a-1c25f157a7d5"


@pytest.mark.parametrize(
    "properties", [{"shoeSize": 9}, {"displayName": 9}, {"displayname": "Ada"}]
)
def test_unknown_property_or_wrong_type_is_refused(
    simulator: Simulator, tenant: TenantInfo, properties: dict[str, Any]
) -> None:
    with pytest.raises(AdminRefused):
        simulator.admin.put_user(tenant.tenant_id, **properties)


def test_unknown_people_groups_and_tenants_are_refused(
    simulator: Simulator, tenant: TenantInfo
) -> None:
    admin = simulator.admin
    with pytest.raises(AdminRefused, match="no user"):
        admin.delete_user(tenant.tenant_id, NOBODY)
    with pytest.raises(AdminRefused, match="no group"):
        admin.delete_group(tenant.tenant_id, NOBODY)
    with pytest.raises(AdminRefused, match="no tenant"):
        admin.put_user(NOBODY)


def test_only_a_soft_deleted_person_can_be_restored(
    simulator: Simulator, tenant: TenantInfo
) -> None:
    person = simulator.admin.put_user(tenant.tenant_id)["id"]
    with pytest.raises(AdminRefused, match="recycle bin"):
        simulator.admin.restore_user(tenant.tenant_id, person)


def test_person_can_be_given_an_id_and_patched(
    simulator: Simulator, tenant: TenantInfo
) -> None:
    simulator.admin.put_user(tenant.tenant_id, NOBODY, displayName="Ada", mail=None)
    patched = simulator.admin.put_user(tenant.tenant_id, NOBODY, jobTitle="Analyst")
    assert patched["id"] == NOBODY
    assert (patched["displayName"], patched["jobTitle"]) == ("Ada", "Analyst")


def test_seeded_person_can_be_edited(simulator: Simulator, staffed: TenantInfo) -> None:
    graph = GraphCaller(simulator, staffed)
    before = graph.get("/users?$top=1").json()["value"][0]
    simulator.admin.put_user(staffed.tenant_id, before["id"], officeLocation="Hull")
    after = graph.get(f"/users/{before['id']}").json()
    assert after["officeLocation"] == "Hull"
    assert after["displayName"] == before["displayName"]


def test_tenants_do_not_know_each_other(
    simulator: Simulator, tenant: TenantInfo, graph: GraphCaller
) -> None:
    other = simulator.admin.create_tenant(name="Globex")
    stranger = simulator.admin.put_user(other.tenant_id)["id"]
    assert graph.walk("/users") == []
    assert graph.get(f"/users/{stranger}").status_code == 404


def test_oracle_tells_of_the_deleted_too(
    simulator: Simulator, tenant: TenantInfo
) -> None:
    ids = [simulator.admin.put_user(tenant.tenant_id)["id"] for _ in range(3)]
    simulator.admin.delete_user(tenant.tenant_id, ids[1])
    simulator.admin.purge_user(tenant.tenant_id, ids[2])
    rows = simulator.admin.oracle(tenant.tenant_id, "people")
    states = {row["id"]: row["state"] for row in rows}
    assert [states[key] for key in ids] == ["present", "deleted", "purged"]


def test_requests_are_counted_and_forgotten(
    simulator: Simulator, tenant: TenantInfo, graph: GraphCaller
) -> None:
    simulator.admin.reset_requests()
    graph.get("/users")
    graph.get("/users")
    counts = simulator.admin.request_counts(tenant.tenant_id)
    assert counts == {"GET /v1.0/users": 2}


def test_removed_application_is_unknown_to_graph(
    simulator: Simulator, tenant: TenantInfo, graph: GraphCaller
) -> None:
    simulator.admin.remove_application(tenant.tenant_id, tenant.application_id)
    answer = graph.get("/users")
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "Authorization_IdentityNotFound"


@pytest.mark.parametrize(
    ("profile", "domain", "people"),
    [("contoso", "contoso.example", 1200), ("fabrikam", "fabrikam.example", 300)],
)
def test_profile_has_its_domain_and_size(
    simulator: Simulator, profile: Profile, domain: str, people: int
) -> None:
    made = simulator.admin.create_tenant(name="Demo", profile=profile)
    rows = simulator.admin.oracle(made.tenant_id, "people")
    assert made.domain == domain
    assert sum(1 for _ in rows) == people


def test_same_profile_is_made_the_same_again(simulator: Simulator) -> None:
    one = simulator.admin.create_tenant(name="One", profile="fabrikam", seed=4)
    other = simulator.admin.create_tenant(name="Other", profile="fabrikam", seed=4)
    for what in TRUTHS:
        first = list(simulator.admin.oracle(one.tenant_id, what))
        second = list(simulator.admin.oracle(other.tenant_id, what))
        assert without_times(first) == without_times(second)


TRUTHS: tuple[Truth, ...] = ("people", "groups", "memberships")


def without_times(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Leave out when somebody was deleted: that follows the clock."""
    for row in rows:
        row.get("properties", {}).pop("deletedDateTime", None)
    return rows


def test_unknown_action_or_part_of_the_truth_is_refused(
    simulator: Simulator, tenant: TenantInfo
) -> None:
    caller = session(simulator)
    base = f"{simulator.origin}/admin"
    assert caller.post(f"{base}/dance", json={}).status_code == 404
    assert caller.post(f"{base}/put_user", json={}).status_code == 400
    assert caller.get(f"{base}/oracle/{tenant.tenant_id}/lies").status_code == 404


def test_member_can_be_removed_and_added_again(
    simulator: Simulator, staffed: TenantInfo
) -> None:
    graph = GraphCaller(simulator, staffed)
    group = graph.walk("/groups?$select=id")[0]["id"]
    person = graph.walk(f"/groups/{group}/members?$select=id")[7]["id"]
    simulator.admin.remove_member(staffed.tenant_id, group, person)
    simulator.admin.remove_member(staffed.tenant_id, group, person)
    less = graph.walk(f"/groups/{group}/members?$select=id")
    simulator.admin.add_member(staffed.tenant_id, group, person)
    simulator.admin.add_member(staffed.tenant_id, group, person)
    again = graph.walk(f"/groups/{group}/members?$select=id")
    assert (len(less), len(again)) == (249, 250)


def test_only_a_group_in_the_recycle_bin_can_be_restored(
    simulator: Simulator, tenant: TenantInfo
) -> None:
    group = simulator.admin.put_group(tenant.tenant_id)["id"]
    with pytest.raises(AdminRefused, match="recycle bin"):
        simulator.admin.restore_group(tenant.tenant_id, group)


def test_tenant_needs_a_known_profile(simulator: Simulator) -> None:
    profile: Any = "acme"
    with pytest.raises(AdminRefused, match="profile"):
        simulator.admin.create_tenant(name="Acme", profile=profile)
