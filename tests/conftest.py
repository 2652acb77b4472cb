"""What every test may use: a running simulator and a fresh tenant in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from simulator.contract import TenantInfo
from simulator.process import Simulator


@pytest.fixture(scope="session")
def simulator() -> Iterator[Simulator]:
    """A simulator in a process of its own, one for each worker of pytest-xdist."""
    with Simulator() as running:
        yield running


@pytest.fixture
def tenant(simulator: Simulator) -> Iterator[TenantInfo]:
    """A fresh tenant without people; faults are gone afterwards."""
    yield simulator.admin.create_tenant(name="Acme")
    simulator.admin.clear_faults()
