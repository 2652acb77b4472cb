"""The tenant's change for a delta reaches one person in a hundred."""

from __future__ import annotations

from benchmarks import deltas
from benchmarks.tenant import Tenant
from simulator.process import Simulator


def test_one_person_in_a_hundred_moves() -> None:
    with Simulator(tenants=("Plain:250",)) as simulator:
        tenant = Tenant.of(simulator)

        assert deltas.change(tenant, "Ely") == 3
        people = simulator.admin.oracle(tenant.tenant_id, "people")
        cities = [person["properties"]["city"] for person in people]

    assert cities.count("Ely") == 3
