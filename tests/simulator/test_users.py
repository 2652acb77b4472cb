"""/users as the reference describes it: one person, managers, what is selected."""

from __future__ import annotations

from simulator.contract import TenantInfo
from simulator.process import Simulator
from tests.simulator.graph_caller import GraphCaller


def test_expanded_manager_carries_only_what_is_selected(
    simulator: Simulator, tenant: TenantInfo, graph: GraphCaller
) -> None:
    boss = simulator.admin.put_user(tenant.tenant_id)["id"]
    clerk = simulator.admin.put_user(tenant.tenant_id)["id"]
    simulator.admin.set_manager(tenant.tenant_id, clerk, boss)
    people = graph.walk("/users?$select=id&$expand=manager($levels=1;$select=id)")
    of = {person["id"]: person.get("manager") for person in people}
    assert of[clerk] == {"@odata.type": "#microsoft.graph.user", "id": boss}
    assert of[boss] is None


def test_manager_chain_stops_in_a_circle(
    simulator: Simulator, tenant: TenantInfo, graph: GraphCaller
) -> None:
    one = simulator.admin.put_user(tenant.tenant_id)["id"]
    other = simulator.admin.put_user(tenant.tenant_id)["id"]
    simulator.admin.set_manager(tenant.tenant_id, one, other)
    simulator.admin.set_manager(tenant.tenant_id, other, one)
    person = graph.get(f"/users/{one}?$expand=manager($levels=max;$select=id)").json()
    assert person["manager"]["manager"]["id"] == one
    assert "manager" not in person["manager"]["manager"]


def test_manager_of_the_top_is_404(
    simulator: Simulator, tenant: TenantInfo, graph: GraphCaller
) -> None:
    person = simulator.admin.put_user(tenant.tenant_id)["id"]
    answer = graph.get(f"/users/{person}/manager")
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "Request_ResourceNotFound"


def test_person_is_found_by_upn_with_a_hash(
    simulator: Simulator, tenant: TenantInfo, graph: GraphCaller
) -> None:
    upn = "a_partner.example#EXT#@acme.example"
    made = simulator.admin.put_user(tenant.tenant_id, userPrincipalName=upn)
    answer = graph.get("/users/a_partner.example%23EXT%23@acme.example")
    assert answer.json()["id"] == made["id"]


def test_unknown_property_is_refused(graph: GraphCaller) -> None:
    answer = graph.get("/users?$select=shoeSize")
    assert answer.status_code == 400
    assert "shoeSize" in answer.json()["error"]["message"]


def test_property_outside_the_store_is_501(graph: GraphCaller) -> None:
    answer = graph.get("/users?$select=skills")
    assert answer.status_code == 501
    assert answer.json()["error"]["code"] == "NotImplemented"


def test_unknown_person_is_404(graph: GraphCaller) -> None:
    answer = graph.get("/users/2e1cb876-99be-48e5-be6a-1c25f157a7d5")
    assert answer.status_code == 404


def test_manager_is_read_by_itself(
    simulator: Simulator, tenant: TenantInfo, graph: GraphCaller
) -> None:
    boss = simulator.admin.put_user(tenant.tenant_id, displayName="Boss")["id"]
    clerk = simulator.admin.put_user(tenant.tenant_id)["id"]
    simulator.admin.set_manager(tenant.tenant_id, clerk, boss)
    manager = graph.get(f"/users/{clerk}/manager").json()
    assert manager["@odata.type"] == "#microsoft.graph.user"
    assert manager["displayName"] == "Boss"
