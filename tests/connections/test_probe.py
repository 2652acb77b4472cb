"""Which permissions are granted, found out by asking."""

from __future__ import annotations

import pytest

from connections.graph.client import GraphClient
from connections.graph.errors import NeedsAuthorisation, Unavailable
from connections.probe import Need, probe
from simulator.contract import TenantInfo
from simulator.process import Simulator
from tests.connections.graph.people import add_group
from tests.connections.scripted import Host, failure, json


def granted(client: GraphClient, *needs: Need) -> list[bool | None]:
    return [permission.granted for permission in probe(client, needs)]


@pytest.mark.parametrize(
    ("permissions", "expected"),
    [
        (["User.Read.All", "GroupMember.Read.All"], [True, True]),
        (["User.Read.All"], [True, False]),
        (["GroupMember.Read.All"], [False, True]),
        # Lists groups, but not who is in them.
        (["User.Read.All", "Group.ReadBasic.All"], [True, False]),
        ([], [False, False]),
    ],
    ids=str,
)
def test_each_permission_is_granted_or_not(
    simulator: Simulator,
    tenant: TenantInfo,
    graph: GraphClient,
    permissions: list[str],
    expected: list[bool],
) -> None:
    add_group(simulator, tenant, "G")
    simulator.admin.set_application(
        tenant.tenant_id, tenant.application_id, permissions=permissions
    )

    assert granted(graph, Need.USERS, Need.GROUPS) == expected


def test_a_permission_says_what_it_is_needed_for(graph: GraphClient) -> None:
    (permission,) = probe(graph, [Need.USERS])

    assert permission.name == "User.Read.All"
    assert permission.needed_for == "Import users and agents"


def test_what_can_only_be_found_out_by_a_change_stays_open(graph: GraphClient) -> None:
    assert granted(graph, Need.LICENCE_CHANGES) == [None]
    assert graph.requests == 0


def test_an_answer_that_tells_neither_stays_open(
    host: Host, client: GraphClient
) -> None:
    host.will(failure(400, "BadRequest"), json({"value": []}))

    assert granted(client, Need.DEVICES, Need.LICENCES) == [None, True]


def test_without_a_token_nothing_is_found_out(host: Host, client: GraphClient) -> None:
    host.script = lambda _: failure(401)

    with pytest.raises(NeedsAuthorisation):
        probe(client, [Need.USERS])


def test_while_graph_is_away_nothing_is_found_out(
    host: Host, client: GraphClient
) -> None:
    host.script = lambda _: failure(503)

    with pytest.raises(Unavailable):
        probe(client, [Need.USERS])
