"""Which rows of a preview its import takes: ticks, and leaving people out for good.

An unticked row stays out of this import only: the Integrator brings it. Leaving out for
good is a decision that every later run obeys, until somebody takes it back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from common.errors import InvalidInput
from imports import settle
from imports.engine.types import Action, Reason
from imports.models import Decision, Run, RunItem
from imports.record import NOT_STORED
from imports.words import Status, Verdict
from mappings.words import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from accounts.models import Account

FIXED = {Action.REVIEW, *NOT_STORED}
"""Actions of rows that no import takes, ticked or not."""
CHUNK = 500


def tick(run: Run, rows: QuerySet[RunItem], *, ticked: bool) -> int:
    """Tick or untick these rows of a preview; return how many changed.

    Raises InvalidInput once the plan is no preview any more.
    """
    with transaction.atomic():
        _hold(run)
        changing = rows.filter(run=run, is_ticked=not ticked)
        if ticked:
            changing = changing.exclude(reason=Reason.LEFT_OUT)
        return changing.exclude(action__in=FIXED).update(is_ticked=ticked)


def leave_out(
    run: Run, rows: QuerySet[RunItem], *, reason: str, by: Account | None
) -> int:
    """Decide that these people stay out of this and of every later run.

    Returns how many; raises InvalidInput once the plan is no preview any more.
    """
    with transaction.atomic():
        _hold(run)
        chosen = rows.filter(run=run).exclude(action__in=FIXED).order_by("id")
        number = 0
        for some in _chunks(chosen):
            _decide(run, some, reason, by)
            number += len(some)
        return number


def _hold(run: Run) -> None:
    """Keep the plan from being applied meanwhile; raises InvalidInput."""
    held = Run.objects.select_for_update().filter(pk=run.pk, status=Status.PLANNED)
    if not held.exists():
        raise InvalidInput(
            f"Run {run.pk} is no preview any more: its rows cannot be chosen."
        )


def _chunks(rows: QuerySet[RunItem]) -> Iterable[list[RunItem]]:
    """Yield the rows in chunks, by their keys: those of before may change."""
    after = 0
    while some := list(rows.filter(pk__gt=after).defer("trace", "changes")[:CHUNK]):
        after = some[-1].pk
        yield some


def _decide(run: Run, items: list[RunItem], reason: str, by: Account | None) -> None:
    Decision.objects.bulk_create(
        [
            Decision(
                connection_id=run.connection_id,
                kind=item.kind,
                object_id=item.object_id,
                verdict=Verdict.LEAVE_OUT,
                reason=reason,
                mirror_revision=item.mirror_revision,
                rules_version=item.rules_version,
                by=by,
            )
            for item in items
        ],
        update_conflicts=True,
        unique_fields=["connection", "kind", "object_id"],
        update_fields=[
            *("verdict", "record_id", "reason", "mirror_revision", "rules_version"),
            *("by", "at"),
        ],
    )
    RunItem.objects.filter(pk__in=[item.pk for item in items]).update(
        is_ticked=False, reason=Reason.LEFT_OUT
    )
    for kind in Kind:
        people = [item.object_id for item in items if item.kind == kind]
        settle.forget(run.connection_id, kind, people)
