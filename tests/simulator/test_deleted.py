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
