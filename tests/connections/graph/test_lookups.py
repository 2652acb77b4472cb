"""Evidence that somebody has left, or has not."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from connections.graph import lookups
from connections.graph.client import GraphClient
from connections.graph.errors import NoSuchObject
from connections.graph.lookups import LookUp, Whereabouts
from simulator.contract import FaultRule, TenantInfo
from simulator.process import Simulator
from tests.connections.graph.people import add
from tests.connections.scripted import Host, json

ABSENT = {"error": {"code": "Request_ResourceNotFound", "message": ""}}


def look(client: GraphClient, control: UUID, *ids: UUID) -> dict[UUID, LookUp]:
    found = lookups.deleted_people(
        client, ids, control=control, select=("displayName",), managers=True
    )
    return {each.object_id: each for each in found}


def test_each_is_found_where_they_are(
    simulator: Simulator, tenant: TenantInfo, graph: GraphClient
) -> None:
    control, here, binned, purged = (
        add(simulator, tenant, name) for name in ("Con", "Here", "Binned", "Purged")
    )
    simulator.admin.delete_user(tenant.tenant_id, str(binned))
    simulator.admin.purge_user(tenant.tenant_id, str(purged))
    never = uuid4()

    found = look(graph, control, here, binned, purged, never)

    assert {each: look_up.whereabouts for each, look_up in found.items()} == {
        here: Whereabouts.ACTIVE,
        binned: Whereabouts.DELETED,
        purged: Whereabouts.NOWHERE,
        never: Whereabouts.NOWHERE,
    }


def test_somebody_who_is_still_there_comes_as_of_now(
    simulator: Simulator, tenant: TenantInfo, graph: GraphClient
) -> None:
    control, ada = add(simulator, tenant, "Con"), add(simulator, tenant, "Ada")
    simulator.admin.set_manager(tenant.tenant_id, str(ada), str(control))

    person = look(graph, control, ada)[ada].person

    assert person is not None
    assert person.properties == {"displayName": "Ada"}
    assert person.manager == control


def test_many_are_looked_up_nine_at_a_time(
    simulator: Simulator, tenant: TenantInfo, graph: GraphClient
) -> None:
    control = add(simulator, tenant, "Con")
    ids = [uuid4() for _ in range(20)]

    found = look(graph, control, *ids, ids[0])

    assert len(found) == 20
    assert graph.requests == 3


def test_a_batch_whose_control_is_missing_proves_nothing(
    simulator: Simulator, tenant: TenantInfo, graph: GraphClient
) -> None:
    here = add(simulator, tenant, "Here")
    gone = uuid4()

    found = look(graph, uuid4(), here, gone)

    assert {each.whereabouts for each in found.values()} == {Whereabouts.UNPROVEN}
    assert isinstance(found[gone].error, NoSuchObject)


@pytest.mark.parametrize("path", ["/users/", "/deletedItems/"])
@pytest.mark.parametrize(
    "fault",
    [
        FaultRule(status=503),
        FaultRule(status=403),
        FaultRule(status=404),
        FaultRule(status=404, html=True),
        FaultRule(status=200, body={}),
        FaultRule(status=200, body={"id": str(UUID(int=1))}),
        FaultRule(throttle=True, retry_after=1000),
    ],
    ids=str,
)
def test_a_fault_never_makes_anybody_absent(
    simulator: Simulator,
    tenant: TenantInfo,
    graph: GraphClient,
    path: str,
    fault: FaultRule,
) -> None:
    control, gone = add(simulator, tenant, "Con"), uuid4()
    rule = FaultRule(tenant_id=tenant.tenant_id, path=f"{path}{gone}")
    rule.update(fault)
    simulator.admin.fault(**rule)

    assert look(graph, control, gone)[gone].whereabouts is Whereabouts.UNPROVEN


def test_ids_are_compared_in_either_case(host: Host, client: GraphClient) -> None:
    control, binned = uuid4(), uuid4()
    host.will(
        json(
            {
                "responses": [
                    {"id": "1", "status": 200, "body": {"id": str(control).upper()}},
                    {"id": "2", "status": 404, "body": ABSENT},
                    {"id": "3", "status": 200, "body": {"id": str(binned).upper()}},
                ]
            }
        )
    )

    assert look(client, control, binned)[binned].whereabouts is Whereabouts.DELETED
