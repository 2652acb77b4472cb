"""What every test may use: a running simulator, a fresh tenant, a desk on it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache

from simulator.contract import TenantInfo
from simulator.process import Simulator
from sso.models import SsoConnection
from tests import bench

if TYPE_CHECKING:
    from pytest_django import DjangoDbBlocker, Settings


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Empty tables for every test: those with transactions leave them so, and
    what a migration has put in would be there for some and not for others."""
    with django_db_blocker.unblock():
        SsoConnection.objects.all().delete()


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
def fresh_limits(db: None) -> Iterator[None]:
    """No attempt to sign in counted, and no code used, by another test."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def tenant(simulator: Simulator) -> TenantInfo:
    """A fresh tenant without people."""
    return simulator.admin.create_tenant(name="Acme")


@pytest.fixture
def entra(settings: Settings, simulator: Simulator) -> Simulator:
    """The simulator as the cloud `custom`."""
    settings.ENTRA_CUSTOM_AUTHORITY = simulator.origin
    settings.ENTRA_CUSTOM_GRAPH = simulator.origin
    settings.ENTRA_CA_BUNDLE = simulator.ca
    return simulator


@pytest.fixture
def desk(db: None, entra: Simulator, tenant: TenantInfo) -> bench.Desk:
    """A desk connected to a fresh tenant without people."""
    return bench.connect(entra.admin, tenant)
