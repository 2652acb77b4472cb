"""Subscribed SKUs and who holds them, as the reference describes it."""

from __future__ import annotations

from simulator.contract import TenantInfo
from simulator.process import Simulator
from tests.simulator.graph_caller import GraphCaller

E3 = "6fd2c87f-b296-42f0-b197-1e91e994b900"
HELD = "id,assignedLicenses,licenseAssignmentStates"


def test_skus_tell_what_is_bought_and_used(
    simulator: Simulator, tenant: TenantInfo, graph: GraphCaller
) -> None:
    subscribe(simulator, tenant, enabled=25, warning=2, upper_case=True)
    ann = simulator.admin.put_user(tenant.tenant_id)["id"]
    simulator.admin.assign_sku(tenant.tenant_id, E3, ann)
    (sku,) = graph.get("/subscribedSkus").json()["value"]
    assert sku["id"] == f"{tenant.tenant_id}_{E3}"
    assert (sku["skuId"], sku["skuPartNumber"]) == (E3.upper(), "ENTERPRISEPACK")
    assert (sku["appliesTo"], sku["capabilityStatus"]) == ("User", "Enabled")
    assert sku["consumedUnits"] == 1
    bought = {"enabled": 25, "warning": 2, "suspended": 0, "lockedOut": 0}
    assert sku["prepaidUnits"] == bought
    simulator.admin.delete_user(tenant.tenant_id, ann)
    (sku,) = graph.get("/subscribedSkus?$select=consumedUnits").json()["value"]
    assert (sku["consumedUnits"], set(sku)) == (0, {"id", "consumedUnits"})


def test_only_select_is_understood(graph: GraphCaller) -> None:
    answer = graph.get("/subscribedSkus?$filter=skuPartNumber eq 'SPB'")
    assert answer.status_code == 400


def test_skus_need_a_permission(simulator: Simulator) -> None:
    blind = simulator.admin.create_tenant(name="Blind", permissions=["User.Read.All"])
    answer = GraphCaller(simulator, blind).get("/subscribedSkus")
    assert answer.status_code == 403


def test_direct_and_inherited_are_two_states_of_one_licence(
    simulator: Simulator, tenant: TenantInfo, graph: GraphCaller
) -> None:
    subscribe(simulator, tenant)
    admin, at = simulator.admin, tenant.tenant_id
    ann = admin.put_user(at)["id"]
    group = admin.put_group(at, displayName="Licensed")["id"]
    admin.add_member(at, group, ann)
    admin.assign_sku(at, E3, ann)
    admin.assign_sku(at, E3, group_id=group)
    person = graph.get(f"/users/{ann}?$select={HELD}").json()
    assert person["assignedLicenses"] == [{"skuId": E3, "disabledPlans": []}]
    states = person["licenseAssignmentStates"]
    assert [one["assignedByGroup"] for one in states] == [None, group]
    (sku,) = graph.get("/subscribedSkus").json()["value"]
    assert sku["consumedUnits"] == 1


def test_delta_tells_of_licences_but_not_of_how_they_are_held(
    simulator: Simulator, tenant: TenantInfo, graph: GraphCaller
) -> None:
    subscribe(simulator, tenant)
    admin, at = simulator.admin, tenant.tenant_id
    ann = admin.put_user(at)["id"]
    _, link = graph.round(f"/users/delta?$select={HELD}")
    admin.assign_sku(at, E3, ann)
    (told,), link = graph.round(link)
    assert told["assignedLicenses"] == [{"skuId": E3, "disabledPlans": []}]
    group = admin.put_group(at, displayName="Licensed")["id"]
    admin.assign_sku(at, E3, ann, group_id=group)
    assert graph.round(link)[0] == []


def subscribe(simulator: Simulator, tenant: TenantInfo, **more: object) -> None:
    """Let the tenant have bought Office 365 E3."""
    spec = {"part_number": "ENTERPRISEPACK", **more}
    simulator.admin.put_sku(tenant.tenant_id, E3, **spec)  # type: ignore[arg-type]
