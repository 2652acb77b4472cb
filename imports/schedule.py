"""When a connection is due: intervals, windows in which nothing starts, retries.

Pure: clock and dice are passed in. A due time stays on its grid (an hour past, three
hours past …), so that a sync of every night stays one of every night; when it is set
for the first time it is spread, so that connections made together do not stay together.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from imports.words import Walk

if TYPE_CHECKING:
    from collections.abc import Sequence

FIRST_RETRY = timedelta(minutes=5)
SLOWER = 3
"""How much longer each wait is than the one before it."""
LAST_RETRY = timedelta(hours=24)
WIDEST = timedelta(minutes=30)
"""How far first due times are spread at most."""


@dataclass(frozen=True, slots=True)
class Timetable:
    """What an administrator set: how often, and when not (like "22:00-06:00")."""

    full_every: timedelta
    delta_every: timedelta | None = None
    """None: no delta queries."""
    quiet: Sequence[str] = ()
    time_zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Standing:
    """When each walk is due next; None: never yet begun, so at once."""

    full_due_at: datetime | None = None
    delta_due_at: datetime | None = None
    retry_at: datetime | None = None
    """After a failure nothing starts before."""


def due(table: Timetable, standing: Standing, now: datetime) -> Walk | None:
    """Return which walk is to start now; a full one stands for the delta as well."""
    if is_quiet(table, now) or (standing.retry_at and now < standing.retry_at):
        return None
    return _ripe(table, standing, now)


def begun(
    table: Timetable, standing: Standing, walk: Walk, now: datetime, *, spread: float
) -> Standing:
    """Return the standing once a walk has started; `spread` is from 0 to 1.

    A full walk puts off the next delta, too: it has just been done.
    """
    full, delta = standing.full_due_at, standing.delta_due_at
    if walk is Walk.FULL:
        full = _next(full, table.full_every, now, spread)
    if table.delta_every is not None:
        delta = _next(delta, table.delta_every, now, spread)
    return replace(standing, full_due_at=full, delta_due_at=delta, retry_at=None)


def failed(standing: Standing, walk: Walk, now: datetime, *, times: int) -> Standing:
    """Return the standing after the failure of a walk, `times` in a row.

    What failed is due again, but later each time: 5, 15, 45 minutes, at last daily.
    """
    wait = FIRST_RETRY * SLOWER ** min(times - 1, 10)
    retry_at = now + min(wait, LAST_RETRY)
    if walk is Walk.FULL:
        return replace(standing, full_due_at=now, retry_at=retry_at)
    return replace(standing, delta_due_at=now, retry_at=retry_at)


def next_start(
    table: Timetable, standing: Standing, now: datetime
) -> tuple[datetime, Walk] | None:
    """Return when the next walk starts, and which; None: the windows never end."""
    times = [standing.full_due_at or now]
    if table.delta_every is not None:
        times.append(standing.delta_due_at or now)
    start = max(min(times), standing.retry_at or now, now)
    awake = _awake(table, start)
    if awake is None:
        return None
    return awake, _ripe(table, standing, awake) or Walk.FULL


def is_quiet(table: Timetable, now: datetime) -> bool:
    """Return whether the moment lies in one of the windows."""
    return any(_end(window, table, now) is not None for window in table.quiet)


def _ripe(table: Timetable, standing: Standing, now: datetime) -> Walk | None:
    if standing.full_due_at is None or standing.full_due_at <= now:
        return Walk.FULL
    if table.delta_every is None:
        return None
    is_due = standing.delta_due_at is None or standing.delta_due_at <= now
    return Walk.DELTA if is_due else None


def _next(
    before: datetime | None, every: timedelta, now: datetime, spread: float
) -> datetime:
    """Return the next place on the grid after now."""
    if before is None:
        return now + every - min(every / 2, WIDEST) * spread
    missed = max(0, (now - before) // every)
    return before + every * (missed + 1)


def _awake(table: Timetable, start: datetime) -> datetime | None:
    """Return the first moment from `start` on that lies in no window."""
    moment = start
    for _ in range(2 * len(table.quiet) + 1):
        ends = [_end(window, table, moment) for window in table.quiet]
        later = [end for end in ends if end is not None]
        if not later:
            return moment
        moment = max(later)
    return None


def _end(window: str, table: Timetable, moment: datetime) -> datetime | None:
    """Return when a window ends that the moment lies in; None: it does not.

    A window over midnight belongs to two days. Its edges are wall-clock times: where
    the clocks change, it is an hour longer or shorter.
    """
    zone = ZoneInfo(table.time_zone)
    local = moment.astimezone(zone)
    first, last = (_minutes(part) for part in window.split("-"))
    minute = local.hour * 60 + local.minute
    lies_in = first <= minute < last if first < last else not last <= minute < first
    if not lies_in:
        return None
    day = local.date() + timedelta(days=int(first >= last and minute >= first))
    ends = datetime(day.year, day.month, day.day, *divmod(last, 60), tzinfo=zone)
    # An hour that comes twice, or never: what has ended must lie ahead.
    return max(ends.astimezone(moment.tzinfo), moment + timedelta(minutes=1))


def _minutes(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)
