"""Run items as rows, and a run's way from one status to the next."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from common import bulk, keys
from common.types import JsonObject
from imports import breakdown, counting, tallies
from imports.engine.types import PlanItem
from imports.models import Run, RunItem
from imports.words import FINISHED, OPEN, Outcome, Stage, Status, Thing
from mappings.rules import Ref

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django.db import models

    from imports.work import Work

COLUMNS = (
    *("run_id", "kind", "stage", "object_id", "upn", "name", "action", "reason"),
    *("record_id", "mapping", "changes", "notes", "trace", "mirror_revision"),
    *("rules_version", "record_revision", "is_ticked", "outcome", "error", "sent"),
    "behind",
)
NOT_STORED = counting.NOT_STORED
FETCHED = ("users", "groups", "graph_requests")
"""What `--json` tells of what a run has read."""


def ref(pk: int | None, name: str | None) -> Ref | None:
    """Return the reference to a record, or None where there is none."""
    return None if pk is None else Ref(pk, name or "")


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan item with what is kept beside it."""

    item: PlanItem
    mirror_revision: int
    upn: str = ""
    name: str = ""
    trace: JsonObject = field(default_factory=dict)
    changes: JsonObject = field(default_factory=dict)
    sent: JsonObject | None = None
    """What Microsoft sent of the person, if it reported them."""
    behind: JsonObject | None = None
    """The columns that come back with the changes, in an undo."""
    error: str = ""


def keep(
    work: Work,
    planned: Iterable[Planned],
    *,
    stage: Stage = Stage.APPLY,
    outcome: Outcome = Outcome.PLANNED,
) -> None:
    """Store planned items; the caller holds the transaction."""
    rows = (_row(work, one, stage, outcome) for one in planned)
    bulk.insert(RunItem, COLUMNS, rows)


def _row(
    work: Work, planned: Planned, stage: Stage, outcome: Outcome
) -> tuple[Any, ...]:
    item = planned.item
    return (
        work.run.pk,
        item.kind.value,
        stage.value,
        item.object_id,
        keys.cut(planned.upn),
        keys.cut(planned.name),
        item.action.value,
        item.reason.value if item.reason else "",
        item.record_id,
        item.sequence,
        planned.changes,
        list(item.notes),
        planned.trace,
        planned.mirror_revision,
        work.rules.version,
        item.record_revision,
        item.action not in NOT_STORED,
        outcome.value,
        planned.error,
        planned.sent,
        planned.behind,
    )


def stored_changes(item: PlanItem) -> JsonObject:
    """Return the changes of an item as its row keeps them."""
    return {name: list(change) for name, change in item.changes.items()}


def begin(run: Run, rules: JsonObject, version: int) -> None:
    """Store the rules that the run decides by, from its first moment to its last."""
    run.rules, run.rules_version = rules, version
    run.save(update_fields=["rules", "rules_version", "reason"])


@transaction.atomic
def end(run: Run, status: Status, *, reason: str = "", traceback: str = "") -> None:
    """Bring the run to a status in which it no longer works, with its counts.

    Once a run is finished, its numbers are added to the sums that outlast it.
    """
    run.status = status
    run.reason = reason or run.reason
    run.traceback = traceback
    run.breakdown = breakdown.count(run)
    run.counts = counting.counts(run)
    if status is Status.WAITING_FOR_APPROVAL:
        _supersede_waiting(run)
    if status not in OPEN:
        run.finished_at = timezone.now()
    run.save(
        update_fields=[
            *("status", "reason", "cause", "traceback", "counts", "breakdown"),
            *("fetched", "finished_at"),
        ]
    )
    if status in FINISHED:
        tallies.count(run)


@transaction.atomic
def end_waiting(run: Run, status: Status, *, reason: str) -> bool:
    """End a plan that waits for approval; False: it waits no longer."""
    ended = Run.objects.filter(pk=run.pk, status=Status.WAITING_FOR_APPROVAL).update(
        status=status
    )
    run.refresh_from_db()
    if ended:
        end(run, status, reason=reason)
    return bool(ended)


def _supersede_waiting(run: Run) -> None:
    """Let this plan take the place of an older one that waits: only one may."""
    waiting = Run.objects.filter(
        connection=run.connection_id, status=Status.WAITING_FOR_APPROVAL
    )
    reason = f"Run {run.pk} has taken its place."
    for older in waiting.exclude(pk=run.pk):
        if end_waiting(older, Status.SUPERSEDED, reason=reason):
            older.superseded_by = run
            older.save(update_fields=["superseded_by"])


def verdict(run: Run) -> Status:
    """Return how an applied run ended, from what became of its items."""
    outcomes = Counter(
        dict(
            run.items.order_by()
            .values_list("outcome")
            .annotate(number=Count("id"))
            .values_list("outcome", "number")
        )
    )
    if outcomes[Outcome.FAILED] or outcomes[Outcome.STALE] or _partly(run).exists():
        return Status.PARTLY_FAILED
    if outcomes[Outcome.APPLIED] or any(run.place.get(Thing.LICENCES, {}).values()):
        return Status.SUCCEEDED
    return Status.NOTHING_CHANGED


def _partly(run: Run) -> models.QuerySet[RunItem]:
    """Return the items that were applied but for some fields, which have moved."""
    return run.items.filter(outcome=Outcome.APPLIED).exclude(error="")


def summary(run: Run) -> JsonObject:
    """Return the run as `--json` prints it."""
    found: JsonObject = {
        "run": run.pk,
        "connection": run.connection.name,
        "kind": run.kind,
        "trigger": run.trigger,
        "walk": run.walk,
        "status": run.status,
        "reason": run.reason,
        "started_at": _iso(run.started_at),
        "finished_at": _iso(run.finished_at),
        "fetched": {key: run.fetched[key] for key in FETCHED if key in run.fetched},
        **run.counts,
    }
    if run.undoes_id is not None:
        found["undoes"] = run.undoes_id
    return found


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
