"""What an undo looks at: what a run did to people, and their records as they are now.

Set-based: a fixed number of queries a chunk.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from directory.models import (
    AgentRole,
    AgentRoleGrant,
    BoardSeat,
    ChangeAdvisoryBoard,
    EndUser,
    Site,
    Team,
    UserRole,
)
from imports import used_by, write_agents, write_users
from imports.engine.types import Action
from imports.engine.undo import BEHIND, Done, Now
from imports.models import PlannedSite, Run, RunItem
from imports.records import MODELS
from imports.words import Outcome, Stage
from mappings.words import Kind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from common.types import JsonObject

CHUNK = 2000
FIRST, LAST = UUID(int=0), UUID(int=2**128 - 1)
UNUSED = ("trace", "sent", "evidence", "notes")
"""Columns of an item that an undo does not read."""
COLUMNS = sorted({column for columns in BEHIND.values() for column in columns})
SHARED = (
    *("id", "revision", "is_active", "keep_active", "account_id"),
    *("account__may_sign_in_locally", "entra_object_id", "entra_state"),
)
OF_AGENTS = [one for one in COLUMNS if not one.endswith("_set_by_id")]
USER = {
    *SHARED,
    *COLUMNS,
    *write_users.PLAIN,
    *("custom_values", "site_id", "site__name", "site__organisation__name"),
    *("user_role_id", "user_role__name", "manager_id", "manager__name"),
}
AGENT = {
    *SHARED,
    *OF_AGENTS,
    *write_agents.PLAIN,
    *("default_team_id", "default_team__name", "user_id", "user__name"),
}
TARGETS: Mapping[str, Any] = {
    "site": Site,
    "user_role": UserRole,
    "manager": EndUser,
    "team": Team,
    "user": EndUser,
    "roles": AgentRole,
    "boards": ChangeAdvisoryBoard,
}
"""What the references of changes refer to."""


@dataclass(frozen=True, slots=True)
class Person:
    """What a run did to one record of one person, and the record now (None: gone)."""

    items: Mapping[Stage, RunItem]
    """Of the first pass, the second, or both."""
    done: Mapping[Stage, Done]
    now: Now | None
    is_break_glass: bool = False

    @property
    def record_id(self) -> int | None:
        """Return the record, which all the items name."""
        return next(iter(self.items.values())).record_id


@dataclass(slots=True)
class _Chunk:
    """The records of one chunk, and what surrounds them."""

    run: Run
    kind: Kind
    items: Sequence[RunItem]
    rows: Mapping[int, JsonObject] = field(default_factory=dict)
    held: Mapping[str, Mapping[int, JsonObject]] = field(default_factory=dict)
    exists: Mapping[str, Collection[int]] = field(default_factory=dict)
    used_by: Mapping[int, list[str]] = field(default_factory=dict)


def applied(run: Run, kind: Kind) -> Iterator[list[Person]]:
    """Yield what the run did to records of a kind, chunk by chunk, by person."""
    made = dict(
        PlannedSite.objects.filter(run=run).values_list("id", "site_id").iterator()
    )
    after = FIRST
    while True:
        pages = [
            next_items(run, kind, stage, after)
            for stage in (Stage.APPLY, Stage.MANAGERS)
        ]
        ends = [page[-1].object_id for page in pages if len(page) == CHUNK]
        last = min(ends, default=LAST)
        found = [
            item
            for page in pages
            for item in page
            if item.object_id <= last and _is_applied(item)
        ]
        if found:
            yield _people(run, kind, found, made)
        if last == LAST:
            return
        after = last


def next_items(run: Run, kind: Kind, stage: Stage, after: UUID) -> list[RunItem]:
    """Return the next items of a stage: one stretch of an index, by their people.

    What else is asked of an item is not asked of the database, which would give the
    stretch up for it.
    """
    items = RunItem.objects.filter(run=run, kind=kind, stage=stage)
    rest = items.filter(object_id__gt=after).order_by("object_id")
    return list(rest.defer(*UNUSED)[:CHUNK])


def _is_applied(item: RunItem) -> bool:
    """Return whether an item wrote a record."""
    is_idle = Action(item.action) in used_by.IDLE
    return (
        item.outcome == Outcome.APPLIED and item.record_id is not None and not is_idle
    )


def _people(
    run: Run, kind: Kind, items: Sequence[RunItem], made: Mapping[int, int | None]
) -> list[Person]:
    ids = {item.record_id for item in items if item.record_id is not None}
    columns = USER if kind is Kind.USERS else AGENT
    rows = MODELS[kind]._default_manager.filter(pk__in=ids).values(*columns)
    chunk = _Chunk(run, kind, items, {row["id"]: row for row in rows})
    done = {item.pk: _done(item, made) for item in items}
    chunk.exists = _existing(done.values())
    if kind is Kind.AGENTS:
        chunk.held = {
            "roles": _held(AgentRoleGrant, "role", ids),
            "boards": _held(BoardSeat, "board", ids),
        }
    chunk.used_by = used_by.reasons(chunk.run, chunk.kind, items, chunk.rows)
    by_person: dict[UUID, dict[Stage, RunItem]] = defaultdict(dict)
    for item in items:
        by_person[item.object_id][Stage(item.stage)] = item
    return [_person(chunk, stages, done) for _, stages in sorted(by_person.items())]


def _person(
    chunk: _Chunk, stages: Mapping[Stage, RunItem], done: Mapping[int, Done]
) -> Person:
    record_id = next(iter(stages.values())).record_id
    row = chunk.rows.get(record_id) if record_id is not None else None
    return Person(
        stages,
        {stage: done[item.pk] for stage, item in stages.items()},
        None if row is None else _now(chunk, row),
        is_break_glass=bool(row and row["account__may_sign_in_locally"]),
    )


def _done(item: RunItem, made: Mapping[int, int | None]) -> Done:
    """Return what the item did; a site that it planned is the one that was made."""
    changes = {name: (before, after) for name, (before, after) in item.changes.items()}
    site = changes.get("site", (None, None))[1]
    if site and "planned" in site:
        named = {"id": made.get(site["planned"]), "name": site["name"]}
        changes["site"] = (changes["site"][0], named)
    return Done(
        Kind(item.kind),
        Action(item.action),
        item.object_id,
        item.record_id or 0,
        changes,
        item.behind or {},
    )


def _now(chunk: _Chunk, row: JsonObject) -> Now:
    pk = row["id"]
    is_user = chunk.kind is Kind.USERS
    held = {name: rows.get(pk, {}) for name, rows in chunk.held.items()}
    identity = row["entra_object_id"]
    shared = {
        "is_active": row["is_active"],
        "entra_object_id": str(identity) if identity else None,
        "entra_state": row["entra_state"] or None,
        **{name: list(one["refs"]) for name, one in held.items() if one},
    }
    return Now(
        chunk.run.connection_id,
        row["revision"],
        {**shared, **(_user_values(row) if is_user else _agent_values(row))},
        behind={name: row[name] for name in (COLUMNS if is_user else OF_AGENTS)},
        held={name: one.get("givers", {}) for name, one in held.items()},
        exists=chunk.exists,
        used_by=tuple(chunk.used_by.get(pk, ())),
        is_pinned=row["keep_active"],
    )


def _user_values(row: JsonObject) -> JsonObject:
    custom: JsonObject = row["custom_values"] or {}
    place = f"{row['site__organisation__name']} / {row['site__name']}"
    return {
        **{name: row[name] for name in write_users.PLAIN},
        **{f"custom.{name}": value for name, value in custom.items()},
        "site": {"id": row["site_id"], "name": place},
        "user_role": _ref(row, "user_role"),
        "manager": _ref(row, "manager"),
    }


def _agent_values(row: JsonObject) -> JsonObject:
    return {
        **{name: row[name] for name in write_agents.PLAIN},
        "team": _ref(row, "default_team"),
        "user": _ref(row, "user"),
    }


def _ref(row: JsonObject, name: str) -> JsonObject | None:
    pk = row[f"{name}_id"]
    return None if pk is None else {"id": pk, "name": row[f"{name}__name"]}


def _held(
    model: type[AgentRoleGrant] | type[BoardSeat], name: str, ids: Collection[int]
) -> Mapping[int, JsonObject]:
    """Return the references that agents hold, and who gave each."""
    found: dict[int, JsonObject] = defaultdict(lambda: {"refs": [], "givers": {}})
    rows: Any = model._default_manager.filter(agent_id__in=ids)
    columns = ("agent_id", "granted_by_id", f"{name}_id", f"{name}__name")
    for agent_id, giver, pk, title in rows.order_by("id").values_list(*columns):
        found[agent_id]["refs"].append({"id": pk, "name": title})
        found[agent_id]["givers"][pk] = giver
    return found


def _existing(done: Collection[Done]) -> Mapping[str, Collection[int]]:
    """Return which references of old values are still there, by field."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for one in done:
        for name, (before, _) in one.changes.items():
            if name in TARGETS:
                some: list[Any] = before if isinstance(before, list) else [before]
                wanted[name] |= {ref["id"] for ref in some if ref}
    return {
        name: set(TARGETS[name].objects.filter(pk__in=ids).values_list("pk", flat=True))
        for name, ids in wanted.items()
        if ids
    }
