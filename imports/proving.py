"""Proof that people are gone, before anything is taken from them.

Whoever was not in a complete walk is absent, and absence proves nothing. Each absent
person who has a record here is looked up: found, the row is as fresh as from a page;
among the deleted, they are deleted; nowhere, in two complete walks at least an hour
apart, they are gone for good. Any other answer leaves them absent, and costs nothing.

A delta cannot prove the last. It looks again for an hour, as Microsoft's copies may
take a while to agree, and then leaves people who were nowhere to the next full walk.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from common import bulk
from connections.graph import lookups
from connections.graph.lookups import LookUp, Whereabouts
from imports import fetch, membership, mirror
from imports.models import MirrorUser, RunItem
from imports.records import MODELS
from imports.words import MirrorState, Outcome, Stage, Walk
from mappings import catalogue

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from uuid import UUID

    from common.types import JsonObject
    from imports.work import Work

AN_HOUR = timedelta(hours=1)
PAGE = 10 * lookups.PEOPLE_A_BATCH
UNRENEWED = (
    "The proof that the person is gone was older than an hour, and a new look-up did "
    "not confirm it. The next run decides anew."
)
BY_DELTA = "by_delta"
"""Marks evidence of a delta: for being gone for good it is no proof."""
REMOVED = frozenset({MirrorState.DELETED, MirrorState.GONE})


class Row(NamedTuple):
    """What the mirror has of somebody who is looked up."""

    pk: int
    object_id: UUID
    state: str
    evidence: JsonObject | None
    generation: int
    revision: int


def prove(work: Work, now: datetime) -> None:
    """Look up everybody who is absent and has a record of this connection.

    A run about one person walks over nobody else, so that nobody is absent by it.
    """
    after = 0
    while not work.run.only:
        page = _rows(_absent(work).filter(pk__gt=after).order_by("pk")[:PAGE])
        if not page:
            break
        after = page[-1].pk
        asked = [row for row in page if not _is_left(work, row, now)]
        found = _looked_up(work, [row.object_id for row in asked])
        with work.claim.writing():
            _store(work, asked, found, now)
    with work.claim.writing():
        work.note(work.run.progress_done, proven=True)


def attach(work: Work) -> None:
    """Put what proves that people are gone beside the plan's rows about them.

    The caller holds the transaction.
    """
    proven = mirror.of_connection(work.connection.pk).filter(
        state__in=REMOVED, object_id=OuterRef("object_id")
    )
    work.run.items.filter(Exists(proven)).update(
        evidence=Subquery(proven.values("evidence")[:1])
    )


def renew(work: Work, now: datetime) -> None:
    """Look up again whom the plan takes for gone by a proof older than an hour.

    Where it no longer holds, or nobody can say, the plan's rows become stale.
    """
    old = sorted(_with_old_proof(work, now))
    for first in range(0, len(old), PAGE):
        ids = old[first : first + PAGE]
        found = _looked_up(work, ids)
        with work.claim.writing():
            page = _rows(_people(work).filter(object_id__in=ids))
            _store(work, page, found, now)
            _end_renewed(work, ids, {one.object_id for one in _missing(found)})


def _people(work: Work) -> QuerySet[MirrorUser]:
    return mirror.of_connection(work.connection.pk)


def _rows(people: QuerySet[MirrorUser]) -> list[Row]:
    return [Row._make(row) for row in people.values_list(*Row._fields)]


def _absent(work: Work) -> QuerySet[MirrorUser]:
    """Return the absent who have a record of this connection."""
    has_record = Q()
    for model in MODELS.values():
        records = model._default_manager.filter(
            source=work.connection,
            entra_tenant_id=work.connection.tenant_id,
            entra_object_id=OuterRef("object_id"),
        )
        has_record |= Q(Exists(records))
    return _people(work).filter(has_record, state=MirrorState.ABSENT)


def _is_left(work: Work, row: Row, now: datetime) -> bool:
    """Return whether a delta leaves the person to the next full walk."""
    found = _standing(row)
    return (
        work.run.walk != Walk.FULL
        and found is not None
        and now - datetime.fromisoformat(found["at"]) >= AN_HOUR
    )


def _looked_up(work: Work, ids: Sequence[UUID]) -> list[LookUp]:
    """Return where these people are; without anybody to compare with, nothing."""
    control = _control(work) if ids else None
    if control is None:
        return []
    return list(
        lookups.deleted_people(
            work.graph,
            ids,
            control=control,
            select=catalogue.needed(work.rules),
            managers=fetch.reads_managers(work),
        )
    )


def _control(work: Work) -> UUID | None:
    """Return somebody who was seen of late, in this very walk if it saw anybody."""
    seen = _people(work).filter(state=MirrorState.PRESENT)
    return seen.order_by("-generation").values_list("object_id", flat=True).first()


def _store(
    work: Work, page: Sequence[Row], found: Sequence[LookUp], now: datetime
) -> None:
    """Write what look-ups showed; the caller holds the transaction."""
    active = [one.person for one in found if one.person is not None]
    known = membership.known_groups(work.connection.pk)
    kept = fetch.cut_down(work, active, known)
    mirror.store(work.connection.pk, work.run.generation, kept)
    answers = {one.object_id: one for one in _missing(found)}
    fresh = [
        _proven(work, row, answers[row.object_id], now)
        for row in page
        if row.object_id in answers
    ]
    columns = ("state", "evidence", "revision")
    bulk.update(MirrorUser, "id", columns, (row for row in fresh if row is not None))


def _proven(
    work: Work, row: Row, found: LookUp, now: datetime
) -> tuple[int, str, JsonObject, int] | None:
    """Return the mirror's columns after somebody was not found; None: unchanged."""
    evidence: JsonObject = {
        "found": found.whereabouts.value,
        "at": now.isoformat(timespec="seconds"),
        "request_id": found.request_id,
        "generation": work.run.generation,
    }
    if row.state in REMOVED:
        return row.pk, row.state, evidence, row.revision
    if found.whereabouts is Whereabouts.DELETED:
        return row.pk, MirrorState.DELETED, evidence, row.revision + 1
    first = _standing(row)
    if work.run.walk != Walk.FULL:
        evidence[BY_DELTA] = True
        return None if first else (row.pk, row.state, evidence, row.revision)
    if first is None or BY_DELTA in first:
        return row.pk, row.state, evidence, row.revision
    is_another = first["generation"] != work.run.generation
    if is_another and now - datetime.fromisoformat(first["at"]) >= AN_HOUR:
        evidence["first"] = first
        return row.pk, MirrorState.GONE, evidence, row.revision + 1
    return None


