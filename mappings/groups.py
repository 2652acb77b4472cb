"""From the name of a group to its id, asked of the tenant (AM-23).

A name is resolved once; afterwards the group is told by its id, so that renaming it
in Entra breaks nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from django.db import transaction
from django.db.models import F

from common import keys
from common.errors import AppError
from connections.graph import groups as graph
from connections.graph.errors import LacksPermission, Rejected
from connections.graph.wire import GraphGroup
from connections.models import TenantConnection
from mappings.models import AgentRoleMapping, BoardMapping, SiteMapping
from mappings.risk import Gives, Level, Risk, rate

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from connections.graph.client import GraphClient

Row: TypeAlias = SiteMapping | AgentRoleMapping | BoardMapping
SHOWN = 10


class GroupRefused(AppError):
    """No group, several, or one that must not be used here; the text lists them."""


@dataclass(frozen=True, slots=True)
class GroupProblem:
    """A name that stays unresolved, and why, for the administrator."""

    name: str
    text: str


def find(client: GraphClient, name: str) -> GraphGroup:
    """Return the one group of that whole name, whatever its case.

    Raises GroupRefused for none or several, GraphError if the tenant cannot say.
    """
    found = graph.groups_named(client, name)
    if not found:
        raise GroupRefused(
            f"No group in the tenant is called {name!r}. Write its exact name, or "
            "{id: …} with its Object ID."
        )
    if len(found) > 1:
        listed = "; ".join(described(group) for group in found[:SHOWN])
        more = f"; and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
        raise GroupRefused(
            f"{len(found)} groups in the tenant are called {name!r}: {listed}{more}. "
            "Write {id: …} with the Object ID of the one that is meant."
        )
    return found[0]


def described(group: GraphGroup) -> str:
    """Return a group as an error lists it."""
    return f"{group.name!r} {group.object_id} ({group.kind.replace('_', ' ')})"


def check(group: GraphGroup, *, gives: Gives) -> Risk:
    """Return the risk of giving this to the group's members.

    Raises GroupRefused if the group must not decide about people at all.
    """
    risk = rate(
        {
            "kind": group.kind.value,
            "dynamic": group.dynamic,
            "membership_rule": group.membership_rule,
            "visibility": group.visibility,
        },
        gives=gives,
    )
    if risk.level is Level.REFUSE:
        raise GroupRefused(f"The group {group.name!r} is refused. {risk.sentence}")
    return risk


def gives(row: Row) -> Gives:
    """Return what the row gives the members of its group."""
    if isinstance(row, BoardMapping):
        return Gives.AGENT
    if isinstance(row, SiteMapping) and not row.is_agent:
        return Gives.SITE
    role = row.agent_role if isinstance(row, SiteMapping) else row.role
    return Gives.ADMINISTRATOR if role and role.is_administrator else Gives.AGENT


def resolve_pending(
    connection: TenantConnection, client: GraphClient
) -> list[GroupProblem]:
    """Give each mapping whose group is known by name only the group's id.

    Asks the tenant first and writes afterwards, in one transaction that bumps the
    rules' version once. Returns the names that stay unresolved; raises GraphError if
    the tenant cannot be asked at all.
    """
    rows = pending(connection)
    if not rows:
        return []
    found: dict[str, GraphGroup] = {}
    problems: list[GroupProblem] = []
    for key, name in {keys.key(row.group_name): row.group_name for row in rows}.items():
        try:
            found[key] = find(client, name)
        except (GroupRefused, LacksPermission, Rejected) as exc:
            problems.append(GroupProblem(name, str(exc)))
    return problems + _keep(connection, rows, found)


def pending(connection: TenantConnection) -> list[Row]:
    """Return the mappings whose group is known by name only."""
    rows: list[Row] = []
    for related in (
        connection.site_mappings,
        connection.role_mappings,
        connection.board_mappings,
    ):
        rows += related.filter(group_id=None).exclude(group_name="")
    return rows


@transaction.atomic
def _keep(
    connection: TenantConnection, rows: list[Row], found: Mapping[str, GraphGroup]
) -> list[GroupProblem]:
    problems, is_changed = [], False
    for row in rows:
        group = found.get(keys.key(row.group_name))
        if group is None:
            continue
        try:
            check(group, gives=gives(row))
            is_changed |= _settle(row, group.object_id)
        except GroupRefused as exc:
            problems.append(GroupProblem(row.group_name, str(exc)))
    if is_changed:
        TenantConnection.objects.filter(pk=connection.pk).update(
            rules_version=F("rules_version") + 1
        )
    return problems


def _settle(row: Row, group_id: UUID) -> bool:
    """Write the id, unless the row was changed meanwhile; its name stays."""
    if _has_twin(row, group_id):
        raise GroupRefused(
            f"{row} says the same as another mapping that names the group by its id. "
            "Remove one of the two."
        )
    still = type(row)._default_manager.filter(
        pk=row.pk, group_id=None, group_name=row.group_name
    )
    return bool(still.update(group_id=group_id))


def _has_twin(row: Row, group_id: UUID) -> bool:
    if isinstance(row, AgentRoleMapping):
        return AgentRoleMapping.objects.filter(
            connection_id=row.connection_id, group_id=group_id, role_id=row.role_id
        ).exists()
    if isinstance(row, BoardMapping):
        return BoardMapping.objects.filter(
            connection_id=row.connection_id, group_id=group_id, board_id=row.board_id
        ).exists()
    return False
