"""Retention: what runs leave behind goes when its time is over.

Everything goes in small transactions, the oldest first, and rests between them: others
write meanwhile. It may be killed anywhere; the next time goes on. What is open, or
waits, is never touched, nor is a run that an undo is at work on.

The row of a run stays, without its items, where the next run compares itself with it,
or where a page still tells of it.
"""

from __future__ import annotations

import time
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Exists, F, Max, Min, OuterRef, Q

from imports.integrator_settings import LOOKED
from imports.models import Notice, Run, RunItem, SyncSchedule
from imports.words import FINISHED, OPEN, RunKind, Status, Trigger, Walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from django.db.models import QuerySet

DAYS, SENT_DAYS = 90, 30
KEPT = timedelta(days=DAYS)
"""For how long runs and their items are kept, and ended notices."""
SENT_KEPT = timedelta(days=SENT_DAYS)
"""For how long it is kept what Microsoft sent of people (AM-40)."""
RULES_KEPT = timedelta(days=1)
"""For how long the rules are kept of a run that changed nothing and has no items."""
LATE = timedelta(days=7)
"""How many days without a purge are made up for, where nothing but room is gained."""
GRACE = timedelta(hours=1)
"""What nobody may undo any more goes so much later: no undo that was just asked for
finds half of a run."""
BATCH, RUNS = 250, 50
"""How many rows one transaction takes, and how many runs: more refers to those."""
UNWANTED = f"Nobody imported the preview within {DAYS} days."


def purge(now: datetime) -> Counter[str]:
    """Remove all whose time is over; return how many rows of each sort."""
    before = now - KEPT - GRACE
    bound = _first_since(before)
    expired = _expire_previews(before, bound, now)
    over = _is_over(before)
    return Counter(
        previews=expired,
        items=_remove_items(over, bound),
        runs=_remove_runs(over, bound),
        sent=_empty_sent(now - SENT_KEPT),
        rules=_empty_rules(now - RULES_KEPT),
        notices=_remove_notices(before),
    )


def is_kept(run: Run, now: datetime) -> bool:
    """Return whether the items of a run that has ended are kept still, all of them."""
    return (run.finished_at or run.created_at) >= now - KEPT


@contextmanager
def _small() -> Iterator[None]:
    """Open a transaction; then let others write for as long as it took."""
    begun = time.monotonic()
    with transaction.atomic():
        yield
    time.sleep(time.monotonic() - begun)


def _first_since(moment: datetime) -> int:
    """Return the lowest id that a run made since then may have.

    Ids grow with time, so that no index on the time is needed.
    """
    ends = Run.objects.aggregate(first=Min("pk"), last=Max("pk"))
    low, high = ends["first"] or 0, (ends["last"] or 0) + 1
    while low < high:
        middle = (low + high) // 2
        rows = Run.objects.filter(pk__gte=middle).order_by("pk")
        row = rows.values_list("pk", "created_at").first()
        if row is None or row[1] >= moment:
            high = middle
        else:
            low = row[0] + 1
    return low


def _is_over(before: datetime) -> Q:
    """Return the condition that a run ended before then and nothing is at work on it.

    A preview that nobody wanted is as old as its reading. Undos are asked for once: of
    what is over, no other begins (`is_kept`).
    """
    unwanted = Q(kind=RunKind.PREVIEW, status=Status.EXPIRED) | Q(finished_at=None)
    undos = Run.objects.filter(undoes__isnull=False, status__in=OPEN)
    return Q(
        Q(finished_at__lt=before) | unwanted & Q(created_at__lt=before),
        ~Q(pk__in=list(undos.values_list("undoes", flat=True))),
        status__in=FINISHED,
    )


def _which(run_ids: Iterable[int], over: Q) -> set[int]:
    """Return which of these runs are over."""
    runs = Run.objects.filter(over, pk__in=run_ids)
    return set(runs.values_list("pk", flat=True))


def _next(rows: QuerySet[Any]) -> list[int]:
    """Return the ids of the next batch."""
    return list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH])


def _expire_previews(before: datetime, bound: int, now: datetime) -> int:
    """End the previews that nobody imported."""
    return Run.objects.filter(
        pk__lt=bound, status=Status.PLANNED, created_at__lt=before
    ).update(status=Status.EXPIRED, reason=UNWANTED, finished_at=now)


