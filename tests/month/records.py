"""What the desk has of each person, and in what two moments differ."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any
from uuid import UUID

from directory.models import Agent, AgentRoleGrant, BoardSeat, EndUser
from tests import snapshot

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connections.models import TenantConnection

Record = dict[str, Any]
Records = dict[tuple[str, UUID], Record]
"""By kind and person: every column by its name, references by what they refer to."""
Differences = dict[tuple[str, UUID], tuple[str, ...]]
"""By kind and person: the columns that differ; "-" for a record only one side has."""
ONE_SIDED = "-"
MANAGER = "manager__entra_object_id"
PERSON = "agent__entra_object_id"


def records(connection: TenantConnection) -> Records:
    """Return every user and agent of the connection's tenant."""
    mine = {"entra_tenant_id": connection.tenant_id}
    users = EndUser.objects.filter(**mine).values(*snapshot.USER)
    agents = Agent.objects.filter(**mine).values(*snapshot.AGENT)
    found = {
        (kind, row["entra_object_id"]): dict(row)
        for kind, rows in (("user", users), ("agent", agents))
        for row in rows
    }
    for column, held in (
        ("roles", AgentRoleGrant.objects.values_list(PERSON, "role__name")),
        ("boards", BoardSeat.objects.values_list(PERSON, "board__name")),
    ):
        given: dict[UUID | None, set[str]] = defaultdict(set)
        for person, name in held:
            given[person].add(name)
        for (kind, holder), row in found.items():
            if kind == "agent":
                row[column] = frozenset(given.get(holder, ()))
    return found


def differences(before: Records, after: Records) -> Differences:
    """Return in which columns whose records differ."""
    return {
        key: columns
        for key in sorted(before.keys() | after.keys())
        if (columns := tuple(_columns(before.get(key), after.get(key))))
    }


def shown(key: tuple[str, UUID], before: Records, after: Records) -> str:
    """Return one difference in words."""
    mine, theirs = before.get(key), after.get(key)
    columns = tuple(_columns(mine, theirs))
    if mine is None or theirs is None:
        return f"is there only {'before' if mine else 'after'}: {mine or theirs}"
    return ", ".join(f"{one}: {mine[one]!r} → {theirs[one]!r}" for one in columns)


def _columns(
    mine: Mapping[str, Any] | None, theirs: Mapping[str, Any] | None
) -> list[str]:
    if mine is None or theirs is None:
        return [] if mine is theirs else [ONE_SIDED]
    return [name for name in mine if mine[name] != theirs[name]]
