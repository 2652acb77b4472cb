"""A connection whose tabs are open, and the module that has them switched on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from connections.models import Module, TenantConnection
from tests.factories.connections import TenantConnectionFactory

if TYPE_CHECKING:
    from tests.bench import Desk


@pytest.fixture
def connection(db: None) -> TenantConnection:
    """A connection that was read once, of a tenant that cannot be asked."""
    Module.objects.create(slug="microsoft-entra-id", enabled=True)
    return TenantConnectionFactory.create(first_fetched_at=timezone.now())


@pytest.fixture
def live(desk: Desk) -> Desk:
    """A desk whose tenant answers, with its tabs open."""
    desk.connection.first_fetched_at = timezone.now()
    desk.connection.save(update_fields=["first_fetched_at"])
    return desk
