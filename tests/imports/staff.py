"""A tenant with seeded people and a desk that maps them in every way.

Two tenants made from the same seed hold the same people under the same ids, so that
what happened to one can be compared with what happened to the other.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

from mappings.models import AgentSettings, FieldMapping
from mappings.words import Kind
from tests import bench

if TYPE_CHECKING:
    from simulator.admin_client import Admin
    from tests.bench import Desk

PEOPLE = 36
JOINER = UUID("5b7f1a02-0000-4000-8000-00000000000a")


def desk(admin: Admin, *, name: str = "Acme", people: int = PEOPLE) -> Desk:
    """Return a desk for a new tenant: sites by group and by field, agents, managers."""
    tenant = admin.create_tenant(name="Acme", people=people, seed=7)
    found = bench.connect(admin, replace(tenant, name=name))
    ids = groups(found)
    found.map_site(10, "London", group_id=ids["Group-1"], user_role=role())
    found.map_agents(20, ids["Group-3"], "Analyst")
    found.map_field(30, "officeLocation")
    bench.map_role(found, ids["Group-1"], bench.agent_role("Approver"))
    FieldMapping.objects.create(
        connection=found.connection, kind=Kind.USERS, source="manager", target="manager"
    )
    AgentSettings.objects.filter(connection=found.connection).update(
        user_site=found.site("Desk")
    )
    return found


def role() -> object:
    """Return the user role that people of the first group get."""
    return bench.user_role("Standard User")


def groups(found: Desk) -> dict[str, UUID]:
    """Return the ids of the tenant's groups by name."""
    return {
        row["properties"]["displayName"]: UUID(row["id"])
        for row in found.admin.oracle(found.tenant.tenant_id, "groups")
    }


def people(found: Desk) -> list[UUID]:
    """Return the ids of the tenant's people, in the tenant's own order."""
    rows = found.admin.oracle(found.tenant.tenant_id, "people")
    return [UUID(row["id"]) for row in rows]


def a_week_later(found: Desk) -> None:
    """Change the tenant: a name, a leaver of a group, a joiner, a promotion, a stop."""
    first = people(found)
    ids = groups(found)
    found.change(first[0], displayName="Ann Newname", department="Finance")
    found.leave(ids["Group-1"], first[3])
    found.change(first[6], accountEnabled=False)
    found.admin.put_user(
        found.tenant.tenant_id,
        str(JOINER),
        userPrincipalName=f"joiner@{found.tenant.domain}",
        displayName="Jo Iner",
        accountEnabled=True,
        userType="Member",
    )
    found.join(ids["Group-1"], JOINER)
    found.join(ids["Group-3"], JOINER)
    found.admin.set_manager(found.tenant.tenant_id, str(JOINER), str(first[0]))
