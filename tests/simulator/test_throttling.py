"""Resource units: shown on every answer, enforced where a tenant has a limit."""

from __future__ import annotations

import pytest

from simulator.contract import TenantInfo
from simulator.process import Simulator
from tests.simulator.graph_caller import GraphCaller


@pytest.mark.parametrize(
    ("path", "units"),
    [
        ("/users", 2),
        ("/users?$select=id", 1),
        ("/users?$expand=manager", 3),
        ("/users?$top=5&$select=id", 1),
        ("/groups", 1),
    ],
)
def test_answer_shows_its_units(graph: GraphCaller, path: str, units: int) -> None:
    assert graph.get(path).headers["x-ms-resource-unit"] == str(units)


def test_limit_of_a_tenant_throttles_until_the_window_has_passed(
    simulator: Simulator, tenant: TenantInfo, graph: GraphCaller
) -> None:
    simulator.admin.settings(tenant.tenant_id, resource_units=5)
    answers = [graph.get("/users") for _ in range(3)]
    simulator.admin.advance(11)
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 1 <= int(answers[2].headers["Retry-After"]) <= 10
    assert tenant.application_id in answers[2].headers["x-ms-throttle-scope"]
    assert graph.get("/users").status_code == 200


def test_share_of_the_limit_is_shown_above_80_percent(
    simulator: Simulator, tenant: TenantInfo, graph: GraphCaller
) -> None:
    simulator.admin.settings(tenant.tenant_id, resource_units=4)
    first, second = graph.get("/users"), graph.get("/users")
    assert "x-ms-throttle-limit-percentage" not in first.headers
    assert second.headers["x-ms-throttle-limit-percentage"] == "1.0"


def test_each_part_of_a_batch_counts(
    simulator: Simulator, tenant: TenantInfo, graph: GraphCaller
) -> None:
    simulator.admin.settings(tenant.tenant_id, resource_units=5)
    parts = [{"id": str(n), "method": "GET", "url": "/users"} for n in range(4)]
    answer = graph.post("/$batch", {"requests": parts}).json()
    found = {response["id"]: response for response in answer["responses"]}
    assert [found[key]["status"] for key in "0123"] == [200, 200, 429, 429]
    assert int(found["3"]["headers"]["Retry-After"]) >= 1
