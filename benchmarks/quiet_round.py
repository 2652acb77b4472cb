"""A round of the Integrator over many tenants with nothing changed (P10).

Workers are processes as an installation has them: one at first, then two. Every
connection is due at once; the round is over when the last run has ended.
"""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from benchmarks import goals, processes
from benchmarks.report import goal_lines
from benchmarks.tenant import Tenant
from simulator.process import Simulator

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from benchmarks.databases import Databases

PEOPLE: Final = 200
WORKERS: Final = (1, 2)
SECRET: Final = "BENCHMARK_SECRET_{}"
WORKER: Final = (
    *("-m", "celery", "-A", "halo_entra", "-q", "worker", "--concurrency", "1"),
    *("--without-gossip", "--without-mingle", "--loglevel", "WARNING"),
)


def measure(
    databases: Databases, folder: Path, *, tenants: int, broker: str
) -> processes.Measures:
    """Fill a desk from that many tenants, then go round them by one worker and two."""
    names = tuple(f"Tenant {number}:{PEOPLE}" for number in range(tenants))
    with Simulator(tenants=names) as simulator:
        databases.create("round")
        variables = {
            **processes.environment(Tenant.of(simulator), folder),
            **_secrets(simulator),
            "DATABASE_URL": databases.url("round"),
        }
        if broker:
            variables |= {"CELERY_BROKER_URL": broker, "CACHE_URL": broker}
        _prepare(variables, simulator, folder)
        with _workers(variables, folder, max(WORKERS)):
            found = {"filling": _went_round(variables)}
        for number in WORKERS:
            with _workers(variables, folder, number):
                found[f"workers_{number}"] = _went_round(variables)
    return found


def report(found: processes.Measures) -> dict[str, Any]:
    """Return the figures of one database, held to the goals."""
    return {"round": found, "goals": goals.quiet_round(found)}


def table(database: str, found: Mapping[str, Any]) -> str:
    """Return the figures of one database as lines of text."""
    lines = [f"{database:<14} {'seconds':>8} {'runs':>6} {'wait s':>8} {'longest':>8}"]
    for key, one in found["round"].items():
        lines.append(
            f"  {key:<12} {one['seconds']:>8} {one['runs']:>6} "
            f"{one['wait_mean']:>8} {one['wait_most']:>8}  {one['ended']}"
        )
    return "\n".join([*lines, *goal_lines(found["goals"])])


def _secrets(simulator: Simulator) -> dict[str, str]:
    return {
        SECRET.format(number): one["secret"]
        for number, one in enumerate(simulator.tenants)
    }


def _prepare(variables: Mapping[str, str], simulator: Simulator, folder: Path) -> None:
    """Make a desk whose Integrator imports every tenant, by delta once it has."""
    told = {
        "version": 1,
        "organisations": [
            {"name": f"Tenant {number}", "sites": ["Elsewhere"]}
            for number in range(len(simulator.tenants))
        ],
        "user_roles": ["Standard User"],
        "modules": {"microsoft-entra-id": True},
        "connections": [
            _connection(number, one) for number, one in enumerate(simulator.tenants)
        ],
    }
    file = folder / "round.json"
    file.write_text(json.dumps(told), encoding="utf-8")
    processes.manage(variables, "migrate", "--verbosity", "0")
    processes.manage(variables, "createcachetable")
    processes.manage(variables, "apply_config", str(file))


def _connection(number: int, tenant: Mapping[str, str]) -> dict[str, Any]:
    name = f"Tenant {number}"
    return {
        "name": name,
        "cloud": "custom",
        "tenant_id": tenant["tenant_id"],
        "application_id": tenant["application_id"],
        "client_secret": {"env": SECRET.format(number)},
        "site_mappings": [
            {
                "sequence": 10,
                "type": "organisation_by_field",
                "organisation": name,
                "field": "officeLocation",
                "default_site": f"{name} / Elsewhere",
                "role": "Standard User",
                "include_external": True,
            }
        ],
        "leavers": {"disabled": "leave"},
        "integrator": {"enabled": True, "import": ["users", "agents"], "delta": True},
    }


def _went_round(variables: Mapping[str, str]) -> processes.Measures:
    found: processes.Measures = json.loads(processes.manage(variables, "measure_round"))
    return found


@contextmanager
def _workers(variables: Mapping[str, str], folder: Path, number: int) -> Iterator[None]:
    """Run so many workers, each with one process that works."""
    with (folder / "workers.log").open("a", encoding="utf-8") as log:
        started = [
            subprocess.Popen(
                [sys.executable, *WORKER, "--hostname", f"worker{place}@%h"],
                cwd=processes.ROOT,
                env=dict(variables),
                stdout=log,
                stderr=log,
            )
            for place in range(number)
        ]
        try:
            yield
        finally:
            for process in started:
                process.terminate()
            for process in started:
                process.wait(60)
