"""Telling people by mail what is wrong with a connection, and when it is over.

Each notice is claimed by compare-and-swap before its mail, so that two workers send
one. A mail that cannot be sent gives its claim back: the next tick tries again.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from django.core.mail import EmailMessage, get_connection
from django.db import IntegrityError, transaction

from common.lookups import any_of
from directory.rights import administrators
from imports import health, notice_texts
from imports.engine import notices, troubles
from imports.engine.notices import Mail, Step, Told
from imports.models import Notice
from imports.words import Trouble

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from django.core.mail.backends.base import BaseEmailBackend
    from django.db.models import QuerySet

    from imports.engine.facts import Alert

logger = logging.getLogger(__name__)

MANY = 5
"""So many mails of one tick to the same people come singly; more come as one."""

COLUMNS = (
    *("trouble", "since", "text", "run", "mark", "mailed_at"),
    *("connection__name", "connection__notify"),
)
"""What is read of open notices, of which there may be thousands."""


class Letter(NamedTuple):
    """A mail that is due: the notice as it stands, and what is to become of it."""

    notice: Notice
    step: Step


def watch(now: datetime) -> None:
    """Keep the notices in step with what is wrong, and mail what is due.

    While the module is off nothing is watched, and nothing is over either.
    """
    if not health.is_on():
        Notice.objects.filter(ended_at=None).update(ended_at=now)
        return
    _keep_up(health.alerts(now), Notice.objects.filter(ended_at=None), now)


def watch_silence(now: datetime) -> None:
    """Do so for the one trouble that no worker can tell: that none of them lives."""
    if not health.is_on():
        return
    found = troubles.alerts(health.desk(), [], now)
    _keep_up(found, Notice.objects.filter(ended_at=None, connection=None), now)


def _keep_up(alerts: Sequence[Alert], opened: QuerySet[Notice], now: datetime) -> None:
    rows = _rows(opened)
    missing = [one for one in alerts if (one.connection, one.trouble) not in rows]
    if missing:
        # Another worker may have been quicker: the constraint keeps one of each.
        Notice.objects.bulk_create(
            (_opened(one, now) for one in missing), ignore_conflicts=True
        )
        rows = _rows(opened)
    Notice.objects.filter(any_of("pk", [row.pk for row in rows.values()])).update(
        seen_at=now
    )
    letters = []
    for step in notices.steps(map(_told, rows.values()), alerts, now):
        row = rows.get((step.told.connection, step.told.trouble))
        if row is None:
            continue  # Opened and ended by another worker at this moment.
        _keep(row, step.alert)
        if step.mail:
            letters.append(Letter(row, step))
        else:
            _claim(Letter(row, step), now)
    if letters:
        _deliver(letters, now)


def _rows(opened: QuerySet[Notice]) -> dict[tuple[int | None, str], Notice]:
    return {
        (row.connection_id, row.trouble): row
        for row in opened.select_related("connection").only(*COLUMNS)
    }


def _opened(alert: Alert, now: datetime) -> Notice:
    return Notice(
        connection_id=alert.connection,
        trouble=alert.trouble,
        since=alert.since,
        text=_text(alert),
        run_id=alert.run,
        seen_at=now,
    )


def _told(row: Notice) -> Told:
    return Told(Trouble(row.trouble), row.connection_id, row.mark, row.mailed_at)


def _text(alert: Alert | None) -> str:
    """Return what the notice says now; "": it is over, or need not be told."""
    return "" if alert is None or alert.is_quiet else f"{alert.text} {alert.todo}"


def _keep(row: Notice, alert: Alert | None) -> None:
    """Write what a notice says, if that is something else than before."""
    run_id = alert.run if alert else row.run_id
    if (row.text, row.run_id) != (_text(alert), run_id):
        row.text, row.run_id = _text(alert), run_id
        row.save(update_fields=["text", "run"])


def _deliver(letters: Iterable[Letter], now: datetime) -> None:
    """Send the letters, those to the same people together if they are many."""
    heaps: dict[tuple[str, ...], list[Letter]] = defaultdict(list)
    everybody = _administrators()
    for letter in letters:
        connection = letter.notice.connection
        heaps[tuple(connection.notify if connection else ()) or everybody].append(
            letter
        )
    for letter in heaps.pop((), ()):
        if letter.step.mail is Mail.OVER:  # Nobody was told, so nobody need be.
            _claim(letter, now)
    backend = get_connection()
    try:
        backend.open()
        for people, heap in heaps.items():
            size = 1 if len(heap) <= MANY else len(heap)
            for first in range(0, len(heap), size):
                _send(heap[first : first + size], people, backend, now)
    except OSError:  # SMTPException is one
        logger.exception("The mail server does not answer; the next tick tries again")
    finally:
        backend.close()


def _administrators() -> tuple[str, ...]:
    found = administrators().exclude(email="").values_list("email", flat=True)
    return tuple(sorted(set(found)))


def _send(
    heap: Iterable[Letter],
    people: Sequence[str],
    backend: BaseEmailBackend,
    now: datetime,
) -> None:
    """Send one mail of all letters that are ours; give them back if that fails."""
    ours = [letter for letter in heap if _claim(letter, now)]
    if not ours:
        return
    try:
        _message(ours, people, backend).send()
    except (OSError, ValueError):  # ValueError: an address that is none
        logger.exception("A notice was not sent; the next tick tries again")
        for letter in ours:
            _give_back(letter, now)


def _message(
    letters: Sequence[Letter], people: Sequence[str], backend: BaseEmailBackend
) -> EmailMessage:
    titles, bodies = [], []
    for row, step in letters:
        if step.alert:
            alert = replace(step.alert, since=row.since)
            titles.append(notice_texts.title(alert))
            bodies.append(notice_texts.body(alert))
        else:
            titles.append(notice_texts.over_title(row))
            bodies.append(notice_texts.over_body(row))
    is_over = all(letter.step.mail is Mail.OVER for letter in letters)
    return EmailMessage(
        notice_texts.subject(titles),
        notice_texts.whole(bodies, is_over=is_over),
        to=list(people),
        connection=backend,
    )


def _claim(letter: Letter, now: datetime) -> bool:
    """Write what becomes of a notice; False: somebody else has done so."""
    row, told, alert = letter.notice, letter.step.told, letter.step.alert
    if alert and (told.mailed_at, told.mark) == (row.mailed_at, row.mark):
        return True
    mine = Notice.objects.filter(
        pk=row.pk, ended_at=None, mailed_at=row.mailed_at, mark=row.mark
    )
    if alert is None:
        return mine.update(ended_at=now) == 1
    return mine.update(mailed_at=told.mailed_at, mark=told.mark) == 1


def _give_back(letter: Letter, now: datetime) -> None:
    row, told = letter.notice, letter.step.told
    if letter.step.alert:
        Notice.objects.filter(
            pk=row.pk, mailed_at=told.mailed_at, mark=told.mark
        ).update(mailed_at=row.mailed_at, mark=row.mark)
        return
    try:
        with transaction.atomic():
            Notice.objects.filter(pk=row.pk, ended_at=now).update(ended_at=None)
    except IntegrityError:
        logger.warning("The trouble is back before its end was told: %s", row)
