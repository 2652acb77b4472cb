"""Records of ours as the engine takes them: those linked to a person, and those that
matching fields find. Set-based: a fixed number of queries a chunk.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from common import keys
from common.lookups import any_of
from directory.models import Agent, AgentRoleGrant, BoardSeat, EndUser
from directory.states import EntraState
from imports import write_agents, write_users
from imports.engine.types import Local
from imports.mirror import of_connection
from imports.words import MirrorState
from mappings.rules import Ref
from mappings.words import Kind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from uuid import UUID

    from connections.models import TenantConnection

MODELS: Mapping[Kind, type[EndUser] | type[Agent]] = {
    Kind.USERS: EndUser,
    Kind.AGENTS: Agent,
}
"""The model of each kind of record."""
SHARED = (
    *("id", "revision", "is_active", "entra_tenant_id", "entra_object_id"),
    *("source_id", "entra_state", "keep_active", "deactivated_by_id"),
    "account__may_sign_in_locally",
)
USER = (
    *SHARED,
    *write_users.PLAIN,
    *("custom_values", "site_id", "site__name", "site__organisation_id"),
    *("site__organisation__name", "site_set_by_id"),
    *("user_role_id", "user_role__name", "user_role_set_by_id"),
)
AGENT = (
    *SHARED,
    *write_agents.PLAIN,
    *("default_team_id", "default_team__name", "user_id"),
)


def linked(
    connection: TenantConnection, kind: Kind, object_ids: Collection[UUID]
) -> Mapping[UUID, Local]:
    """Return the records that carry these people's Entra identity."""
    found = _load(
        connection,
        kind,
        Q(entra_tenant_id=connection.tenant_id) & any_of("entra_object_id", object_ids),
    )
    return {local.object_id: local for local in found if local.object_id is not None}


def by_ids(
    connection: TenantConnection, kind: Kind, ids: Collection[int]
) -> Mapping[int, Local]:
    """Return the records of these ids."""
    found = _load(connection, kind, any_of("pk", ids)) if ids else ()
    return {one.id: one for one in found}


class Candidates:
    """The records that hold one of the wanted values in a matching field."""

    def __init__(
        self,
        connection: TenantConnection,
        kind: Kind,
        wanted: Mapping[str, Collection[str]],
    ) -> None:
        """Load them; `wanted` is a target's keys."""
        self._found: dict[tuple[str, str], list[Local]] = defaultdict(list)
        for target, some in wanted.items():
            ids = _holders(kind, target, {one for one in some if one})
            for local in by_ids(connection, kind, ids).values():
                held = keys.key(_text(local.values.get(target)))
                self._found[target, held].append(local)

    def find(self, target: str, key: str) -> Sequence[Local]:
        """Return the records whose field `target` has this key, oldest first."""
        return sorted(self._found.get((target, key), ()), key=lambda local: local.id)


def _holders(kind: Kind, target: str, wanted: set[str]) -> Collection[int]:
    """Return the ids of the records whose field has one of the keys."""
    if not wanted:
        return ()
    model: type[EndUser] | type[Agent] = EndUser if kind is Kind.USERS else Agent
    columns = write_users.KEYS if kind is Kind.USERS else write_agents.KEYS
    rows: Any = model._default_manager.all()
    if target in columns:
        held = rows.filter(any_of(columns[target], wanted))
        return list(held.values_list("pk", flat=True))
    # No key is stored for this field: it is compared here, row by row.
    name = target.removeprefix("custom.")
    column = "custom_values" if target.startswith("custom.") else target
    values = rows.values_list("pk", column).iterator()
    return [
        pk
        for pk, value in values
        if keys.key(_text(value.get(name) if isinstance(value, dict) else value))
        in wanted
    ]


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _load(connection: TenantConnection, kind: Kind, where: Q) -> list[Local]:
    if kind is Kind.USERS:
        rows = list(EndUser.objects.filter(where).values(*USER))
        gone = _gone(connection, rows)
        return [_user(connection, row, gone) for row in rows]
    rows = list(Agent.objects.filter(where).values(*AGENT))
    ids = [row["id"] for row in rows]
    roles = _given(AgentRoleGrant, "role", ids)
    boards = _given(BoardSeat, "board", ids)
    gone = _gone(connection, rows)
    return [_agent(connection, row, roles, boards, gone) for row in rows]


