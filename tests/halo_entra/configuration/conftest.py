"""Files to apply, and a tenant that can be asked for its groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.halo_entra.configuration.files import Files

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django import Settings

    from simulator.contract import TenantInfo
    from simulator.process import Simulator


@pytest.fixture(autouse=True)
def _secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """The secrets that the samples name."""
    monkeypatch.setenv("CONTOSO_SECRET", "first-secret")
    monkeypatch.setenv("SSO_SECRET", "second-secret")


@pytest.fixture
def files(db: None, tmp_path: Path) -> Files:
    """A folder for configuration files, and an empty database."""
    return Files(tmp_path)


@pytest.fixture
def asked(
    settings: Settings,
    simulator: Simulator,
    tenant: TenantInfo,
    monkeypatch: pytest.MonkeyPatch,
) -> TenantInfo:
    """A tenant of the cloud `custom`, whose secret is in the environment."""
    settings.ENTRA_CUSTOM_AUTHORITY = simulator.origin
    settings.ENTRA_CUSTOM_GRAPH = simulator.origin
    settings.ENTRA_CA_BUNDLE = simulator.ca
    monkeypatch.setenv("CONTOSO_SECRET", tenant.secret)
    return tenant
