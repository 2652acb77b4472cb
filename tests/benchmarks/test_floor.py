"""The floor writes everybody, and finds them unchanged."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from benchmarks import processes
from benchmarks.tenant import Tenant, fewest_requests
from simulator.process import Simulator


def test_the_floor_stores_everybody_and_finds_them_unchanged(tmp_path: Path) -> None:
    file = str(tmp_path / "floor.sqlite3")
    with Simulator(tenants=("Plain:1200",)) as simulator:
        tenant = Tenant.of(simulator)
        written = processes.floor("write", file, tenant)
        compared = processes.floor("compare", file, tenant)

    stored = sqlite3.connect(file)
    assert stored.execute("SELECT count(*) FROM floor").fetchone() == (1200,)
    stored.close()
    assert written["people"] == compared["people"] == 1200
    assert written["requests"] == compared["requests"] == fewest_requests(1200)


def test_the_comparison_notices_somebody_who_has_changed(tmp_path: Path) -> None:
    file = str(tmp_path / "floor.sqlite3")
    with Simulator(tenants=("Plain:20",)) as simulator:
        tenant = Tenant.of(simulator)
        processes.floor("write", file, tenant)
        simulator.admin.put_user(tenant.tenant_id, _anybody(file), city="Elsewhere")

        with pytest.raises(processes.CommandFailed, match="1 people differ"):
            processes.floor("compare", file, tenant)


def _anybody(file: str) -> str:
    stored = sqlite3.connect(file)
    found: tuple[str] = stored.execute("SELECT object_id FROM floor").fetchone()
    stored.close()
    return found[0]
