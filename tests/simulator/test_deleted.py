"""The recycle bin: soft deletion, restoring, purging."""

from __future__ import annotations

from simulator.contract import TenantInfo
from simulator.process import Simulator
from tests.simulator.graph_caller import GraphCaller

BIN = "/directory/deletedItems/microsoft.graph.user"


def test_deleted_person_moves_to_the_recycle_bin(
    simulator: Simulator, tenant: TenantInfo, graph: GraphCaller
) -> None:
    person = simulator.admin.put_user(tenant.tenant_id)["id"]
    simulator.admin.delete_user(tenant.tenant_id, person)
    assert graph.get(f"/users/{person}").status_code == 404
    assert graph.get(f"{BIN}/{person}").json()["deletedDateTime"] is not None
    assert [row["id"] for row in graph.walk(BIN)] == [person]


def test_restored_person_has_the_same_id(
    simulator: Simulator, tenant: TenantInfo, graph: GraphCaller
) -> None:
    person = simulator.admin.put_user(tenant.tenant_id)["id"]
    simulator.admin.delete_user(tenant.tenant_id, person)
    simulator.admin.restore_user(tenant.tenant_id, person)
    assert graph.get(f"/users/{person}").status_code == 200
    assert graph.get(f"{BIN}/{person}").status_code == 404


def test_purged_person_is_nowhere(
    simulator: Simulator, tenant: TenantInfo, graph: GraphCaller
) -> None:
    person = simulator.admin.put_user(tenant.tenant_id)["id"]
    simulator.admin.purge_user(tenant.tenant_id, person)
    assert graph.get(f"/users/{person}").status_code == 404
    assert graph.get(f"{BIN}/{person}").status_code == 404


def test_recycle_bin_forgets_after_30_days(
    simulator: Simulator, tenant: TenantInfo
) -> None:
    person = simulator.admin.put_user(tenant.tenant_id)["id"]
    simulator.admin.delete_user(tenant.tenant_id, person)
    simulator.admin.advance(31 * 86_400)
    graph = GraphCaller(simulator, tenant)
    assert graph.get(f"{BIN}/{person}").status_code == 404


def test_contoso_starts_with_leavers_in_the_recycle_bin(simulator: Simulator) -> None:
    contoso = simulator.admin.create_tenant(
        name="Contoso", people=1200, profile="contoso"
    )
    gone = GraphCaller(simulator, contoso).walk(f"{BIN}?$select=id")
    assert 5 <= len(gone) <= 25


def test_deleted_m365_group_lies_in_the_recycle_bin(
    simulator: Simulator, tenant: TenantInfo, graph: GraphCaller
) -> None:
    team = simulator.admin.put_group(tenant.tenant_id, groupTypes=["Unified"])["id"]
    security = simulator.admin.put_group(tenant.tenant_id)["id"]
    for group in (team, security):
        simulator.admin.delete_group(tenant.tenant_id, group)
    gone = graph.walk("/directory/deletedItems/microsoft.graph.group")
    assert [group["id"] for group in gone] == [team]
    assert gone[0]["deletedDateTime"] is not None


def test_restored_group_is_back_with_its_members(
    simulator: Simulator, tenant: TenantInfo, graph: GraphCaller
) -> None:
    team = simulator.admin.put_group(tenant.tenant_id, groupTypes=["Unified"])["id"]
    person = simulator.admin.put_user(tenant.tenant_id)["id"]
    simulator.admin.add_member(tenant.tenant_id, team, person)
    simulator.admin.delete_group(tenant.tenant_id, team)
    assert graph.get(f"/groups/{team}").status_code == 404
    simulator.admin.restore_group(tenant.tenant_id, team)
    members = graph.walk(f"/groups/{team}/members?$select=id")
    assert [member["id"] for member in members] == [person]


def test_any_deleted_object_is_found_by_its_id(
    simulator: Simulator, tenant: TenantInfo, graph: GraphCaller
) -> None:
    team = simulator.admin.put_group(tenant.tenant_id, groupTypes=["Unified"])["id"]
    person = simulator.admin.put_user(tenant.tenant_id)["id"]
    simulator.admin.delete_group(tenant.tenant_id, team)
    simulator.admin.delete_user(tenant.tenant_id, person)
    kinds = [
        graph.get(f"/directory/deletedItems/{key}").json()["@odata.type"]
        for key in (team, person)
    ]
    assert kinds == ["#microsoft.graph.group", "#microsoft.graph.user"]
    assert graph.get("/directory/deletedItems/none").status_code == 404


def test_upn_of_the_deleted_is_freed_by_their_id(
    simulator: Simulator, tenant: TenantInfo, graph: GraphCaller
) -> None:
    made = simulator.admin.put_user(tenant.tenant_id, userPrincipalName="a@b.example")
    simulator.admin.delete_user(tenant.tenant_id, made["id"])
    gone = graph.get(f"{BIN}/{made['id']}").json()
    prefix = made["id"].replace("-", "")
    assert gone["userPrincipalName"] == f"{prefix}a@b.example"
