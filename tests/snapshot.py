"""What a run left behind, as plain values that two databases can be compared by.

Keys, timestamps and revisions stay out; references are told by what they refer to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Case, Exists, OuterRef, When

from directory.models import Agent, AgentRoleGrant, BoardSeat, EndUser, Site
from imports.models import MirrorGroup, MirrorMembership, MirrorUser
from imports.words import MirrorState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from connections.models import TenantConnection

Rows = list[tuple[str, ...]]
Snapshot = dict[str, Rows]

SHARED = (
    *("entra_object_id", "name", "name_key", "first_name", "last_name", "email"),
    *("email_key", "login_key", "job_title", "mobile", "is_active", "keep_active"),
    *("entra_state", "deactivated_reason"),
)
USER = (
    *SHARED,
    *("network_login", "department", "phone", "custom_values", "site__name"),
    *("user_role__name", "manager__entra_object_id"),
)
AGENT = (*SHARED, "ad_login", "default_team__name", "user__entra_object_id")
OURS = ("source_id", "deactivated_by_id")
"""Columns that hold our connection or nobody; told as whether it is ours."""
OURS_OF_USERS = (*OURS, "site_set_by_id", "user_role_set_by_id", "manager_set_by_id")


def directory(connection: TenantConnection) -> Snapshot:
    """Return the users, agents, grants and sites of one connection's tenant."""
    mine = {"entra_tenant_id": connection.tenant_id}
    agents = {"agent__entra_tenant_id": connection.tenant_id}
    users = EndUser.objects.filter(**mine)
    places = Site.objects.filter(organisation__name=connection.name)
    return {
        "users": _rows(users.values(*USER, *OURS_OF_USERS), connection),
        "agents": _rows(Agent.objects.filter(**mine).values(*AGENT, *OURS), connection),
        "roles": _rows(
            AgentRoleGrant.objects.filter(**agents).values(
                "agent__entra_object_id", "role__name", "granted_by_id"
            ),
            connection,
        ),
        "seats": _rows(
            BoardSeat.objects.filter(**agents).values(
                "agent__entra_object_id", "board__name", "granted_by_id"
            ),
            connection,
        ),
        "sites": _rows(places.values("name", "source_value", "is_active"), connection),
    }


def mirror(connection: TenantConnection) -> Snapshot:
    """Return what the mirror of one connection holds.

    Whose manager is gone has none: a list does not name them, a delta says nothing.
    """
    mine = {"connection": connection}
    people = MirrorUser.objects.filter(**mine)
    gone = people.filter(
        state__in=[MirrorState.DELETED, MirrorState.GONE],
        object_id=OuterRef("manager_id"),
    )
    manager = Case(When(Exists(gone), then=None), default="manager_id")
    groups = MirrorGroup.objects.filter(**mine)
    edges = MirrorMembership.objects.filter(**mine)
    return {
        "people": _rows(
            people.values("object_id", "properties", "state", manager=manager),
            connection,
        ),
        "groups": _rows(groups.values("group_id", "name", "state"), connection),
        "edges": _rows(edges.values("group_id", "member_id", "is_group"), connection),
    }


def revisions() -> list[tuple[Any, ...]]:
    """Return every user and agent with revision and time: any write shows."""
    columns = ("id", "revision", "updated_at")
    return [
        *EndUser.objects.order_by("id").values_list(*columns),
        *Agent.objects.order_by("id").values_list(*columns),
    ]


def _rows(rows: Iterable[Mapping[str, Any]], connection: TenantConnection) -> Rows:
    return sorted(
        tuple(
            repr(value == connection.pk if name.endswith("_by_id") else value)
            for name, value in _ordered(row).items()
        )
        for row in rows
    )


def _ordered(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the row with its JSON sorted, and the source told as ours or not."""
    found = dict(row)
    if "source_id" in found:
        found["source_by_id"] = found.pop("source_id")
    return {
        name: sorted(value.items()) if isinstance(value, dict) else value
        for name, value in found.items()
    }
