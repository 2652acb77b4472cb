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


@pytest.fixture(autouse=True)
def _undisturbed(request: pytest.FixtureRequest) -> Iterator[None]:
    """Leave no fault rule and no moved clock to the next test."""
    yield
    if "simulator" in request.fixturenames:
        running: Simulator = request.getfixturevalue("simulator")
        running.admin.clear_faults()
        running.admin.reset_clock()


@pytest.fixture
def tenant(simulator: Simulator) -> TenantInfo:
    """A fresh tenant without people."""
    return simulator.admin.create_tenant(name="Acme")
