"""Everybody who is due, decided and stored as the plan, chunk by chunk.

A preview settles nobody; an import settles at once whom its plan leaves as they are.
Planning that was interrupted starts again: a half plan is no plan.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from django.db.models import Count

from common.types import JsonObject
from imports import (
    approval,
    decide,
    due,
    group_errors,
    guarding,
    proving,
    record,
    reported,
    settle,
    sites,
)
from imports.engine.explain import is_no_agent, trace
from imports.engine.plan import IDENTITY
from imports.engine.types import Action, Reason
from imports.models import SyncSchedule
from imports.words import MirrorState, Stage, Trigger, Walk
from mappings.words import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from imports.decide import Decided
    from imports.work import Work

Unstored = dict[Kind, Counter[str]]
"""Per kind, how many people need no item: "none", "skip", and each reason."""


def plan(work: Work) -> None:
    """Plan everybody who is due, or the one person whom the run is about."""
    with work.claim.writing():
        work.run.items.all().delete()
        work.run.planned_sites.all().delete()
        counted = due.counts(work.scope)
        work.begin(Stage.PLAN, counted.due)
        unstored = {kind: _settled(counted, kind) for kind in work.kinds}
        work.note(0, unstored=_json(unstored), logged=_is_logged(work))
    around = decide.surroundings(work.scope)
    planned_sites: dict[tuple[int, str], int] = {}
    after, done = 0, 0
    while counted.due and (
        people := due.page(work.scope, after=after, object_id=work.only)
    ):
        after, done = people[-1].pk, done + len(people)
        decided = decide.decide(work.scope, people, around)
        with work.claim.writing():
            _store(work, decided, planned_sites)
            for kind in work.kinds:
                unstored[kind] += _count(decided, kind)
            work.note(done, unstored=_json(unstored))
    with work.claim.writing():
        _refuse_double_claims(work)
        group_errors.tell(work, around.groups)
        guarding.spare(work)
        proving.attach(work)
        approval.leave_to_waiting(work)
        if work.scope.is_delta:
            reported.forget(work.connection.pk)
        work.note(done, planned=True)


def _settled(counted: due.Counts, kind: Kind) -> Counter[str]:
    numbers = counted.settled[kind]
    return Counter(none=numbers[True], skip=numbers[False])


def _store(
    work: Work,
    decided: Sequence[Decided],
    planned_sites: dict[tuple[int, str], int],
) -> None:
    items = []
    sent = _sent(work, decided)
    for one in decided:
        for kind, item in one.items.items():
            is_told = one.person.object_id in sent and not is_no_agent(item)
            if item.action in record.NOT_STORED and not is_told:
                continue
            changes = record.stored_changes(item)
            if item.place is not None and item.place.site_id is None:
                planned = sites.plan(work.run, item.place, planned_sites)
                changes["site"][1] = {"planned": planned, "name": item.place.name}
            items.append(
                record.Planned(
                    item,
                    one.person.revision,
                    upn=one.person.upn,
                    name=one.name,
                    trace=trace(one.selection, one.matches[kind]),
                    changes=changes,
                    sent=sent.get(one.person.object_id, _listed(work, one)),
                )
            )
    record.keep(work, items)
    if not work.is_preview:
        for kind in Kind:
            settle.keep(kind, _quiet(work, decided, kind))


def _is_logged(work: Work) -> bool:
    """Return whether the rows of this run are entries of Inbound Requests too: of a
    full sync by schedule, if somebody has asked for it (AM-40)."""
    is_full = work.run.trigger == Trigger.SCHEDULE and work.run.walk == Walk.FULL
    schedules = SyncSchedule.objects.filter(connection=work.connection, log_full=True)
    return is_full and schedules.exists()


def _listed(work: Work, decided: Decided) -> JsonObject | None:
    """Return what a full sync that is logged has read of somebody: nothing of people
    who were not listed any more."""
    if not work.has("logged"):
        return None
    is_listed = decided.person.state == MirrorState.PRESENT
    return decided.person.properties if is_listed else {}


def _sent(work: Work, decided: Sequence[Decided]) -> Mapping[UUID, JsonObject]:
    """Return what Microsoft sent of those whom it reported to this run."""
    if not work.scope.is_delta:
        return {}
    ids = [one.person.object_id for one in decided]
    return reported.sent(work.connection.pk, ids)


def _quiet(work: Work, decided: Sequence[Decided], kind: Kind) -> list[settle.Settled]:
    """Return the counters of those whom the plan leaves as they are."""
    return [
        settle.Settled(
            one.person.pk,
            one.person.revision,
            work.rules.version,
            item.record_revision or settle.NO_RECORD,
        )
        for one in decided
        if (item := one.items.get(kind)) is not None
        and item.action in record.NOT_STORED
    ]


def _count(decided: Sequence[Decided], kind: Kind) -> Counter[str]:
    counted: Counter[str] = Counter()
    for one in decided:
        item = one.items.get(kind)
        if item is not None and item.action in record.NOT_STORED:
            counted[item.action.value] += 1
            if item.reason is not None:
                counted[item.reason.value] += 1
    return counted


def _json(unstored: Unstored) -> JsonObject:
    return {kind.value: dict(counted) for kind, counted in unstored.items()}


def _refuse_double_claims(work: Work) -> None:
    """Send people who would link the same record to *Needs review*, all of them.

    A link may hide under a graver action: a disabled person is deactivated with it.
    """
    links = work.run.items.filter(changes__has_key=IDENTITY).exclude(record_id=None)
    twice = (
        links.order_by()
        .values("kind", "record_id")
        .annotate(number=Count("id"))
        .filter(number__gt=1)
        .values_list("kind", "record_id")
    )
    for kind, record_id in twice:
        links.filter(kind=kind, record_id=record_id).update(
            action=Action.REVIEW, reason=Reason.CLAIMED_TWICE
        )
