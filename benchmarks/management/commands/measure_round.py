"""`measure_round`: let every connection be due, and wait until workers did all."""

from __future__ import annotations

import json
import time
from collections import Counter
from statistics import mean
from typing import TYPE_CHECKING, Any, Final

from django.core.management.base import BaseCommand, CommandError
from django.db.models import QuerySet
from django.utils import timezone

from imports import tasks
from imports.models import Run, SyncSchedule
from imports.words import ACTIVE, APPLIED

if TYPE_CHECKING:
    from benchmarks.processes import Measures

MINUTE: Final = 60
LOOK: Final = 0.2
PATIENCE: Final = 1800


class Command(BaseCommand):
    """Go round all connections once."""

    help = "Print what a round of the Integrator took, as one JSON object."

    def handle(self, *_arguments: Any, **_options: Any) -> None:
        """Measure and print."""
        last = Run.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        now = timezone.now()
        SyncSchedule.objects.exclude(full_due_at=None).update(delta_due_at=now)
        started = Run.objects.filter(pk__gt=last)
        _wait(started, SyncSchedule.objects.count())
        self.stdout.write(json.dumps(_measures(started)))


def _wait(started: QuerySet[Run], connections: int) -> None:
    """Tick as beat does, each minute, until there is a run of each, and none works."""
    begun, ticks = time.perf_counter(), 0
    while True:
        passed = time.perf_counter() - begun
        if passed > PATIENCE:
            raise CommandError("The round does not end: see the workers' log.")
        if passed >= ticks * MINUTE:
            tasks.tick.delay()
            ticks += 1
        is_whole = started.count() >= connections
        if is_whole and not started.filter(status__in=ACTIVE).exists():
            return
        time.sleep(LOOK)


def _measures(started: QuerySet[Run]) -> Measures:
    """Return the figures; the clock starts with the tick, once workers are up."""
    rows = list(
        started.values_list(
            "connection", "status", "created_at", "started_at", "finished_at"
        )
    )
    first = min(created for _, _, created, *_ in rows)
    last = max(finished or first for *_, finished in rows)
    waits = [
        (begun - created).total_seconds() for _, _, created, begun, _ in rows if begun
    ]
    ended = Counter(status for _, status, *_ in rows)
    return {
        "seconds": round((last - first).total_seconds(), 1),
        "runs": len(rows),
        "connections": len({connection for connection, *_ in rows}),
        "ended": dict(ended),
        "bad": len(rows) - sum(ended[status] for status in APPLIED),
        "wait_mean": round(mean(waits), 2),
        "wait_most": round(max(waits), 2),
    }
