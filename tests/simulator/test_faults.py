"""Faults on demand, at the login host, in Graph and inside a batch."""

from __future__ import annotations

import pytest
import requests

from simulator.contract import TenantInfo
from simulator.process import Simulator
from tests.simulator.graph_caller import GraphCaller, ask_token


def statuses(graph: GraphCaller, count: int) -> list[int]:
    return [graph.get("/users").status_code for _ in range(count)]


def test_skip_and_times_say_which_requests_are_hit(
    simulator: Simulator, graph: GraphCaller
) -> None:
    simulator.admin.fault(path="/users", status=503, skip=1, times=2)
    assert statuses(graph, 4) == [200, 503, 503, 200]


def test_rule_hits_only_its_tenant_method_and_path(
    simulator: Simulator, tenant: TenantInfo, staffed: TenantInfo, graph: GraphCaller
) -> None:
    simulator.admin.fault(
        tenant_id=staffed.tenant_id, method="GET", path=r"/users\?.*select", status=500
    )
    other = GraphCaller(simulator, staffed)
    assert other.get("/users?$select=id").status_code == 500
    assert other.get("/users").status_code == 200
    assert graph.get("/users?$select=id").status_code == 200


def test_status_comes_with_headers_and_html(
    simulator: Simulator, graph: GraphCaller
) -> None:
    simulator.admin.fault(
        path="/users", status=504, html=True, headers={"x-odd": "1"}, retry_after=7
    )
    answer = graph.get("/users")
    assert answer.headers["Content-Type"].startswith("text/html")
    assert (answer.headers["x-odd"], answer.headers["Retry-After"]) == ("1", "7")


def test_throttle_is_a_429_as_graph_sends_it(
    simulator: Simulator, graph: GraphCaller
) -> None:
    simulator.admin.fault(path="/users", throttle=True, retry_after=3, times=1)
    answer = graph.get("/users")
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "3"
    assert answer.json()["error"]["code"] == "TooManyRequests"


def test_429_can_come_without_retry_after(
    simulator: Simulator, graph: GraphCaller
) -> None:
    simulator.admin.fault(path="/users", status=429)
    assert "Retry-After" not in graph.get("/users").headers


def test_dropped_connection(simulator: Simulator, graph: GraphCaller) -> None:
    simulator.admin.fault(path="/users", drop=True, times=1)
    with pytest.raises(requests.ConnectionError):
        graph.get("/users")
    assert graph.get("/users").status_code == 200


def test_truncated_body(simulator: Simulator, staffed: TenantInfo) -> None:
    graph = GraphCaller(simulator, staffed)
    simulator.admin.fault(path="/users", truncate=True, times=1)
    with pytest.raises(
        requests.exceptions.ChunkedEncodingError, match="IncompleteRead"
    ):
        graph.get("/users")
    assert len(graph.get("/users").json()["value"]) == 100


def test_delay(simulator: Simulator, graph: GraphCaller) -> None:
    simulator.admin.fault(path="/users", delay=0.4)
    assert graph.get("/users").elapsed.total_seconds() >= 0.4


def test_loop_leads_back_to_the_request(
    simulator: Simulator, staffed: TenantInfo
) -> None:
    graph = GraphCaller(simulator, staffed)
    simulator.admin.fault(path="/users", loop=True)
    answer = graph.get("/users?$select=id")
    assert answer.json()["@odata.nextLink"] == answer.url


def test_foreign_link_has_another_host(
    simulator: Simulator, graph: GraphCaller
) -> None:
    simulator.admin.fault(path="/users", foreign=True)
    link = graph.get("/users").json()["@odata.nextLink"]
    assert link.startswith("https://graph.elsewhere.example/v1.0/users")


@pytest.mark.parametrize("times", [1, None])
def test_empty_page_stands_in_front_of_the_real_one(
    simulator: Simulator, staffed: TenantInfo, times: int | None
) -> None:
    graph = GraphCaller(simulator, staffed)
    simulator.admin.fault(path="/users", empty=True, times=times)
    first = graph.get("/users?$select=id").json()
    people = graph.walk("/users?$select=id")
    assert first["value"] == []
    assert len({person["id"] for person in people}) == len(people) == 250


def test_value_that_is_no_list(simulator: Simulator, staffed: TenantInfo) -> None:
    simulator.admin.fault(path="/users", malformed="value_not_list")
    page = GraphCaller(simulator, staffed).get("/users").json()
    assert not isinstance(page["value"], list)


def test_person_without_an_id(simulator: Simulator, staffed: TenantInfo) -> None:
    simulator.admin.fault(path="/users", malformed="id_missing")
    page = GraphCaller(simulator, staffed).get("/users").json()
    assert "id" not in page["value"][0]


def test_property_of_the_wrong_type(simulator: Simulator, staffed: TenantInfo) -> None:
    simulator.admin.fault(path="/users", malformed="wrong_type")
    graph = GraphCaller(simulator, staffed)
    page = graph.get("/users?$select=displayName").json()
    assert isinstance(page["value"][0]["displayName"], dict)


def test_broken_json(simulator: Simulator, staffed: TenantInfo) -> None:
    simulator.admin.fault(path="/users", malformed="broken_json")
    with pytest.raises(requests.exceptions.JSONDecodeError):
        GraphCaller(simulator, staffed).get("/users").json()


def test_token_endpoint_can_fail_too(simulator: Simulator, tenant: TenantInfo) -> None:
    simulator.admin.fault(tenant_id=tenant.tenant_id, path="/token$", status=503)
    assert ask_token(simulator, tenant).status_code == 503


def test_rule_reaches_into_a_batch(
    simulator: Simulator, tenant: TenantInfo, graph: GraphCaller
) -> None:
    person = simulator.admin.put_user(tenant.tenant_id)["id"]
    simulator.admin.fault(path=f"/users/{person}", throttle=True, times=1)
    urls = [f"/users/{person}", "/organization"]
    parts = [{"id": str(n), "method": "GET", "url": url} for n, url in enumerate(urls)]
    answer = graph.post("/$batch", {"requests": parts}).json()
    second, first = answer["responses"]
    assert (first["status"], first["headers"]["Retry-After"]) == (429, "1")
    assert second["status"] == 200


def test_log_tells_what_was_asked(
    simulator: Simulator, tenant: TenantInfo, graph: GraphCaller
) -> None:
    simulator.admin.fault(path="/users", drop=True, skip=1)
    graph.get("/users?$select=id")
    with pytest.raises(requests.ConnectionError):
        graph.get("/users")
    log = simulator.admin.requests(tenant.tenant_id)[1:]
    assert [(row["path"], row["query"], row["status"], row["ru"]) for row in log] == [
        ("/v1.0/users", "$select=id", 200, 1),
        ("/v1.0/users", "", 0, 0),
    ]
