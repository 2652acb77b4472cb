"""Groups and their members, asked for in the simulator over HTTPS."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from connections.graph import groups
from connections.graph.client import GraphClient
from connections.graph.errors import (
    CursorExpired,
    GraphError,
    LacksPermission,
    MalformedAnswer,
    NoSuchObject,
)
from connections.graph.wire import GraphGroup, GroupKind, Member, MemberKind
from simulator.contract import FaultRule, TenantInfo
from simulator.process import Simulator
from tests.connections.conftest import Waits
from tests.connections.graph.people import add, add_group
from tests.connections.scripted import Canned, Host, Received, json


def read(client: GraphClient, *group_ids: UUID) -> dict[UUID, set[UUID] | GraphError]:
    """Return who is in each group that was read to its end, else its error."""
    found: dict[UUID, set[UUID]] = {each: set() for each in group_ids}
    ended: dict[UUID, set[UUID] | GraphError] = {}
    for page in groups.members(client, group_ids):
        assert page.group_id not in ended
        found[page.group_id] |= {member.object_id for member in page.members}
        if page.complete or page.error is not None:
            ended[page.group_id] = page.error or found[page.group_id]
    return ended


def test_groups_are_read_by_id_and_one_that_is_gone_says_so(
    simulator: Simulator, tenant: TenantInfo, graph: GraphClient
) -> None:
    london = add_group(simulator, tenant, "SG-London")
    gone = uuid4()

    found = groups.groups(graph, [london, gone, london])

    assert found.keys() == {london, gone}
    assert isinstance(found[gone], NoSuchObject)
    group = found[london]
    assert isinstance(group, GraphGroup)
    assert (group.name, group.kind) == ("SG-London", GroupKind.SECURITY)
    assert graph.requests == 1


@pytest.mark.parametrize("asked", ["O'Neil & Co", "o'neil & CO", "  O'Neil & Co "])
def test_a_name_finds_the_group_of_that_name_only(
    simulator: Simulator, tenant: TenantInfo, graph: GraphClient, asked: str
) -> None:
    wanted = add_group(simulator, tenant, "O'Neil & Co")
    add_group(simulator, tenant, "O'Neil & Co 2")

    found = groups.groups_named(graph, asked)

    assert [group.object_id for group in found] == [wanted]


def test_two_groups_of_one_name_are_both_found(
    simulator: Simulator, tenant: TenantInfo, graph: GraphClient
) -> None:
    twins = {add_group(simulator, tenant, "Twin") for _ in range(2)}

    assert {each.object_id for each in groups.groups_named(graph, "Twin")} == twins


def test_no_name_finds_no_group_and_asks_nothing(graph: GraphClient) -> None:
    assert groups.groups_named(graph, "  ") == []
    assert graph.requests == 0


def test_a_search_finds_groups_by_the_beginning_of_their_name(
    simulator: Simulator, tenant: TenantInfo, graph: GraphClient
) -> None:
    for name in ("SG-Leeds", "sg-London", "Other", "O'Neil"):
        add_group(simulator, tenant, name)

    found = [group.name for group in groups.group_search(graph, " SG-L ")]

    assert found == ["SG-Leeds", "sg-London"]
    assert [group.name for group in groups.group_search(graph, "O'N")] == ["O'Neil"]
    assert len(groups.group_search(graph, "")) == 4


def test_members_of_many_groups_come_through_few_requests(
    simulator: Simulator, tenant: TenantInfo, graph: GraphClient
) -> None:
    people = [add(simulator, tenant, f"P{number}") for number in range(5)]
    expected: dict[UUID, set[UUID] | GraphError] = {}
    for number in range(25):
        members = people[: number % 6]
        group_id = add_group(simulator, tenant, f"G{number}", *members)
        expected[group_id] = set(members)

    assert read(graph, *expected) == expected
    assert graph.requests == 2


def test_a_large_group_is_read_to_its_end(
    simulator: Simulator, tenant: TenantInfo, graph: GraphClient
) -> None:
    people = [add(simulator, tenant, f"P{number}") for number in range(7)]
    large = add_group(simulator, tenant, "Large", *people)
    small = add_group(simulator, tenant, "Small", people[0])
    simulator.admin.settings(tenant.tenant_id, page_size=2)

    assert read(graph, large, small) == {large: set(people), small: {people[0]}}


def test_a_nested_group_is_a_member_and_not_opened(
    simulator: Simulator, tenant: TenantInfo, graph: GraphClient
) -> None:
    ada = add(simulator, tenant, "Ada")
    inner = add_group(simulator, tenant, "Inner", ada)
    outer = add_group(simulator, tenant, "Outer", inner)

    (page,) = groups.members(graph, [outer])

    assert page.members == [Member(inner, MemberKind.GROUP)]
    assert page.complete


def test_a_group_that_is_gone_has_an_error_and_no_members(
    simulator: Simulator, tenant: TenantInfo, graph: GraphClient
) -> None:
    gone, empty = uuid4(), add_group(simulator, tenant, "Empty")

    found = read(graph, gone, empty)

    assert isinstance(found[gone], NoSuchObject)
    assert found[empty] == set()


def test_a_missing_permission_is_named_for_each_group(
    simulator: Simulator, tenant: TenantInfo, graph: GraphClient
) -> None:
    group_id = add_group(simulator, tenant, "G")
    simulator.admin.set_application(
        tenant.tenant_id, tenant.application_id, permissions=["User.Read.All"]
    )

    error = read(graph, group_id)[group_id]

    assert isinstance(error, LacksPermission)
    assert error.permission == "GroupMember.Read.All"


@pytest.mark.parametrize(
    "fault",
    [
        FaultRule(throttle=True, retry_after=3),
        FaultRule(status=503),
        FaultRule(status=401),
    ],
    ids=str,
)
def test_a_fault_in_a_part_loses_nobody(
    simulator: Simulator,
    tenant: TenantInfo,
    graph: GraphClient,
    waits: Waits,
    fault: FaultRule,
) -> None:
    people = [add(simulator, tenant, f"P{number}") for number in range(5)]
    group_id = add_group(simulator, tenant, "G", *people)
    simulator.admin.settings(tenant.tenant_id, page_size=2)
    rule = FaultRule(tenant_id=tenant.tenant_id, path="/members", skip=1, times=1)
    rule.update(fault)
    simulator.admin.fault(**rule)

    assert read(graph, group_id) == {group_id: set(people)}
    assert graph.requests == 4


@pytest.mark.parametrize(
    "fault",
    [
        FaultRule(malformed="value_not_list"),
        FaultRule(malformed="id_missing"),
        FaultRule(loop=True),
        FaultRule(foreign=True),
    ],
    ids=str,
)
def test_a_malformed_page_is_an_error_of_its_group_alone(
    simulator: Simulator, tenant: TenantInfo, graph: GraphClient, fault: FaultRule
) -> None:
    people = [add(simulator, tenant, f"P{number}") for number in range(5)]
    bad = add_group(simulator, tenant, "Bad", *people)
    good = add_group(simulator, tenant, "Good", *people)
    simulator.admin.settings(tenant.tenant_id, page_size=2)
    rule = FaultRule(tenant_id=tenant.tenant_id, path=f"{bad}/members")
    rule.update(fault)
    simulator.admin.fault(**rule)

    found = read(graph, bad, good)

    assert isinstance(found[bad], MalformedAnswer)
    assert found[good] == set(people)


def test_a_page_link_that_expired_is_an_error_of_its_group(
    host: Host, client: GraphClient
) -> None:
    group_id = uuid4()

    def script(received: Received) -> Canned:
        (asked,) = received.json()["requests"]
        if "$skiptoken" in asked["url"]:
            error = {"code": "Directory_ExpiredPageToken", "message": ""}
            return json(
                {"responses": [{"id": "1", "status": 400, "body": {"error": error}}]}
            )
        link = f"{host.origin}/v1.0/groups/{group_id}/members?$skiptoken=x"
        body = {"value": [], "@odata.nextLink": link}
        return json({"responses": [{"id": "1", "status": 200, "body": body}]})

    host.script = script

    assert isinstance(read(client, group_id)[group_id], CursorExpired)


def test_whoever_is_in_a_group_by_way_of_another_is_in_it(
    simulator: Simulator, tenant: TenantInfo, graph: GraphClient
) -> None:
    ada, bob = add(simulator, tenant, "Ada"), add(simulator, tenant, "Bob")
    inner = add_group(simulator, tenant, "Inner", ada)
    outer = add_group(simulator, tenant, "Outer", inner, bob)

    found = groups.check_member_groups(graph, [ada, bob], [inner, outer])

    assert found == {ada: frozenset({inner, outer}), bob: frozenset({outer})}


def test_somebody_who_is_gone_is_in_no_group_that_could_be_told(
    graph: GraphClient, simulator: Simulator, tenant: TenantInfo
) -> None:
    nobody, group_id = uuid4(), add_group(simulator, tenant, "G")

    found = groups.check_member_groups(graph, [nobody], [group_id])

    assert isinstance(found[nobody], NoSuchObject)


def test_more_groups_than_graph_checks_at_once_are_a_mistake_of_ours(
    graph: GraphClient,
) -> None:
    with pytest.raises(ValueError, match="at most 20"):
        groups.check_member_groups(graph, [uuid4()], [uuid4() for _ in range(21)])


@pytest.mark.parametrize("body", [{}, {"value": None}, {"value": [5]}], ids=str)
def test_an_odd_answer_about_groups_is_malformed(
    host: Host, client: GraphClient, body: object
) -> None:
    host.will(json({"responses": [{"id": "1", "status": 200, "body": body}]}))
    ada = uuid4()

    found = groups.check_member_groups(client, [ada], [uuid4()])

    assert isinstance(found[ada], MalformedAnswer)


def test_an_odd_group_is_an_error_in_its_place(host: Host, client: GraphClient) -> None:
    host.will(json({"responses": [{"id": "1", "status": 200, "body": {"id": 5}}]}))
    group_id = uuid4()

    assert isinstance(groups.groups(client, [group_id])[group_id], MalformedAnswer)
