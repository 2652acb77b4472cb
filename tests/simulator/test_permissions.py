"""Each call is opened by the permissions that Graph documents for it, and no other."""

from __future__ import annotations

import pytest

from simulator.process import Simulator
from tests.simulator.graph_caller import GraphCaller

PERSON = "/users/2e1cb876-99be-48e5-be6a-1c25f157a7d5"


@pytest.mark.parametrize(
    ("path", "permission"),
    [
        ("/users", "User.Read.All"),
        ("/users/delta", "User.ReadWrite.All"),
        ("/users", "Directory.Read.All"),
        (PERSON, "User.Read.All"),
        ("/groups", "Group.ReadBasic.All"),
        ("/groups/delta", "GroupMember.Read.All"),
        ("/groups/none/members", "GroupMember.ReadBasic.All"),
        ("/groups/none/transitiveMembers", "Group.Read.All"),
        ("/organization", "Organization.Read.All"),
        ("/organization", "User.Read.All"),
        ("/directory/deletedItems/microsoft.graph.user", "User.Read.All"),
    ],
)
def test_permission_opens_the_call(
    simulator: Simulator, path: str, permission: str
) -> None:
    tenant = simulator.admin.create_tenant(name="Acme", permissions=[permission])
    assert GraphCaller(simulator, tenant).get(path).status_code in (200, 404)


@pytest.mark.parametrize(
    ("path", "permission"),
    [
        ("/users", "GroupMember.Read.All"),
        ("/users/delta", "User.ReadBasic.All"),
        ("/groups", "User.Read.All"),
        ("/groups/none/members", "Group.ReadBasic.All"),
        ("/organization", "Group.Read.All"),
        ("/directory/deletedItems/microsoft.graph.user", "Group.Read.All"),
        ("/users?$select=signInActivity", "User.Read.All"),
    ],
)
def test_other_permission_does_not(
    simulator: Simulator, path: str, permission: str
) -> None:
    tenant = simulator.admin.create_tenant(name="Acme", permissions=[permission])
    answer = GraphCaller(simulator, tenant).get(path)
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "Authorization_RequestDenied"


def test_new_consent_shows_only_in_a_new_token(simulator: Simulator) -> None:
    tenant = simulator.admin.create_tenant(name="Acme", permissions=[])
    early = GraphCaller(simulator, tenant)
    simulator.admin.set_application(
        tenant.tenant_id, tenant.application_id, permissions=["User.Read.All"]
    )
    late = GraphCaller(simulator, tenant)
    assert early.get("/users").status_code == 403
    assert late.get("/users").status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("DELETE", "/users", 405), ("GET", "/flights", 400), ("PATCH", "/groups", 405)],
)
def test_what_graph_does_not_have_is_refused(
    graph: GraphCaller, method: str, path: str, status: int
) -> None:
    answer = graph.session.request(method, graph.base + path, timeout=10)
    assert answer.status_code == status
    assert answer.json()["error"]["innerError"]["request-id"]


def test_client_request_id_is_echoed(graph: GraphCaller) -> None:
    answer = graph.get("/users", **{"client-request-id": "mine"})
    assert answer.headers["client-request-id"] == "mine"
    assert answer.headers["request-id"] != "mine"
