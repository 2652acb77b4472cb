"""Requests to Microsoft that wait for their answer, in the session that began them.

So a state works in that session only, once, for ten minutes. A session holds a few,
for several tabs of a browser.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from datetime import datetime, timedelta
from typing import Any, TypeAlias

LIFE = timedelta(minutes=10)
MOST = 10
AT = "at"

Session: TypeAlias = MutableMapping[str, Any]


def put(
    session: Session, place: str, state: str, row: dict[str, Any], now: datetime
) -> None:
    """Remember what was begun under a state; the oldest ones make way."""
    rows = dict(session.get(place, {}))
    rows[state] = {**row, AT: now.timestamp()}
    session[place] = dict(list(rows.items())[-MOST:])


def take(
    session: Session, place: str, state: str, now: datetime
) -> dict[str, Any] | None:
    """Return what was begun under a state and forget it; None: nothing, or long ago."""
    rows = dict(session.get(place, {}))
    found: dict[str, Any] | None = rows.pop(state, None)
    if found is None:
        return None
    session[place] = rows
    age = now.timestamp() - found.pop(AT)
    return found if 0 <= age <= LIFE.total_seconds() else None
