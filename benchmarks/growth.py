"""Memory of the importing process, and speed from end to end, as a tenant grows."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from benchmarks import processes
from benchmarks.bench import READY, Bench
from benchmarks.imports import IMPORTED
from benchmarks.tenant import NAME, Tenant
from simulator.process import Simulator

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from benchmarks.databases import Databases
    from benchmarks.processes import Measures


def measure(
    people: int, databases: Sequence[Databases], folder: Path
) -> dict[str, Measures]:
    """Import a tenant of this size once into each kind of database."""
    with ExitStack() as stack:
        simulator = stack.enter_context(Simulator(tenants=(f"{NAME}:{people}",)))
        tenant = Tenant.of(simulator)
        variables = processes.environment(tenant, folder)
        return {
            one.kind: _imported(Bench(tenant, one, folder, variables))
            for one in databases
        }


def _imported(bench: Bench) -> Measures:
    bench.prepare()
    bench.databases.copy(READY, IMPORTED)
    found = bench.imported(IMPORTED, ends="succeeded")
    bench.databases.drop(IMPORTED)
    return found


def evenness(tenths: dict[str, tuple[float, float]]) -> float:
    """Return the last tenth's speed, in parts of the first tenth's, of all stages."""
    firsts, lasts = zip(*tenths.values(), strict=True)
    return float(sum(firsts) / sum(lasts))
