"""A visit to a desk at which people sign in with Microsoft."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.sso import signing

if TYPE_CHECKING:
    from simulator.contract import TenantInfo
    from simulator.process import Simulator


@pytest.fixture
def visit(db: None, entra: Simulator, tenant: TenantInfo) -> signing.Visit:
    """A visit to a desk with one published connection for agents and users."""
    return signing.visit(entra, tenant)