def _empty_sent(before: datetime) -> int:
    """Empty what Microsoft sent: such rows are no entries of Inbound Requests more."""
    emptied, first, bound = 0, 0, _first_since(before)
    over = _is_over(before)
    while True:
        rows = RunItem.objects.filter(
            sent__isnull=False, run__gte=first, run__lt=bound
        ).order_by("run_id", "pk")
        found = list(rows.values_list("pk", "run_id")[:BATCH])
        if not found:
            return emptied
        ended = _which({run for _, run in found}, over)
        ids = [pk for pk, run in found if run in ended]
        if ids:
            with _small():
                emptied += RunItem.objects.filter(pk__in=ids).update(sent=None)
        # Rows that were emptied are not found again, nor is a run that is passed over.
        last = found[-1][1]
        first = last if last in ended else last + 1


def _empty_rules(before: datetime) -> int:
    """Empty the rules of runs that changed nothing: they make most of all runs."""
    emptied, after, bound = 0, _first_since(before - LATE) - 1, _first_since(before)
    items = RunItem.objects.filter(run=OuterRef("pk"))
    idle = Run.objects.filter(
        ~Q(rules={}),
        ~Exists(items),
        pk__lt=bound,
        status=Status.NOTHING_CHANGED,
        finished_at__lt=before,
    )
    while ids := _next(idle.filter(pk__gt=after)):
        after = ids[-1]
        with _small():
            emptied += Run.objects.filter(pk__in=ids).update(rules={})
    return emptied


def _remove_items(over: Q, bound: int) -> int:
    """Remove the items of runs that are over, the row of the run left aside."""
    removed, after = 0, 0
    while True:
        rows = RunItem.objects.filter(pk__gt=after).order_by("pk")
        found = list(rows.values_list("pk", "run_id")[:BATCH])
        # Items stand almost in the order of their runs: what is missed goes next time.
        if not any(run < bound for _, run in found):
            return removed
        after = found[-1][0]
        ended = _which({run for _, run in found}, over)
        ids = [pk for pk, run in found if run in ended]
        if ids:
            with _small():
                removed += RunItem.objects.filter(pk__in=ids).delete()[0]


def _remove_runs(over: Q, bound: int) -> int:
    """Remove the runs that are over and have no items, but for those still needed."""
    removed, after = 0, 0
    needed = cache(_needed)
    items = RunItem.objects.filter(run=OuterRef("pk"))
    while True:
        rows = Run.objects.filter(
            over, ~Exists(items), pk__gt=after, pk__lt=bound
        ).order_by("pk")
        found = list(rows.values_list("pk", "connection_id")[:RUNS])
        if not found:
            return removed
        after = found[-1][0]
        ids = [pk for pk, connection in found if pk not in needed(connection)]
        if ids:
            with _small():
                Run.objects.filter(pk__in=ids).only("pk").delete()
            removed += len(ids)


def _needed(connection_id: int) -> frozenset[int]:
    """Return the runs of a connection whose rows stay, however old they are.

    The next walk takes a number above the highest; the guard compares it with the last
    complete one, and asks whether there was an import, as the first set-up does; the
    tab tells whether anybody has looked at what the mappings return, and why runs fail.
    """
    runs = Run.objects.filter(connection=connection_id)
    newest = runs.order_by("-generation", "-pk")
    wrote = runs.filter(
        kind__in=[RunKind.IMPORT, RunKind.DELTA],
        status__in=[Status.SUCCEEDED, Status.PARTLY_FAILED],
    )
    looked = runs.filter(
        rules_version=F("connection__rules_version"),
        trigger__in=[Trigger.MANUAL, Trigger.COMMAND],
        kind__in=[RunKind.PREVIEW, RunKind.IMPORT],
        status__in=LOOKED,
        only="",
    )
    walked = newest.filter(walk=Walk.FULL, only="", place__walked=True)
    imported = runs.filter(
        kind=RunKind.IMPORT, status__in=[Status.SUCCEEDED, Status.NOTHING_CHANGED]
    )
    last = [
        rows.values_list("pk", flat=True).first()
        for rows in (newest, walked, wrote, looked, imported)
    ]
    told = [
        *SyncSchedule.objects.filter(connection=connection_id).values_list(
            "failed_run", flat=True
        ),
        *Notice.objects.filter(connection=connection_id, ended_at=None).values_list(
            "run", flat=True
        ),
    ]
    return frozenset(pk for pk in (*last, *told) if pk is not None)


def _remove_notices(before: datetime) -> int:
    removed, after = 0, 0
    ended = Notice.objects.filter(ended_at__lt=before)
    while ids := _next(ended.filter(pk__gt=after)):
        after = ids[-1]
        with _small():
            removed += Notice.objects.filter(pk__in=ids).delete()[0]
    return removed
