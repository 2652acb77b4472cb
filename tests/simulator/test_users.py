"""/users as reference describes it: paging, select, expand, filter, errors."""

from __future__ import annotations

import pytest
import requests

from simulator.contract import TenantInfo
from simulator.process import Simulator
from tests.simulator.graph_caller import GraphCaller

EVENTUAL = {"ConsistencyLevel": "eventual"}


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


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        ("displayName eq 'ada'", ["Ada"]),
        ("startswith(displayName,'a')", ["Ada", "Arlo's"]),
        ("displayName in ('Ada','Bram')", ["Ada", "Bram"]),
        ("displayName eq 'Arlo''s' or accountEnabled eq false", ["Arlo's", "Bram"]),
        ("accountEnabled eq true and (displayName eq 'Ada')", ["Ada"]),
    ],
)
def test_filter_by_default_operators(
    simulator: Simulator,
    tenant: TenantInfo,
    graph: GraphCaller,
    clause: str,
    expected: list[str],
) -> None:
    for name, is_enabled in (("Ada", True), ("Arlo's", True), ("Bram", False)):
        simulator.admin.put_user(
            tenant.tenant_id, displayName=name, accountEnabled=is_enabled
        )
    people = graph.walk(f"/users?$select=displayName&$filter={clause}")
    assert [person["displayName"] for person in people] == expected


def test_id_filter_finds_exactly_those(
    simulator: Simulator, staffed: TenantInfo
) -> None:
    graph = GraphCaller(simulator, staffed)
    ids = [person["id"] for person in graph.walk("/users?$select=id")][100:103]
    chosen = ",".join(f"'{object_id}'" for object_id in ids)
    found = graph.walk(f"/users?$select=id&$filter=id in ({chosen})")
    assert [person["id"] for person in found] == ids


@pytest.mark.parametrize(
    "clause",
    ["officeLocation eq 'London'", "endswith(mail,'x')", "displayName ne 'Ada'"],
)
def test_advanced_filter_needs_consistency_level_and_count(
    graph: GraphCaller, clause: str
) -> None:
    refused = graph.get(f"/users?$filter={clause}")
    allowed = graph.get(f"/users?$filter={clause}&$count=true", **EVENTUAL)
    assert refused.json()["error"]["code"] == "Request_UnsupportedQuery"
    assert allowed.json()["@odata.count"] == 0


def test_count_segment_needs_consistency_level(
    simulator: Simulator, staffed: TenantInfo
) -> None:
    graph = GraphCaller(simulator, staffed)
    refused = graph.get("/users/$count").json()
    assert refused["error"]["message"] == "$count is not currently supported."
    assert graph.get("/users/$count", **EVENTUAL).text == "250"


def test_count_stands_on_the_first_page_only(
    simulator: Simulator, staffed: TenantInfo
) -> None:
    graph = GraphCaller(simulator, staffed)
    first = graph.get("/users?$count=true", **EVENTUAL).json()
    second = graph.get(first["@odata.nextLink"], **EVENTUAL).json()
    assert first["@odata.count"] == 250
    assert "@odata.count" not in second


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


def test_people_are_sorted_by_name(simulator: Simulator, staffed: TenantInfo) -> None:
    graph = GraphCaller(simulator, staffed)
    path = "/users?$select=displayName&$orderby=displayName"
    names = [card["displayName"].casefold() for card in graph.walk(path)]
    assert names == sorted(names)
    downwards = [card["displayName"].casefold() for card in graph.walk(f"{path} desc")]
    assert downwards == sorted(names, reverse=True)
    assert graph.get("/users?$orderby=city").status_code == 400


def test_search_needs_the_header_and_finds_the_beginnings_of_words(
    simulator: Simulator, tenant: TenantInfo, graph: GraphCaller
) -> None:
    for name in ("Ada Lovelock", "Lovage Ada", "Clover"):
        simulator.admin.put_user(tenant.tenant_id, displayName=name)
    path = '/users?$select=displayName&$search="displayName:lov"'
    found = graph.walk(path, **EVENTUAL)
    assert [card["displayName"] for card in found] == ["Ada Lovelock", "Lovage Ada"]
    assert graph.get(path).json()["error"]["code"] == "Request_UnsupportedQuery"
    assert graph.get("/users?$search=lov", **EVENTUAL).status_code == 400


@pytest.mark.parametrize(
    "query",
    [
        "$filter=displayName",
        "$filter=displayName eq 'a' b",
        "$filter=displayName like 'a'",
        "$filter=displayName eq 'a",
        "$filter=shoeSize eq '9'",
        "$expand=manager($levels=0)",
        "$expand=directReports",
        "$skip=5",
    ],
)
def test_query_that_cannot_be_read_is_400(graph: GraphCaller, query: str) -> None:
    assert graph.get(f"/users?{query}").status_code == 400


@pytest.mark.parametrize(
    "clause",
    [
        "not startswith(displayName,'B')",
        "endswith(userPrincipalName,'ada@acme.example')",
        "displayName ne 'Bram' and createdDateTime ge 2020-01-01T00:00:00Z",
        "proxyAddresses/any(p:p eq 'SMTP:ada@acme.example')",
    ],
)
def test_advanced_filters_find(
    simulator: Simulator, tenant: TenantInfo, graph: GraphCaller, clause: str
) -> None:
    simulator.admin.put_user(
        tenant.tenant_id,
        displayName="Ada",
        userPrincipalName="ada@acme.example",
        proxyAddresses=["SMTP:ada@acme.example"],
    )
    simulator.admin.put_user(tenant.tenant_id, displayName="Bram")
    path = f"/users?$select=displayName&$count=true&$filter={clause}"
    found = graph.walk(path, **EVENTUAL)
    assert [card["displayName"] for card in found] == ["Ada"]


def test_ends_with_is_for_addresses_only(graph: GraphCaller) -> None:
    path = "/users?$count=true&$filter=endswith(displayName,'a')"
    assert graph.get(path, **EVENTUAL).status_code == 400


def test_expand_does_not_go_with_advanced_queries(graph: GraphCaller) -> None:
    path = "/users?$count=true&$expand=manager&$filter=displayName ne 'a'"
    assert graph.get(path, **EVENTUAL).status_code == 400
