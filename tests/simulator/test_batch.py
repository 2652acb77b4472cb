"""$batch: parts have their own status and headers; at most twenty of them."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.contract import TenantInfo
from simulator.process import Simulator
from tests.simulator.graph_caller import GraphCaller


def part(number: int, url: str, **more: Any) -> dict[str, Any]:
    return {"id": str(number), "method": "GET", "url": url, **more}


def responses(graph: GraphCaller, *parts: dict[str, Any]) -> dict[str, dict[str, Any]]:
    answer = graph.post("/$batch", {"requests": list(parts)})
    assert answer.status_code == 200
    return {response["id"]: response for response in answer.json()["responses"]}


def test_parts_answer_for_themselves(
    simulator: Simulator, tenant: TenantInfo, graph: GraphCaller
) -> None:
    person = simulator.admin.put_user(tenant.tenant_id)["id"]
    found = responses(graph, part(1, f"/users/{person}"), part(2, "users/nobody"))
    assert found["1"]["body"]["id"] == person
    assert found["1"]["headers"]["Content-Type"].startswith("application/json")
    assert found["2"]["status"] == 404


def test_part_can_post_and_send_headers(
    simulator: Simulator, tenant: TenantInfo, graph: GraphCaller
) -> None:
    person = simulator.admin.put_user(tenant.tenant_id)["id"]
    group = simulator.admin.put_group(tenant.tenant_id)["id"]
    simulator.admin.add_member(tenant.tenant_id, group, person)
    check = {
        "id": "1",
        "method": "POST",
        "url": f"/users/{person}/checkMemberGroups",
        "headers": {"Content-Type": "application/json"},
        "body": {"groupIds": [group]},
    }
    eventual = {"consistencyLEVEL": "eventual"}
    found = responses(graph, check, part(2, "/users/$count", headers=eventual))
    assert found["1"]["body"]["value"] == [group]
    assert found["2"]["body"] == "1"


def test_answers_come_in_no_order_to_rely_on(graph: GraphCaller) -> None:
    found = responses(graph, *[part(number, "/users") for number in range(3)])
    assert list(found) == ["2", "1", "0"]


def test_part_after_a_failed_one_is_424(graph: GraphCaller) -> None:
    found = responses(
        graph,
        part(1, "/users/nobody"),
        part(2, "/organization", dependsOn=["1"]),
        part(3, "/organization", dependsOn=["2"]),
    )
    assert [found[key]["status"] for key in "123"] == [404, 424, 424]


@pytest.mark.parametrize(
    "requests",
    [
        [part(n, "/users") for n in range(21)],
        [],
        [part(1, "/users"), part(1, "/users")],
        [{"id": "1"}],
    ],
    ids=["too many", "none", "same id twice", "no method"],
)
def test_malformed_batch_is_refused(
    graph: GraphCaller, requests: list[dict[str, Any]]
) -> None:
    answer = graph.post("/$batch", {"requests": requests})
    assert answer.status_code == 400


def test_batch_needs_a_token(graph: GraphCaller) -> None:
    graph.session.headers["Authorization"] = "Bearer x"
    assert graph.post("/$batch", {"requests": [part(1, "/users")]}).status_code == 401


@pytest.mark.parametrize("body", [{}, {"requests": 5}, []])
def test_payload_that_is_no_batch_is_refused(graph: GraphCaller, body: Any) -> None:
    assert graph.post("/$batch", body).status_code == 400


def test_batch_must_be_posted(graph: GraphCaller) -> None:
    assert graph.get("/$batch").status_code == 405


def test_broken_json_of_a_part_comes_as_text(
    simulator: Simulator, graph: GraphCaller
) -> None:
    simulator.admin.fault(path="/organization", malformed="broken_json")
    found = responses(graph, part(1, "/organization"))
    assert isinstance(found["1"]["body"], str)
