"""Puts people and groups into a simulated tenant."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from simulator.contract import TenantInfo
from simulator.process import Simulator


def add(simulator: Simulator, tenant: TenantInfo, name: str, **more: Any) -> UUID:
    """Add a person and return the id."""
    upn = f"{name.lower()}@{tenant.domain}"
    card = simulator.admin.put_user(
        tenant.tenant_id, displayName=name, userPrincipalName=upn, **more
    )
    return UUID(card["id"])


def add_group(
    simulator: Simulator, tenant: TenantInfo, name: str, *members: UUID, **more: Any
) -> UUID:
    """Add a group with these direct members and return the id."""
    card = simulator.admin.put_group(tenant.tenant_id, displayName=name, **more)
    for member in members:
        simulator.admin.add_member(tenant.tenant_id, card["id"], str(member))
    return UUID(card["id"])
