"""The second pass: managers, once everybody of the run has a record (R084).

A delta that tells of a deleted manager says nothing of their people, who go on naming
them in the mirror: whoever is proven to be gone is nobody's manager, until restored.

Each page is found, written and recorded in one transaction; the items are the one
addition to a plan that a preview announces (R083).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from django.db import connection as database
from django.utils import timezone

from common import bulk
from directory.models import EndUser
from imports import record
from imports.engine.managers import ManagerState, plan_manager
from imports.models import MirrorUser
from imports.words import Outcome, Stage
from mappings.catalogue import MANAGER
from mappings.words import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imports.engine.types import PlanItem
    from imports.work import Work
    from mappings.rules import FieldRule

PAGE = 500


class Due(NamedTuple):
    """A user whose manager here differs from the manager in Entra."""

    mirror_pk: int
    object_id: UUID
    mirror_revision: int
    user_id: int
    revision: int
    current_id: int | None
    current_name: str | None
    is_set_by_us: bool
    wanted_id: int | None
    wanted_name: str | None
    settled_record: int | None


def rule(work: Work) -> FieldRule | None:
    """Return the mapping of the manager; None: the run links none."""
    if Kind.USERS not in work.kinds:
        return None
    fields = work.rules.user_fields
    return next((one for one in fields if one.target == MANAGER), None)


def link(work: Work, rule: FieldRule) -> int:
    """Bring every user's manager in step; return how many changed.

    A run about one person looks at their manager, and at those who report to them.
    """
    changed, after = 0, 0
    with work.claim.writing():
        work.begin(Stage.MANAGERS)
    while True:
        with work.claim.writing():
            page = _due(work, after)
            planned = [(due, plan_manager(_state(due), rule)) for due in page]
            changed += _write(work, [(due, item) for due, item in planned if item])
            work.progress.advance(changed)
        if not page:
            return changed
        after = page[-1].mirror_pk


def _state(due: Due) -> ManagerState:
    return ManagerState(
        object_id=due.object_id,
        user_id=due.user_id,
        revision=due.revision,
        current=record.ref(due.current_id, due.current_name),
        wanted=record.ref(due.wanted_id, due.wanted_name),
        is_set_by_us=due.is_set_by_us,
    )


def _write(work: Work, planned: Sequence[tuple[Due, PlanItem]]) -> int:
    users = [
        (
            due.user_id,
            due.wanted_id,
            work.connection.pk if due.wanted_id else None,
            due.revision + 1,
            timezone.now(),
        )
        for due, _ in planned
    ]
    columns = ("manager_id", "manager_set_by_id", "revision", "updated_at")
    bulk.update(EndUser, "id", columns, users)
    # Whoever was settled stays settled: the link is the import's own doing.
    bulk.update(
        MirrorUser,
        "id",
        ("settled_users_record",),
        [
            (due.mirror_pk, due.revision + 1)
            for due, _ in planned
            if due.settled_record == due.revision
        ],
    )
    record.keep(
        work,
        [
            record.Planned(
                item, due.mirror_revision, changes=record.stored_changes(item)
            )
            for due, item in planned
        ],
        stage=Stage.MANAGERS,
        outcome=Outcome.APPLIED,
    )
    return len(planned)


# One join instead of a look-up a person: it runs over everybody in every run.
QUERY = """
SELECT m.id, m.object_id, m.revision, u.id, u.revision, u.manager_id, c.name,
       CASE WHEN u.manager_set_by_id = %(connection)s THEN 1 ELSE 0 END,
       w.id, w.name, m.settled_users_record
  FROM imports_mirroruser m
  JOIN directory_enduser u
    ON u.entra_tenant_id = %(tenant)s AND u.entra_object_id = m.object_id
  LEFT JOIN imports_mirroruser b
    ON b.connection_id = m.connection_id AND b.object_id = m.manager_id
  LEFT JOIN directory_enduser w
    ON w.entra_tenant_id = %(tenant)s AND w.entra_object_id = m.manager_id
   AND COALESCE(b.state, 'present') NOT IN ('deleted', 'gone')
  LEFT JOIN directory_enduser c ON c.id = u.manager_id
 WHERE m.connection_id = %(connection)s AND m.state = 'present' AND m.manager_known
   AND u.source_id = %(connection)s AND m.id > %(after)s {only}
   AND (w.id IS NOT NULL AND (u.manager_id IS NULL OR u.manager_id <> w.id)
        OR w.id IS NULL AND u.manager_id IS NOT NULL
           AND u.manager_set_by_id = %(connection)s)
 ORDER BY m.id LIMIT %(page)s
"""
# A run about one person looks at those who report to them, too.
ONLY = "AND (m.object_id = %(only)s OR m.manager_id = %(only)s)"
LOCK = " FOR UPDATE OF u"


def _due(work: Work, after: int) -> list[Due]:
    """Return the next page, its users locked: a hand may be at work on them."""
    as_stored = MirrorUser._meta.get_field("object_id").get_db_prep_value
    query = QUERY.format(only=ONLY if work.only else "")
    parameters = {
        "connection": work.connection.pk,
        "tenant": as_stored(work.connection.tenant_id, database),
        "after": after,
        "page": PAGE,
    }
    if work.only is not None:
        parameters["only"] = as_stored(work.only, database)
    with database.cursor() as cursor:
        cursor.execute(
            query + LOCK * database.features.has_select_for_update_of, parameters
        )
        rows = cursor.fetchall()
    return [
        Due._make((row[0], UUID(str(row[1])), *row[2:7], bool(row[7]), *row[8:]))
        for row in rows
    ]
