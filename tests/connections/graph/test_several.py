"""Some people by their ids."""

from __future__ import annotations

from uuid import uuid4

import pytest

from connections.graph import several
from connections.graph.client import GraphClient
from connections.graph.errors import LacksPermission
from simulator.contract import TenantInfo
from simulator.process import Simulator
from tests.connections.graph.people import add

SELECT = ("displayName", "mail")


def test_people_come_with_what_was_asked_and_whoever_is_gone_does_not(
    simulator: Simulator, tenant: TenantInfo, graph: GraphClient
) -> None:
    ada, bob, eve = (add(simulator, tenant, name) for name in ("Ada", "Bob", "Eve"))
    simulator.admin.set_manager(tenant.tenant_id, str(ada), str(bob))
    simulator.admin.delete_user(tenant.tenant_id, str(eve))

    found = list(
        several.people(
            graph, [ada, bob, eve, uuid4(), ada], select=SELECT, managers=True
        )
    )

    assert [(each.object_id, each.manager) for each in found] == [
        (ada, bob),
        (bob, None),
    ]
    assert found[0].properties == {"displayName": "Ada", "mail": None}


def test_more_than_a_batch_takes_several(
    simulator: Simulator, tenant: TenantInfo, graph: GraphClient
) -> None:
    people = [add(simulator, tenant, f"P{number}") for number in range(21)]

    found = several.people(graph, people, select=SELECT, managers=False)

    assert [each.object_id for each in found] == people


def test_a_refusal_is_raised(
    simulator: Simulator, tenant: TenantInfo, graph: GraphClient
) -> None:
    ada = add(simulator, tenant, "Ada")
    simulator.admin.fault(path=f"/users/{ada}", status=403)

    with pytest.raises(LacksPermission):
        list(several.people(graph, [ada], select=SELECT, managers=False))
