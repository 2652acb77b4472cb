"""Fixtures for the simulator's own tests."""

from __future__ import annotations

import pytest

from simulator.contract import TenantInfo
from simulator.process import Simulator
from tests.simulator.browser import Browser
from tests.simulator.graph_caller import GraphCaller
from tests.simulator.signing_in import add


@pytest.fixture
def graph(simulator: Simulator, tenant: TenantInfo) -> GraphCaller:
    """Graph, as the fresh tenant's application."""
    return GraphCaller(simulator, tenant)


@pytest.fixture
def staffed(simulator: Simulator) -> TenantInfo:
    """A tenant with 250 seeded people."""
    return simulator.admin.create_tenant(name="Staffed", people=250)


@pytest.fixture
def person(simulator: Simulator, tenant: TenantInfo) -> str:
    """Somebody of the tenant, as the sign-in page names them."""
    return add(simulator, tenant, "ada")


@pytest.fixture
def browser(simulator: Simulator) -> Browser:
    """A browser without cookies."""
    return Browser(simulator)
