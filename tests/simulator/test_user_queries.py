"""Queries of /users: filters, counts, order and search, plain and advanced."""

from __future__ import annotations

import pytest

from simulator.contract import TenantInfo
from simulator.process import Simulator
from tests.simulator.graph_caller import EVENTUAL, GraphCaller


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
