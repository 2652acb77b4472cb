"""A desk that is connected to a tenant without people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests import bench

if TYPE_CHECKING:
    from pytest_django import Settings

    from simulator.contract import TenantInfo
    from simulator.process import Simulator


@pytest.fixture
def entra(settings: Settings, simulator: Simulator) -> Simulator:
    """The simulator as the cloud `custom`."""
    settings.ENTRA_CUSTOM_AUTHORITY = simulator.origin
    settings.ENTRA_CUSTOM_GRAPH = simulator.origin
    settings.ENTRA_CA_BUNDLE = simulator.ca
    return simulator


@pytest.fixture
def desk(transactional_db: None, entra: Simulator, tenant: TenantInfo) -> bench.Desk:
    """A desk connected to a fresh tenant."""
    return bench.connect(entra.admin, tenant)
