"""Who is to be planned: whose counters differ from those last settled.

One join with both kinds of records, in the order of the mirror's index, so that a
chunk costs the same at the end of a tenant as at its beginning.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson
from django.db import connection as database

from imports import settle
from imports.load import Person, concerned
from imports.models import MirrorUser
from mappings.words import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imports.work import Scope

CHUNK = 1000
RECORDS = {Kind.USERS: "u", Kind.AGENTS: "a"}
PEOPLE = """
  FROM imports_mirroruser m
  LEFT JOIN directory_enduser u
    ON u.entra_tenant_id = %(tenant)s AND u.entra_object_id = m.object_id
  LEFT JOIN directory_agent a
    ON a.entra_tenant_id = %(tenant)s AND a.entra_object_id = m.object_id
  LEFT JOIN imports_reported r
    ON r.connection_id = m.connection_id AND r.object_id = m.object_id
 WHERE m.connection_id = %(connection)s
"""
# The stored item is the memory: it holds the counters that it was decided on, so that
# nothing has to be kept in step with it. A newer decision makes it void.
ANSWERED = """EXISTS (
  SELECT 1 FROM imports_runitem i JOIN imports_run n ON n.id = i.run_id
   WHERE i.object_id = m.object_id AND i.kind = '{kind}' AND i.stage = 'apply'
     AND n.connection_id = m.connection_id AND n.kind IN ('import', 'delta')
     AND (i.action = 'review' OR i.outcome = 'failed')
     AND i.mirror_revision = m.revision AND i.rules_version = %(version)s
     AND COALESCE(i.record_revision, 0) = COALESCE({record}.revision, 0)
     AND NOT EXISTS (
       SELECT 1 FROM imports_decision d
        WHERE d.connection_id = m.connection_id AND d.kind = i.kind
          AND d.object_id = i.object_id AND d.at > n.started_at
     )
)"""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many people are due, and per kind how many are settled: those who have a
    record (True) and those who have none."""

    due: int
    settled: Mapping[Kind, Mapping[bool, int]]


def page(
    scope: Scope,
    *,
    after: int = 0,
    limit: int = CHUNK,
    object_id: UUID | None = None,
) -> list[Person]:
    """Return the next people to plan after a row of the mirror, or one person."""
    only = "" if object_id is None else "AND m.object_id = %(person)s"
    flags = ", ".join(
        f"CASE WHEN {_due(scope, kind)} THEN 1 ELSE 0 END" for kind in Kind
    )
    rows = _fetched(
        f"SELECT m.id, m.object_id, m.upn, m.properties, m.state, m.revision, "
        f"m.generation, {flags} "
        f"{PEOPLE} AND m.id > %(after)s {only} AND ({_any_due(scope)}) "
        "ORDER BY m.id LIMIT %(limit)s",
        _parameters(scope, after=after, limit=limit, person=object_id),
    )
    return [
        Person._make(
            (
                *(pk, UUID(str(person)), upn, orjson.loads(properties)),
                *(state, *numbers, bool(users), bool(agents)),
            )
        )
        for pk, person, upn, properties, state, *numbers, users, agents in rows
    ]


def counts(scope: Scope) -> Counts:
    """Count everybody of the connection, in one pass."""
    sums = [f"SUM(CASE WHEN {_any_due(scope)} THEN 1 ELSE 0 END)"]
    for kind, record in RECORDS.items():
        for test in (f"{record}.id IS NOT NULL", f"{record}.id IS NULL"):
            looked_at = f"{_moved(kind)} OR {_is_reported(scope)}"
            sums.append(
                f"SUM(CASE WHEN NOT ({looked_at}) AND {test} THEN 1 ELSE 0 END)"
            )
    ((due, *rest),) = _fetched(f"SELECT {', '.join(sums)} {PEOPLE}", _parameters(scope))
    pairs = iter([number or 0 for number in rest])
    return Counts(
        due or 0, {kind: {True: next(pairs), False: next(pairs)} for kind in RECORDS}
    )


def _due(scope: Scope, kind: Kind) -> str:
    """Return the condition that one kind of record of a person is to be planned.

    What needs review or failed is due again in full runs only; whom Microsoft reported
    is due in a delta run, so that each report has its entry (R149d).
    """
    due = _moved(kind)
    if not scope.retries:
        answered = ANSWERED.format(kind=kind.value, record=RECORDS[kind])
        due = f"({due}) AND NOT {answered}"
    return f"({due}) OR {_is_reported(scope)}"


def _is_reported(scope: Scope) -> str:
    return "r.id IS NOT NULL" if scope.is_delta else "1 = 0"


def _moved(kind: Kind) -> str:
    """Return the condition that a counter differs from the settled one."""
    of_mirror, of_rules, of_record = settle.columns(kind)
    return (
        f"m.{of_mirror} IS NULL OR m.{of_mirror} <> m.revision "
        f"OR m.{of_rules} <> %(version)s "
        f"OR m.{of_record} <> COALESCE({RECORDS[kind]}.revision, {settle.NO_RECORD})"
    )


def _any_due(scope: Scope) -> str:
    return " OR ".join(f"({_due(scope, kind)})" for kind in concerned(scope.kinds))


def _parameters(scope: Scope, **others: Any) -> dict[str, Any]:
    found = {
        "connection": scope.connection.pk,
        "tenant": scope.connection.tenant_id,
        "version": scope.rules.version,
        **others,
    }
    as_stored = MirrorUser._meta.get_field("object_id").get_db_prep_value
    return {
        name: as_stored(value, database) if isinstance(value, UUID) else value
        for name, value in found.items()
        if value is not None
    }


def _fetched(query: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with database.cursor() as cursor:
        cursor.execute(query, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
