"""Pages of /users: sizes, links, order, duplicates, and people who come meanwhile."""

from __future__ import annotations

import pytest
import requests

from simulator.contract import TenantInfo
from simulator.process import Simulator
from tests.simulator.graph_caller import EVENTUAL, GraphCaller


def test_pages_hold_everybody_once(simulator: Simulator, staffed: TenantInfo) -> None:
    people = GraphCaller(simulator, staffed).walk("/users?$select=id")
    truth = {row["id"] for row in simulator.admin.oracle(staffed.tenant_id, "people")}
    assert len(people) == 250
    assert {person["id"] for person in people} == truth


def test_default_page_has_100_people_with_the_default_properties(
    simulator: Simulator, staffed: TenantInfo
) -> None:
    page = GraphCaller(simulator, staffed).get("/users").json()
    assert len(page["value"]) == 100
    assert set(page["value"][0]) == {
        "businessPhones", "displayName", "givenName", "id", "jobTitle", "mail",
        "mobilePhone", "officeLocation", "preferredLanguage", "surname",
        "userPrincipalName",
    }  # fmt: skip


@pytest.mark.parametrize("top", ["0", "1000", "many"])
def test_top_outside_1_to_999_is_refused(graph: GraphCaller, top: str) -> None:
    answer = graph.get(f"/users?$top={top}")
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "Request_BadRequest"


def test_shuffled_order_holds_everybody_once(
    simulator: Simulator, staffed: TenantInfo
) -> None:
    simulator.admin.settings(staffed.tenant_id, order_seed=5)
    graph = GraphCaller(simulator, staffed)
    shuffled = [person["id"] for person in graph.walk("/users?$select=id")]
    simulator.admin.settings(staffed.tenant_id, order_seed=None)
    plain = [person["id"] for person in graph.walk("/users?$select=id")]
    assert shuffled != plain
    assert sorted(shuffled) == sorted(plain)


def test_duplicates_come_again_on_a_later_page(
    simulator: Simulator, staffed: TenantInfo
) -> None:
    simulator.admin.settings(staffed.tenant_id, duplicates=0.5)
    people = GraphCaller(simulator, staffed).walk("/users?$select=id")
    assert len({person["id"] for person in people}) == 250
    assert 290 < len(people) < 360


def test_page_size_caps_every_page(simulator: Simulator, staffed: TenantInfo) -> None:
    simulator.admin.settings(staffed.tenant_id, page_size=7)
    page = GraphCaller(simulator, staffed).get("/users?$top=500").json()
    assert len(page["value"]) == 7


def test_person_added_during_a_walk_is_still_met(
    simulator: Simulator, staffed: TenantInfo
) -> None:
    simulator.admin.settings(staffed.tenant_id, order_seed=3)
    graph = GraphCaller(simulator, staffed)
    first = graph.get("/users?$select=id").json()
    added = simulator.admin.put_user(staffed.tenant_id)
    rest = graph.walk(first["@odata.nextLink"])
    assert {"id": added["id"]} in rest
    assert len(first["value"] + rest) == 251


def assert_expired(answer: requests.Response) -> None:
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "Directory_ExpiredPageToken"


def test_page_link_expires(simulator: Simulator, staffed: TenantInfo) -> None:
    link = GraphCaller(simulator, staffed).get("/users").json()["@odata.nextLink"]
    simulator.admin.advance(2 * 3600)
    assert_expired(GraphCaller(simulator, staffed).get(link))


def test_page_link_of_another_tenant_is_refused(
    simulator: Simulator, staffed: TenantInfo, graph: GraphCaller
) -> None:
    link = GraphCaller(simulator, staffed).get("/users").json()["@odata.nextLink"]
    assert_expired(graph.get(link))


def test_forged_page_link_is_refused(graph: GraphCaller) -> None:
    assert_expired(graph.get("/users?$skiptoken=eyJrIjoxfQ"))


def test_million_people_are_served_without_being_held(simulator: Simulator) -> None:
    huge = simulator.admin.create_tenant(name="Huge", people=1_000_000)
    graph = GraphCaller(simulator, huge)
    simulator.admin.settings(huge.tenant_id, order_seed=1)
    page = graph.get("/users?$top=999").json()
    last = graph.get("/groups?$filter=displayName eq 'All-Staff'&$select=id").json()
    members = graph.get(f"/groups/{last['value'][0]['id']}/members?$select=id").json()
    assert (len(page["value"]), len(members["value"])) == (999, 100)


def test_count_stands_on_the_first_page_only(
    simulator: Simulator, staffed: TenantInfo
) -> None:
    graph = GraphCaller(simulator, staffed)
    first = graph.get("/users?$count=true", **EVENTUAL).json()
    second = graph.get(first["@odata.nextLink"], **EVENTUAL).json()
    assert first["@odata.count"] == 250
    assert "@odata.count" not in second
