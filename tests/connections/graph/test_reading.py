"""The tenant and its people, asked for in the simulator over HTTPS."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from connections.graph import reading
from connections.graph.client import GraphClient
from connections.graph.errors import (
    LacksPermission,
    MalformedAnswer,
    NoSuchObject,
    Unavailable,
)
from connections.graph.wire import UNREAD, GraphPerson
from simulator.contract import FaultRule, TenantInfo
from simulator.process import Simulator
from tests.connections.conftest import Waits
from tests.connections.graph.people import add
from tests.connections.scripted import Host, json

SELECT = ("displayName", "mail", "accountEnabled", "businessPhones")


def everybody(client: GraphClient, *, managers: bool = False) -> list[GraphPerson]:
    pages = reading.people(client, select=SELECT, managers=managers)
    return [person for page in pages for person in page.people]


def test_the_tenant_says_who_it_is(tenant: TenantInfo, graph: GraphClient) -> None:
    found = reading.organisation(graph)

    assert found.tenant_id == UUID(tenant.tenant_id)
    assert found.name == "Acme"
    assert tenant.domain in found.verified_domains


@pytest.mark.parametrize("listed", [None, [], [{"id": "x"}], [{}, {}]], ids=str)
def test_a_tenant_that_does_not_say_who_it_is_is_malformed(
    host: Host, client: GraphClient, listed: object
) -> None:
    host.will(json({"value": listed}))

    with pytest.raises(MalformedAnswer):
        reading.organisation(client)


def test_the_tenant_says_how_many_people_it_has(
    simulator: Simulator, tenant: TenantInfo, graph: GraphClient
) -> None:
    for name in ("ada", "bob", "eve"):
        add(simulator, tenant, name)

    assert reading.count_people(graph) == 3


def test_a_count_that_is_no_number_is_malformed(
    host: Host, client: GraphClient
) -> None:
    host.will(json({"value": []}))

    with pytest.raises(MalformedAnswer):
        reading.count_people(client)


def test_everybody_is_read_with_what_was_asked_for(
    simulator: Simulator, tenant: TenantInfo, graph: GraphClient
) -> None:
    ada = add(simulator, tenant, "Ada", mail="ada@acme.example", accountEnabled=True)
    bob = add(simulator, tenant, "Bob", accountEnabled=False)

    found = {person.object_id: person.properties for person in everybody(graph)}

    assert found == {
        ada: {
            "displayName": "Ada",
            "mail": "ada@acme.example",
            "accountEnabled": True,
            "businessPhones": [],
        },
        bob: {
            "displayName": "Bob",
            "mail": None,
            "accountEnabled": False,
            "businessPhones": [],
        },
    }


def test_managers_come_along_only_when_asked_for(
    simulator: Simulator, tenant: TenantInfo, graph: GraphClient
) -> None:
    ada, bob = add(simulator, tenant, "Ada"), add(simulator, tenant, "Bob")
    simulator.admin.set_manager(tenant.tenant_id, str(bob), str(ada))

    asked = {each.object_id: each.manager for each in everybody(graph, managers=True)}
    unasked = {each.manager for each in everybody(graph)}

    assert asked == {ada: None, bob: ada}
    assert unasked == {UNREAD}


def test_a_walk_goes_on_from_any_page(
    simulator: Simulator, tenant: TenantInfo, graph: GraphClient
) -> None:
    everyone = {add(simulator, tenant, f"P{number}") for number in range(7)}
    simulator.admin.settings(tenant.tenant_id, page_size=3)
    first = next(reading.people(graph, select=SELECT, managers=False))

    rest = reading.people(graph, select=SELECT, managers=False, link=first.next_link)

    read = [*first.people, *(person for page in rest for person in page.people)]
    assert len(read) == 7
    assert {person.object_id for person in read} == everyone


def test_a_large_tenant_is_one_request_for_each_999(
    simulator: Simulator, tenant: TenantInfo, graph: GraphClient
) -> None:
    for number in range(3):
        add(simulator, tenant, f"P{number}")
    simulator.admin.settings(tenant.tenant_id, page_size=2)

    assert len(everybody(graph)) == 3

    assert graph.requests == 2
    (first, _) = simulator.admin.requests(tenant.tenant_id)[-2:]
    assert "$top=999" in first["query"]


@pytest.mark.parametrize(
    "fault",
    [
        FaultRule(throttle=True, retry_after=2),
        FaultRule(status=503, html=True),
        FaultRule(drop=True),
        FaultRule(truncate=True),
        FaultRule(status=401),
        FaultRule(empty=True),
    ],
    ids=str,
)
def test_a_fault_on_the_way_loses_nobody(
    simulator: Simulator, tenant: TenantInfo, graph: GraphClient, fault: FaultRule
) -> None:
    everyone = {add(simulator, tenant, f"P{number}") for number in range(5)}
    simulator.admin.settings(tenant.tenant_id, page_size=2)
    rule = FaultRule(tenant_id=tenant.tenant_id, path="/users", skip=1, times=1)
    rule.update(fault)
    simulator.admin.fault(**rule)

    assert {person.object_id for person in everybody(graph)} == everyone


@pytest.mark.parametrize(
    "fault",
    [
        FaultRule(malformed="value_not_list"),
        FaultRule(malformed="id_missing"),
        FaultRule(malformed="wrong_type"),
        FaultRule(malformed="broken_json"),
        FaultRule(loop=True),
        FaultRule(foreign=True),
    ],
    ids=str,
)
def test_a_malformed_page_ends_the_walk(
    simulator: Simulator, tenant: TenantInfo, graph: GraphClient, fault: FaultRule
) -> None:
    for number in range(5):
        add(simulator, tenant, f"P{number}")
    simulator.admin.settings(tenant.tenant_id, page_size=2)
    rule = FaultRule(tenant_id=tenant.tenant_id, path="/users", skip=1, times=1)
    rule.update(fault)
    simulator.admin.fault(**rule)

    with pytest.raises(MalformedAnswer):
        everybody(graph)


def test_minutes_of_unavailability_end_in_words(
    simulator: Simulator, tenant: TenantInfo, graph: GraphClient, waits: Waits
) -> None:
    simulator.admin.fault(tenant_id=tenant.tenant_id, path="/users", status=503)

    with pytest.raises(Unavailable, match="not available at the moment"):
        everybody(graph)

    assert sum(waits.seconds) > 120


def test_a_missing_permission_is_named(
    simulator: Simulator, tenant: TenantInfo, graph: GraphClient
) -> None:
    simulator.admin.set_application(
        tenant.tenant_id, tenant.application_id, permissions=[]
    )

    with pytest.raises(LacksPermission) as caught:
        everybody(graph)

    assert caught.value.permission == "User.Read.All"
    assert caught.value.request_id


@pytest.mark.parametrize("by", ["id", "upn"])
def test_one_person_is_read_by_id_or_name(
    simulator: Simulator, tenant: TenantInfo, graph: GraphClient, by: str
) -> None:
    ada = add(simulator, tenant, "Ada")
    who = ada if by == "id" else f"ada@{tenant.domain}"

    found = reading.person(graph, who, select=SELECT, managers=True)

    assert (found.object_id, found.manager) == (ada, None)


def test_a_guest_is_read_by_name_in_spite_of_its_hash_sign(
    simulator: Simulator, tenant: TenantInfo, graph: GraphClient
) -> None:
    upn = f"eve_other.example#EXT#@{tenant.domain}"
    card = simulator.admin.put_user(tenant.tenant_id, userPrincipalName=upn)

    found = reading.person(graph, upn, select=SELECT, managers=False)

    assert found.object_id == UUID(card["id"])


def test_nobody_of_that_id_is_told(graph: GraphClient) -> None:
    with pytest.raises(NoSuchObject):
        reading.person(graph, uuid4(), select=SELECT, managers=False)


def test_a_name_that_begins_with_a_dollar_is_a_name() -> None:
    assert (
        reading.user_path("$o'neil@a.example") == "/users('%24o%27%27neil@a.example')"
    )