def _gone(connection: TenantConnection, rows: Iterable[Mapping[str, Any]]) -> set[UUID]:
    """Return the identities of these records that are proven deleted."""
    ids = [row["entra_object_id"] for row in rows if row["entra_object_id"]]
    return set(
        of_connection(connection.pk)
        .filter(any_of("object_id", ids))
        .filter(state__in=[MirrorState.DELETED, MirrorState.GONE])
        .values_list("object_id", flat=True)
    )


def _shared(
    connection: TenantConnection, row: Mapping[str, Any], gone: Collection[UUID]
) -> dict[str, Any]:
    return {
        "id": row["id"],
        "revision": row["revision"],
        "is_active": row["is_active"],
        "tenant_id": row["entra_tenant_id"],
        "object_id": row["entra_object_id"],
        "is_ours": row["source_id"] == connection.pk,
        "entra_state": EntraState(row["entra_state"]) if row["entra_state"] else None,
        "keep_active": row["keep_active"],
        "deactivated_by_us": row["deactivated_by_id"] == connection.pk,
        "is_break_glass": bool(row["account__may_sign_in_locally"]),
        "identity_is_gone": row["entra_object_id"] in gone,
    }


def _user(
    connection: TenantConnection, row: Mapping[str, Any], gone: Collection[UUID]
) -> Local:
    custom = row["custom_values"] or {}
    return Local(
        **_shared(connection, row, gone),
        values={
            **{name: row[name] for name in write_users.PLAIN},
            **{f"custom.{name}": value for name, value in custom.items()},
        },
        organisation_id=row["site__organisation_id"],
        site=Ref(
            row["site_id"], f"{row['site__organisation__name']} / {row['site__name']}"
        ),
        site_by_us=row["site_set_by_id"] == connection.pk,
        role=_ref(row, "user_role"),
        role_by_us=row["user_role_set_by_id"] == connection.pk,
    )


def _agent(
    connection: TenantConnection,
    row: Mapping[str, Any],
    roles: Mapping[int, list[dict[str, Any]]],
    boards: Mapping[int, list[dict[str, Any]]],
    gone: Collection[UUID],
) -> Local:
    held, seats = roles.get(row["id"], []), boards.get(row["id"], [])
    return Local(
        **_shared(connection, row, gone),
        values={name: row[name] for name in write_agents.PLAIN},
        roles=_refs(held, "role"),
        roles_by_us=_ours(connection, held, "role"),
        boards=_refs(seats, "board"),
        boards_by_us=_ours(connection, seats, "board"),
        team=_ref(row, "default_team"),
        user_id=row["user_id"],
        is_protected=any("administer" in grant["role__permissions"] for grant in held),
    )


def _given(
    model: type[AgentRoleGrant] | type[BoardSeat], name: str, ids: Sequence[int]
) -> Mapping[int, list[dict[str, Any]]]:
    columns = ["agent_id", "granted_by_id", f"{name}_id", f"{name}__name"]
    if model is AgentRoleGrant:
        columns.append("role__permissions")
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    rows: Any = model._default_manager.filter(agent_id__in=ids)
    for row in rows.order_by(f"{name}__name_key").values(*columns):
        found[row["agent_id"]].append(row)
    return found


def _ref(row: Mapping[str, Any], name: str) -> Ref | None:
    pk = row[f"{name}_id"]
    return None if pk is None else Ref(pk, row[f"{name}__name"])


def _refs(rows: Iterable[Mapping[str, Any]], name: str) -> tuple[Ref, ...]:
    return tuple(Ref(row[f"{name}_id"], row[f"{name}__name"]) for row in rows)


def _ours(
    connection: TenantConnection, rows: Iterable[Mapping[str, Any]], name: str
) -> frozenset[int]:
    return frozenset(
        row[f"{name}_id"] for row in rows if row["granted_by_id"] == connection.pk
    )
