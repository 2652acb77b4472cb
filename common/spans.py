"""Durations, windows of the day and time zones as people write them: 15m, 22:00-06:00.

The configuration file and the forms read them by the same functions. Pure.
"""

from __future__ import annotations

import re
import zoneinfo
from datetime import timedelta
from typing import Final

DURATION = re.compile(r"([0-9]{1,6})([mhd])")
WINDOW = re.compile(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d")
UNITS: Final = {"m": "minutes", "h": "hours", "d": "days"}
SHORTEST, LONGEST = timedelta(minutes=1), timedelta(days=366)
DAY = 24 * 60

WRITE_DURATION = "Write a duration like 15m, 24h or 7d, at most 366d."
WRITE_WINDOW = "Write a window like 22:00-06:00, whose ends differ."
WRITE_ZONE = "Write a time zone like UTC or Europe/London."


def duration(text: str) -> timedelta | None:
    """Return 15m, 24h or 7d as a duration; None: it is none, or out of bounds."""
    found = DURATION.fullmatch(text)
    if found is None:
        return None
    span = timedelta(**{UNITS[found[2]]: int(found[1])})
    return span if SHORTEST <= span <= LONGEST else None


def written(span: timedelta) -> str:
    """Return a duration as `duration` reads it: in whole minutes, hours or days."""
    minutes = max(1, round(span.total_seconds() / 60))
    if minutes % DAY == 0 and minutes > DAY:
        return f"{minutes // DAY}d"
    return f"{minutes // 60}h" if minutes % 60 == 0 else f"{minutes}m"


def is_window(text: str) -> bool:
    """Return whether this is a window of the day, over midnight or not."""
    first, _, last = text.partition("-")
    return WINDOW.fullmatch(text) is not None and first != last


def is_time_zone(name: str) -> bool:
    """Return whether there is a time zone of that name."""
    return name in zoneinfo.available_timezones()
