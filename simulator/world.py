"""All tenants of one simulator, its clock, its keys, its faults and its log."""

from __future__ import annotations

from collections import deque
from typing import Any

from simulator.clock import Clock
from simulator.contract import NewTenant
from simulator.faults import Faults
from simulator.grants import Grants
from simulator.tenant import Tenant
from simulator.tokens import TokenService

_LOG_LENGTH = 200_000


class World:
    """What the whole process shares; everything in it happens on one thread."""

    def __init__(self, origin: str) -> None:
        """Start empty under an origin such as https://localhost:8443."""
        self.origin = origin
        self.clock = Clock()
        self.tenants: dict[str, Tenant] = {}
        self.tokens = TokenService(self.clock)
        self.grants = Grants(self.clock)
        self.faults = Faults()
        self.requests: deque[dict[str, Any]] = deque(maxlen=_LOG_LENGTH)

    def create(self, spec: NewTenant) -> Tenant:
        """Make a tenant; one with the same id is replaced."""
        tenant = Tenant(spec, clock=self.clock)
        self.tenants[tenant.id] = tenant
        return tenant

    def find(self, key: str) -> Tenant | None:
        """Return the tenant with this id or domain."""
        key = key.lower()
        if key in self.tenants:
            return self.tenants[key]
        for tenant in self.tenants.values():
            if tenant.domain == key:
                return tenant
        return None
