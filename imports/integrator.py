"""The Integrator: start what is due.

A due time is claimed by compare-and-swap on the connection's schedule: two beats, or
the command beside beat, start nothing twice.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from common.errors import InvalidInput
from connections.models import Module
from imports import approval, claims, heartbeat, runs, schedule
from imports.integrator_settings import DUE_TIMES, standing, timetable
from imports.models import Run, SyncSchedule
from imports.words import ACTIVE, RunKind, Status, Thing, Trigger, Walk
from mappings.words import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

NOT_YET = (
    "Devices cannot be imported yet. Choose users, agents or licences as well, under "
    "Imports of the connection."
)


def tick(now: datetime) -> list[Run]:
    """Do what each minute has to do; return the runs that wait for a worker.

    Runs whose worker fell silent wait again, plans that nobody approved expire, and
    what is due is queued. Nothing of it is harmed by a second beat.
    """
    heartbeat.beat(heartbeat.TICK, now)
    approval.expire(now)
    claims.give_up_silent()
    start_due(now)
    waiting = Run.objects.filter(status=Status.QUEUED).select_related("connection")
    return list(waiting.order_by("id"))


def start_due(now: datetime) -> list[Run]:
    """Queue a run for each connection that is due; return the runs.

    A connection at work is left alone: it stays due. So does everything while the
    module is off.
    """
    if not Module.objects.filter(slug=runs.MODULE, enabled=True).exists():
        return []
    return [run for row in _candidates(now) if (run := _start(row, now)) is not None]


def order(row: SyncSchedule, walk: Walk) -> runs.Order:
    """Return what the Integrator runs: with delta on, always on its cursor.

    Raises InvalidInput if nothing is chosen that can be imported.
    """
    chosen = [one for one in (*Thing, *Kind) if one in row.kinds]
    if row.kinds and not chosen:
        raise InvalidInput(NOT_YET)
    return runs.Order(
        RunKind.DELTA if row.delta else RunKind.IMPORT,
        trigger=Trigger.SCHEDULE,
        kinds=chosen or list(Kind),
        walk=walk,
    )


def _candidates(now: datetime) -> Iterator[SyncSchedule]:
    """Yield the schedules of which something may be due, but for their windows."""
    at_work = Run.objects.filter(connection=OuterRef("connection"), status__in=ACTIVE)
    is_full = Q(full_due_at=None) | Q(full_due_at__lte=now)
    is_delta = Q(delta=True) & (Q(delta_due_at=None) | Q(delta_due_at__lte=now))
    rows = SyncSchedule.objects.filter(
        is_full | is_delta,
        Q(retry_at=None) | Q(retry_at__lte=now),
        ~Exists(at_work),
        enabled=True,
        connection__paused_at=None,
    )
    # Who has waited longest comes first; whoever was never synced has, too.
    waited = F("full_due_at").asc(nulls_first=True)
    yield from rows.select_related("connection").order_by(waited, "pk")


def _start(row: SyncSchedule, now: datetime) -> Run | None:
    """Queue the run that is due; None: a window, or somebody else has started it."""
    walk = schedule.due(timetable(row), standing(row), now)
    if walk is None:
        return None
    after = schedule.begun(
        timetable(row), standing(row), walk, now, spread=random.random()
    )
    before = {name: getattr(row, name) for name in DUE_TIMES}
    changes = {name: getattr(after, name) for name in DUE_TIMES}
    try:
        with transaction.atomic():
            claimed = SyncSchedule.objects.filter(pk=row.pk, enabled=True, **before)
            if not claimed.update(**changes):
                return None
            return runs.queue(row.connection, order(row, walk))
    except InvalidInput:  # Paused at this moment, off, or nothing chosen that can be.
        return None