def _standing(row: Row) -> JsonObject | None:
    """Return what an earlier look-up found, unless the person was seen since."""
    found = row.evidence
    return found if found and found["generation"] > row.generation else None


def _missing(found: Iterable[LookUp]) -> list[LookUp]:
    """Return the look-ups of people who are not active, and proven not to be."""
    return [one for one in found if one.whereabouts in lookups.NOT_ACTIVE]


def _with_old_proof(work: Work, now: datetime) -> set[UUID]:
    """Return the people of ticked rows whose proof is older than an hour."""
    rows = _about_to_be_written(work).filter(evidence__isnull=False)
    return {
        object_id
        for object_id, evidence in rows.values_list("object_id", "evidence")
        if evidence and now - datetime.fromisoformat(evidence["at"]) > AN_HOUR
    }


def _about_to_be_written(work: Work) -> QuerySet[RunItem]:
    return RunItem.objects.filter(
        run=work.run, stage=Stage.APPLY, outcome=Outcome.PLANNED, is_ticked=True
    )


def _end_renewed(work: Work, ids: Sequence[UUID], still_gone: Collection[UUID]) -> None:
    """Put the fresh proof beside the rows, and end those that have none."""
    rows = _about_to_be_written(work).filter(object_id__in=ids)
    rows.exclude(object_id__in=still_gone).update(
        outcome=Outcome.STALE, error=UNRENEWED
    )
    proof = _people(work).filter(object_id=OuterRef("object_id"))
    rows.filter(object_id__in=still_gone).update(
        evidence=Subquery(proof.values("evidence")[:1])
    )
