"""A stored plan into the directory, in chunks, exactly as it stands.

Each chunk is one transaction: lock, compare the three counters, write in bulk, end
the items. A row whose record, person or rules have moved becomes *stale* and is left
alone. A constraint that bites is narrowed down to its row, which *failed*; the rest
go on. Killed anywhere, the next attempt goes on after the last committed chunk.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import IntegrityError, connection, transaction

from common import bulk
from common.lookups import any_of
from connections.models import TenantConnection
from imports import mirror, settle, write_agents, write_users
from imports.engine import undo
from imports.engine.types import Action
from imports.items import Stored, planned
from imports.models import RunItem
from imports.records import MODELS
from imports.words import Outcome, Stage
from mappings.words import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from uuid import UUID

    from common.types import JsonObject
    from imports.work import Work

CHUNK = 500
"""Items a transaction: well under the 250 ms that a write may take on SQLite."""
SERVER_CHUNK = 1000
"""The same where a transaction locks rows only, and each statement is a round trip."""
WRITES = frozenset(Action) - {Action.NONE, Action.REVIEW, Action.SKIP}
WAITING = RunItem.objects.filter(
    outcome=Outcome.PLANNED, is_ticked=True, action__in=WRITES
)
NOBODY = (0, 0)
"""The row and revision of somebody whom the mirror does not have: none was planned."""
IDENTITY = ("entra_tenant_id", "entra_object_id")
MOVED = "The person, the record or the configuration has changed since the preview."


@dataclass(frozen=True, slots=True)
class Ended:
    """What became of one item."""

    item: Stored
    outcome: Outcome
    record_id: int | None = None
    record_revision: int = settle.NO_RECORD
    error: str = ""


def apply(work: Work) -> None:
    """Write every ticked item of the plan; users first, so that agents find theirs."""
    number = WAITING.filter(run=work.run, stage=Stage.APPLY).count()
    if number:
        bulk.Growth(RunItem, "id", "run_id", "kind", "stage", "object_id").step()
    with work.claim.writing():
        work.begin(Stage.APPLY, number)
    step = CHUNK if connection.vendor == "sqlite" else SERVER_CHUNK
    for kind in Kind:
        growth = bulk.Growth(MODELS[kind], "id", *IDENTITY)
        for items in planned(work, kind, WAITING, step):
            _chunk(work, kind, items)
            growth.step()


def _chunk(work: Work, kind: Kind, items: Sequence[Stored]) -> None:
    try:
        with work.claim.writing():
            _write(work, kind, items)
            work.note(work.run.progress_done + len(items))
    except IntegrityError as exc:
        if len(items) == 1:
            with work.claim.writing():
                _end(work, kind, {}, [_failed(items[0], exc)])
                work.note(work.run.progress_done + 1)
            return
        middle = len(items) // 2
        _chunk(work, kind, items[:middle])
        _chunk(work, kind, items[middle:])


def refused(exc: IntegrityError) -> str:
    """Return what an item says whose row the database refused."""
    constraint = str(exc).splitlines()[0][:200]
    return f"The database refused the row: {constraint}"


def _failed(item: Stored, exc: IntegrityError) -> Ended:
    return Ended(item, Outcome.FAILED, item.record_id, error=refused(exc))


def _write(work: Work, kind: Kind, items: Sequence[Stored]) -> None:
    """Write one chunk; raises IntegrityError with nothing written."""
    writer = write_users if kind is Kind.USERS else write_agents
    people = _people(work, items)
    records = writer.locked(work, items)
    version = TenantConnection.objects.values_list("rules_version", flat=True).get(
        pk=work.connection.pk
    )
    ended, fresh = [], []
    for item in items:
        _, mirror_revision = people.get(item.object_id, NOBODY)
        if (
            mirror_revision != item.mirror_revision
            or version != item.rules_version
            or records.revision(item) != item.record_revision
        ):
            ended.append(Ended(item, Outcome.STALE, item.record_id, error=MOVED))
        else:
            fresh.append(item)
    with transaction.atomic():
        written = writer.write(work, fresh, records)
    bulk.update(RunItem, "id", ("behind",), _behind(fresh, records))
    ended += [Ended(item, Outcome.APPLIED, *written[item.object_id]) for item in fresh]
    _end(work, kind, people, ended)


def _behind(
    items: Sequence[Stored], records: write_users.Records
) -> Iterator[tuple[int, JsonObject]]:
    """Yield what an undo needs beside the changes; for new records that is nothing."""
    for item in items:
        columns = undo.behind(item.changes) if item.record_id is not None else ()
        if columns and item.record_id is not None:
            row = records.row(item.record_id)
            yield item.pk, {column: row[column] for column in columns}


def _people(work: Work, items: Sequence[Stored]) -> Mapping[UUID, tuple[int, int]]:
    """Return the mirror's row and revision of each person."""
    rows = mirror.of_connection(work.connection.pk).filter(
        any_of("object_id", (item.object_id for item in items))
    )
    return {
        object_id: (pk, revision)
        for object_id, pk, revision in rows.values_list("object_id", "pk", "revision")
    }


def _end(
    work: Work,
    kind: Kind,
    people: Mapping[UUID, tuple[int, int]],
    ended: Sequence[Ended],
) -> None:
    """Store what became of the items, and settle the people of those applied."""
    bulk.update(
        RunItem,
        "id",
        ("outcome", "record_id", "error"),
        [(one.item.pk, one.outcome.value, one.record_id, one.error) for one in ended],
    )
    settle.keep(
        kind,
        [
            settle.Settled(
                people[one.item.object_id][0],
                one.item.mirror_revision,
                one.item.rules_version,
                one.record_revision,
            )
            for one in ended
            if one.outcome is Outcome.APPLIED
        ],
    )
