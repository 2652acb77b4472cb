"""The plan of an undo into the directory, in chunks, through the doors of imports.

Last things first: links of the second pass, agents, users, then sites. Each chunk is
one transaction; a record that has moved since the plan is left alone. This is the only
place that deletes records of people.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone

from common import bulk
from directory.models import Agent, EndUser
from imports import apply, guarding, referrers, settle, write_agents, write_users
from imports.engine import guard
from imports.engine.types import Action
from imports.models import RunItem
from imports.records import MODELS
from imports.undo_load import FIRST, next_items
from imports.words import Outcome, Stage
from mappings.words import Kind

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from django.db import models

    from imports.work import Work

ORDER = (
    (Stage.MANAGERS, Kind.AGENTS),
    (Stage.MANAGERS, Kind.USERS),
    (Stage.APPLY, Kind.AGENTS),
    (Stage.APPLY, Kind.USERS),
)
MOVED = "The record has changed while the run was being undone."
USED = "Something has come to refer to the record while the run was being undone."
LAST = "This is the last active administrator."
SECOND: dict[Kind, tuple[str, ...]] = {
    Kind.USERS: ("manager_id", "manager_set_by_id"),
    Kind.AGENTS: ("user_id",),
}


def write(work: Work) -> None:
    """Write what is planned and not yet written."""
    with work.claim.writing():
        work.begin(Stage.APPLY, _waiting(work).count())
    bulk.Growth(RunItem, "id", "run_id", "kind", "stage", "object_id").step()
    for stage, kind in ORDER:
        after = FIRST
        while items := next_items(work.run, kind, stage, after):
            after = items[-1].object_id
            waiting = [item for item in items if item.outcome == Outcome.PLANNED]
            if waiting:
                _chunk(work, waiting)


def _waiting(work: Work) -> models.QuerySet[RunItem]:
    return RunItem.objects.filter(run=work.run, outcome=Outcome.PLANNED)


def _chunk(work: Work, items: Sequence[RunItem]) -> None:
    """Write some items; a constraint that bites is narrowed down to its row."""
    try:
        with work.claim.writing():
            _write(work, items)
            work.note(work.run.progress_done + len(items))
    except IntegrityError as exc:
        if len(items) == 1:
            with work.claim.writing():
                _end(items, Outcome.FAILED, apply.refused(exc))
                work.note(work.run.progress_done + 1)
            return
        middle = len(items) // 2
        _chunk(work, items[:middle])
        _chunk(work, items[middle:])


def _write(work: Work, items: Sequence[RunItem]) -> None:
    """Write items of one kind and stage; raises IntegrityError."""
    kind, stage = Kind(items[0].kind), Stage(items[0].stage)
    writer = write_users if kind is Kind.USERS else write_agents
    records = writer.locked(work, items)
    moved = [item for item in items if records.revision(item) != item.record_revision]
    _end(moved, Outcome.STALE, MOVED)
    fresh = _without(items, moved)
    with transaction.atomic():
        if stage is Stage.MANAGERS:
            _unlink(kind, fresh)
        else:
            fresh = _spare_last(work, kind, fresh)
            doomed = [item for item in fresh if item.action == Action.DELETE]
            used = _used(work, kind, doomed)
            _end(used, Outcome.STALE, USED)
            fresh = _without(fresh, used)
            _delete(kind, _without(doomed, used))
            writer.write(work, _without(fresh, doomed), records)
    _end(fresh, Outcome.APPLIED)
    people = [item.object_id for item in fresh]
    settle.forget(work.connection.pk, kind, people)


def _unlink(kind: Kind, items: Sequence[RunItem]) -> None:
    """Give managers and user records of agents back as they were."""
    name = "manager" if kind is Kind.USERS else "user"
    rows = []
    for item in items:
        target = item.changes[name][1]
        columns = [target["id"] if target else None]
        if kind is Kind.USERS:
            columns.append((item.behind or {}).get("manager_set_by_id"))
        revision = (item.record_revision or 0) + 1
        rows.append((item.record_id, *columns, revision, timezone.now()))
    columns_ = (*SECOND[kind], "revision", "updated_at")
    bulk.update(MODELS[kind], "id", columns_, rows)


def _spare_last(work: Work, kind: Kind, items: Sequence[RunItem]) -> list[RunItem]:
    """Leave one active administrator, even if another went since the plan."""
    if kind is not Kind.AGENTS:
        return list(items)
    administrators = guarding.active_administrators(work.rules)
    roles = work.rules.administrator_roles
    losing = {
        item.record_id: item
        for item in items
        if item.record_id in administrators
        and guard.ends_administration(guarding.as_planned(item), roles)
    }
    if not losing or set(losing) != administrators:
        return list(items)
    spared = min(losing.values(), key=lambda item: item.record_id or 0)
    _end([spared], Outcome.STALE, LAST)
    return _without(items, [spared])


def _used(work: Work, kind: Kind, items: Sequence[RunItem]) -> list[RunItem]:
    """Return the items whose record something has come to refer to."""
    ids = {item.record_id for item in items if item.record_id is not None}
    model = MODELS[kind]
    used = set(referrers.of(model, ids, work.connection.pk))
    used |= set(
        model._default_manager.filter(pk__in=ids)
        .exclude(account=None)
        .values_list("pk", flat=True)
    )
    if kind is Kind.USERS:
        rows = list(referrers.people(ids))
        reports = {pk for referring, pk, _ in rows if referring is EndUser}
        going = set(
            RunItem.objects.filter(
                run=work.run,
                kind=Kind.USERS,
                action=Action.DELETE,
                record_id__in=reports,
            ).values_list("record_id", flat=True)
        )
        used |= {
            user_id
            for referring, pk, user_id in rows
            if referring is Agent or pk not in going
        }
    return [item for item in items if item.record_id in used]


def _delete(kind: Kind, items: Sequence[RunItem]) -> None:
    """Delete records, with what only their own connection linked to them."""
    ids = [item.record_id for item in items if item.record_id is not None]
    MODELS[kind]._default_manager.filter(pk__in=ids).delete()


def _without(items: Sequence[RunItem], others: Collection[RunItem]) -> list[RunItem]:
    left_out = {item.pk for item in others}
    return [item for item in items if item.pk not in left_out]


def _end(items: Sequence[RunItem], outcome: Outcome, error: str = "") -> None:
    """Store what became of items; without an error, what they say already stays."""
    rows = [(item.pk, outcome.value, error or item.error) for item in items]
    bulk.update(RunItem, "id", ("outcome", "error"), rows)
