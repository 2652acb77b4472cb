"""Who is told of a trouble, and when: open notices and today's alerts in, steps out.

One mail a cause a day while it lasts, one when it is over.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from imports.words import Trouble

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from imports.engine.facts import Alert

DAY = timedelta(days=1)
FAILURES = 2
"""The failure in a row that is told: one alone mostly mends itself."""
NOT_MISSED = {Trouble.SECRET, Trouble.REVIEW}
"""Whose end somebody has brought about by hand: it needs no mail."""
ROOM = 200
"""Characters for what was told in a day."""


class Mail(StrEnum):
    """What a mail says."""

    TROUBLE = "trouble"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Told:
    """A notice that is open: what it is about, and what its last mails said."""

    trouble: Trouble
    connection: int | None = None
    mark: str = ""
    """The marks of all mails of a day, with commas between."""
    mailed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What becomes of a notice: it is over where there is no alert any more."""

    told: Told
    """As it is to stand after the step."""
    alert: Alert | None = None
    mail: Mail | None = None


def steps(opened: Iterable[Told], alerts: Iterable[Alert], now: datetime) -> list[Step]:
    """Return one step for each alert, and one for each notice that is over."""
    held = {(one.connection, one.trouble): one for one in opened}
    found = [_go_on(held, alert, now) for alert in alerts]
    lasting = {(one.told.connection, one.told.trouble) for one in found}
    return found + [
        Step(one, mail=Mail.OVER if _is_missed(one) else None)
        for key, one in held.items()
        if key not in lasting
    ]


def _is_missed(told: Told) -> bool:
    return told.mailed_at is not None and told.trouble not in NOT_MISSED


def _go_on(
    held: Mapping[tuple[int | None, Trouble], Told], alert: Alert, now: datetime
) -> Step:
    told = held.get((alert.connection, alert.trouble)) or Told(
        alert.trouble, alert.connection
    )
    if not _is_news(told, alert, now):
        return Step(told, alert)
    others = (one for one in held.values() if one.connection == alert.connection)
    before = _told_elsewhere(others, told, alert, now)
    if before is not None:
        return Step(replace(told, mailed_at=before, mark=alert.mark), alert)
    mark = alert.mark
    if _is_recent(told, now) and alert.trouble is not Trouble.SECRET:
        mark = _with(told.mark, alert.mark)
    return Step(replace(told, mailed_at=now, mark=mark), alert, Mail.TROUBLE)


def _is_news(told: Told, alert: Alert, now: datetime) -> bool:
    """Return whether somebody must be told now."""
    if alert.is_quiet:
        return False
    if alert.trouble is Trouble.FAILING and alert.times < FAILURES:
        return False
    if told.mailed_at is None or alert.mark not in told.mark.split(","):
        return True
    return alert.trouble is not Trouble.SECRET and not _is_recent(told, now)


def _told_elsewhere(
    others: Iterable[Told], told: Told, alert: Alert, now: datetime
) -> datetime | None:
    """Return when another notice told the same cause of the connection today."""
    times: Iterator[datetime] = (
        one.mailed_at
        for one in others
        if one.trouble is not told.trouble
        and alert.mark
        and alert.mark in one.mark.split(",")
        and _is_recent(one, now)
        and one.mailed_at is not None
    )
    return max(times, default=None)


def _is_recent(told: Told, now: datetime) -> bool:
    return told.mailed_at is not None and now - told.mailed_at < DAY


def _with(marks: str, mark: str) -> str:
    """Return the marks of a day with one more; the oldest give way."""
    kept: Sequence[str] = [*(each for each in marks.split(",") if each), mark]
    while len(",".join(kept)) > ROOM:
        kept = kept[1:]
    return ",".join(kept)
