"""What has changed since a link."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from connections.graph import deltas
from connections.graph.client import GraphClient
from connections.graph.deltas import GroupChange, GroupsDelta, PeopleDelta
from connections.graph.errors import CursorExpired, MalformedAnswer
from connections.graph.wire import UNREAD, GraphPerson, Member, MemberKind, Removal
from simulator.contract import TenantInfo
from simulator.process import Simulator
from tests.connections.graph.people import add, add_group
from tests.connections.scripted import Host, failure, json

SELECT = ("displayName", "mail")


def people(client: GraphClient, link: str = "") -> tuple[list[GraphPerson], str]:
    pages: list[PeopleDelta] = list(
        deltas.users_delta(client, select=SELECT, managers=True, link=link)
    )
    return [each for page in pages for each in page.people], pages[-1].delta_link


def changes(
    client: GraphClient, *ids: UUID, link: str = ""
) -> tuple[list[GroupChange], str]:
    pages: list[GroupsDelta] = list(deltas.groups_delta(client, ids, link=link))
    return [each for page in pages for each in page.groups], pages[-1].delta_link


def test_a_first_round_names_everybody_and_the_next_only_what_changed(
    simulator: Simulator, tenant: TenantInfo, graph: GraphClient
) -> None:
    ada, bob = add(simulator, tenant, "Ada"), add(simulator, tenant, "Bob")
    everybody, link = people(graph)

    simulator.admin.put_user(tenant.tenant_id, str(ada), mail="ada@acme.example")
    changed, next_link = people(graph, link)

    assert {each.object_id for each in everybody} == {ada, bob}
    assert [(each.object_id, each.properties["mail"]) for each in changed] == [
        (ada, "ada@acme.example")
    ]
    assert people(graph, next_link)[0] == []


def test_somebody_deleted_is_told_with_the_reason(
    simulator: Simulator, tenant: TenantInfo, graph: GraphClient
) -> None:
    ada = add(simulator, tenant, "Ada")
    _, link = people(graph)
    simulator.admin.delete_user(tenant.tenant_id, str(ada))

    (gone,), _ = people(graph, link)

    assert gone == GraphPerson(ada, {}, Removal.CHANGED, UNREAD)


def test_a_new_manager_is_told(
    simulator: Simulator, tenant: TenantInfo, graph: GraphClient
) -> None:
    ada, bob = add(simulator, tenant, "Ada"), add(simulator, tenant, "Bob")
    _, link = people(graph)
    simulator.admin.set_manager(tenant.tenant_id, str(bob), str(ada))

    (changed,), link = people(graph, link)
    simulator.admin.set_manager(tenant.tenant_id, str(bob), None)
    (cleared,), _ = people(graph, link)

    assert (changed.object_id, changed.manager) == (bob, ada)
    assert (cleared.object_id, cleared.manager) == (bob, None)


def test_the_latest_link_skips_all_that_was_before(
    simulator: Simulator, tenant: TenantInfo, graph: GraphClient
) -> None:
    add(simulator, tenant, "Before")
    link = deltas.latest_users_link(graph, select=SELECT, managers=True)

    after = add(simulator, tenant, "After")

    assert [each.object_id for each in people(graph, link)[0]] == [after]


def test_managers_are_asked_for_only_where_they_are_needed(
    host: Host, client: GraphClient
) -> None:
    host.will(json({"value": [], "@odata.deltaLink": f"{host.origin}/v1.0/x"}))

    list(deltas.users_delta(client, select=SELECT, managers=False))

    assert host.paths() == ["/v1.0/users/delta?$select=id,displayName,mail"]


def test_groups_tell_who_joined_and_who_left(
    simulator: Simulator, tenant: TenantInfo, graph: GraphClient
) -> None:
    ada, bob = add(simulator, tenant, "Ada"), add(simulator, tenant, "Bob")
    group_id = add_group(simulator, tenant, "G", ada)
    add_group(simulator, tenant, "Other", bob)
    first, link = changes(graph, group_id)
    simulator.admin.add_member(tenant.tenant_id, str(group_id), str(bob))
    simulator.admin.remove_member(tenant.tenant_id, str(group_id), str(ada))

    (second,), _ = changes(graph, group_id, link=link)

    assert {each.group_id for each in first} == {group_id}
    joined = [member for each in first for member in each.joined]
    assert joined == [Member(ada, MemberKind.USER)]
    assert second.joined == [Member(bob, MemberKind.USER)]
    assert second.left == [ada]
    assert second.group is not None
    assert second.group.name == "G"


def test_a_group_that_is_gone_is_told(
    simulator: Simulator, tenant: TenantInfo, graph: GraphClient
) -> None:
    group_id = add_group(simulator, tenant, "G")
    link = deltas.latest_groups_link(graph, [group_id])
    simulator.admin.delete_group(tenant.tenant_id, str(group_id))

    (gone,), _ = changes(graph, group_id, link=link)

    assert gone.group is None
    assert gone.removed is Removal.DELETED


@pytest.mark.parametrize("count", [0, 51])
def test_a_delta_is_of_one_to_fifty_groups(graph: GraphClient, count: int) -> None:
    with pytest.raises(ValueError, match="1 to 50"):
        list(deltas.groups_delta(graph, [uuid4() for _ in range(count)]))


def test_the_last_word_on_a_member_counts(host: Host, client: GraphClient) -> None:
    group_id, ada, bob = uuid4(), uuid4(), uuid4()
    joined = {"@odata.type": "#microsoft.graph.user"}
    left = {"@removed": {"reason": "deleted"}}
    members = [
        {"id": str(ada), **joined},
        {"id": str(bob), **left},
        {"id": str(ada), **left},
        {"id": str(bob), **joined},
    ]
    item = {"id": str(group_id), "members@delta": members}
    host.will(json({"value": [item], "@odata.deltaLink": f"{host.origin}/v1.0/x"}))

    (change,), _ = changes(client, group_id)

    assert change.joined == [Member(bob, MemberKind.USER)]
    assert change.left == [ada]


@pytest.mark.parametrize("members", ["x", [5], [{"id": "x"}]], ids=str)
def test_odd_members_are_malformed(
    host: Host, client: GraphClient, members: object
) -> None:
    item = {"id": str(uuid4()), "members@delta": members}
    host.will(json({"value": [item], "@odata.deltaLink": f"{host.origin}/v1.0/x"}))

    with pytest.raises(MalformedAnswer):
        changes(client, uuid4())


def test_a_delta_without_an_end_is_malformed(host: Host, client: GraphClient) -> None:
    host.will(json({"value": []}))

    with pytest.raises(MalformedAnswer, match="neither"):
        people(client)


@pytest.mark.parametrize(
    ("status", "code"),
    [(410, "syncStateNotFound"), (400, "syncStateNotFound"), (404, "resyncRequired")],
)
def test_a_link_that_is_too_old_says_to_start_again(
    host: Host, client: GraphClient, status: int, code: str
) -> None:
    host.will(failure(status, code, Location="https://evil.example/"))

    with pytest.raises(CursorExpired):
        people(client, f"{host.origin}/v1.0/users/delta?$deltatoken=old")

    assert len(host.received) == 1
