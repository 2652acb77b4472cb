"""The directory's door for agents: rows, roles and seats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from common import bulk, keys
from common.lookups import any_of
from directory.models import Agent, AgentRoleGrant, BoardSeat
from imports.write_users import Records, give_back, set_shared

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from django.db import models

    from imports.items import Item
    from imports.work import Work

KEYS = {"name": "name_key", "email": "email_key", "ad_login": "login_key"}
PLAIN = (
    *("name", "first_name", "last_name", "email", "ad_login", "job_title", "mobile"),
)
COLUMNS = (
    *PLAIN,
    *KEYS.values(),
    *("default_team_id", "is_active", "deactivated_by_id", "deactivated_reason"),
    *("entra_tenant_id", "entra_object_id", "entra_state", "entra_state_at"),
    *("source_id", "revision", "updated_at"),
)
BLANK: Mapping[str, Any] = {
    **dict.fromkeys((*PLAIN, *KEYS.values(), "deactivated_reason", "entra_state"), ""),
    **dict.fromkeys(("default_team_id", "deactivated_by_id", "source_id"), None),
    **dict.fromkeys(("entra_tenant_id", "entra_object_id", "entra_state_at"), None),
    "is_active": True,
    "revision": 0,
}
GIVEN = (("roles", AgentRoleGrant, "role_id"), ("boards", BoardSeat, "board_id"))
"""Where a change of roles and of boards is kept."""


def locked(work: Work, items: Sequence[Item]) -> Records:
    """Return the records of the items, and those that took their people meanwhile."""
    ids = [item.record_id for item in items if item.record_id is not None]
    new = [item.object_id for item in items if item.record_id is None]
    mine = Agent.objects.select_for_update().filter(any_of("pk", ids))
    theirs = Agent.objects.filter(
        any_of("entra_object_id", new), entra_tenant_id=work.connection.tenant_id
    )
    names = ("id", *COLUMNS)
    return Records([*mine.values(*names), *theirs.values(*names)])


def write(
    work: Work, items: Sequence[Item], records: Records
) -> Mapping[UUID, tuple[int, int]]:
    """Write the items; return each person's record and its new revision."""
    new, changed, revisions = [], [], {}
    now = timezone.now()
    for item in items:
        before = BLANK if item.record_id is None else records.row(item.record_id)
        after = _after(work, item, before, now)
        revisions[item.object_id] = after["revision"]
        row = tuple(after[column] for column in COLUMNS)
        if item.record_id is None:
            new.append((*row, False, after["updated_at"]))
        else:
            changed.append((item.record_id, *row))
    bulk.insert(Agent, (*COLUMNS, "keep_active", "created_at"), new)
    bulk.update(Agent, "id", COLUMNS, changed)
    rows = Agent.objects.filter(
        any_of("entra_object_id", (i.object_id for i in items if i.record_id is None)),
        entra_tenant_id=work.connection.tenant_id,
    )
    created = dict(rows.values_list("entra_object_id", "pk"))
    ids = {item.object_id: item.record_id or created[item.object_id] for item in items}
    _give(work, items, ids)
    return {object_id: (ids[object_id], revisions[object_id]) for object_id in ids}


def _after(
    work: Work, item: Item, before: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    """Return the columns of the record as the item leaves it."""
    after = dict(before)
    for field, (_, value) in item.changes.items():
        if field in PLAIN:
            after[field] = value or ""
        elif field == "team":
            after["default_team_id"] = value["id"] if value else None
        elif field not in {"roles", "boards"}:
            set_shared(after, field, value, item, work, now)
    for target, column in KEYS.items():
        after[column] = keys.key(after[target])
    give_back(after, item)
    after["revision"] = int(before["revision"]) + 1
    after["updated_at"] = now
    return after


def _give(work: Work, items: Iterable[Item], agents: Mapping[UUID, int]) -> None:
    """Give and take back roles and seats; only what this connection gave is taken."""
    for field, model, column in GIVEN:
        given, taken = [], []
        for item in items:
            before, after = item.changes.get(field, ([], []))
            had, has = _ids(before), _ids(after)
            agent_id = agents[item.object_id]
            given += [
                model(
                    agent_id=agent_id,
                    granted_by=work.connection,
                    **{column: target},
                )
                for target in sorted(has - had)
            ]
            taken += [(agent_id, target) for target in had - has]
        manager: models.Manager[Any] = model._default_manager
        manager.bulk_create(given, ignore_conflicts=True)
        for agent_id, target in taken:
            manager.filter(
                agent_id=agent_id, granted_by=work.connection, **{column: target}
            ).delete()


def _ids(references: Iterable[Mapping[str, Any]] | None) -> set[int]:
    return {reference["id"] for reference in references or ()}
