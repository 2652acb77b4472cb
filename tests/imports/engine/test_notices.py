"""Who is told, and when: one mail a cause a day, one when it is over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from imports.engine.facts import Alert, Link
from imports.engine.notices import Mail, Step, Told, steps
from imports.words import Trouble

NOW = datetime(2026, 11, 25, 14, 20, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
AT_ONCE = (
    *(Trouble.SILENT, Trouble.STUCK, Trouble.AUTHORISATION_LOST, Trouble.WAITING),
    *(Trouble.GROUPS, Trouble.REVIEW),
)


def alert(trouble: Trouble, **known: Any) -> Alert:
    """Return an alert of connection 7."""
    given = {"connection": 7, "times": 2, **known}
    return Alert(trouble, NOW, "Cause.", "Do.", Link("imports:runs", "Runs"), **given)


class Inbox:
    """A watch over time, and the mails that it brought about."""

    def __init__(self) -> None:
        """Begin with no notice open."""
        self.opened: list[Told] = []

    def look(self, at: datetime, *alerts: Alert) -> list[tuple[Trouble, Mail]]:
        """Look at what is wrong at a moment; return the mails."""
        found = steps(self.opened, alerts, at)
        self.opened = [one.told for one in found if one.alert]
        return [(one.told.trouble, one.mail) for one in found if one.mail]


@pytest.mark.parametrize("trouble", AT_ONCE)
def test_it_is_told_at_once_and_then_once_a_day(trouble: Trouble) -> None:
    inbox, told = Inbox(), [(trouble, Mail.TROUBLE)]

    assert inbox.look(NOW, alert(trouble)) == told
    assert inbox.look(NOW + MINUTE, alert(trouble)) == []
    assert inbox.look(NOW + DAY - MINUTE, alert(trouble)) == []
    assert inbox.look(NOW + DAY, alert(trouble)) == told
    assert inbox.look(NOW + DAY + HOUR, alert(trouble)) == []


def test_failures_are_told_from_the_second_in_a_row() -> None:
    inbox = Inbox()

    assert inbox.look(NOW, alert(Trouble.FAILING, times=1)) == []
    assert inbox.look(NOW + DAY, alert(Trouble.FAILING, times=1)) == []
    assert inbox.look(NOW + DAY + MINUTE, alert(Trouble.FAILING, times=2)) == [
        (Trouble.FAILING, Mail.TROUBLE)
    ]
    assert inbox.look(NOW + DAY + HOUR, alert(Trouble.FAILING, times=3)) == []


@pytest.mark.parametrize(
    "trouble", [one for one in Trouble if one not in {Trouble.SECRET, Trouble.REVIEW}]
)
def test_the_end_is_told_once_if_the_trouble_was(trouble: Trouble) -> None:
    inbox = Inbox()
    inbox.look(NOW, alert(trouble))

    assert inbox.look(NOW + HOUR) == [(trouble, Mail.OVER)]
    assert inbox.look(NOW + HOUR) == []


def test_the_end_of_what_nobody_was_told_is_not_told() -> None:
    inbox = Inbox()
    inbox.look(NOW, alert(Trouble.FAILING, times=1))

    assert inbox.look(NOW + HOUR) == []
    assert inbox.opened == []


@pytest.mark.parametrize("trouble", [Trouble.SECRET, Trouble.REVIEW])
def test_the_end_of_what_somebody_ended_by_hand_is_not_told(trouble: Trouble) -> None:
    inbox = Inbox()
    inbox.look(NOW, alert(trouble))

    assert inbox.look(NOW + HOUR) == []


def test_what_comes_back_is_told_again() -> None:
    inbox = Inbox()
    inbox.look(NOW, alert(Trouble.WAITING))
    inbox.look(NOW + MINUTE)

    assert inbox.look(NOW + HOUR, alert(Trouble.WAITING)) == [
        (Trouble.WAITING, Mail.TROUBLE)
    ]


def test_a_secret_is_told_of_once_a_threshold() -> None:
    inbox, told = Inbox(), [(Trouble.SECRET, Mail.TROUBLE)]
    found = []
    for day, mark in enumerate(["60", "60", "30", "30", "7", "1", "secret_expired"]):
        for _ in range(2):
            at = NOW + day * DAY
            found.append(inbox.look(at, alert(Trouble.SECRET, mark=mark)))

    assert [bool(each) for each in found] == [
        *(True, False, False, False, True, False, False, False),
        *(True, False, True, False, True, False),
    ]
    assert found[0] == told
    assert inbox.look(NOW + 90 * DAY, alert(Trouble.SECRET, mark="secret_expired")) == (
        []
    )


def test_other_losses_are_told_at_once() -> None:
    inbox, told = Inbox(), [(Trouble.WAITING, Mail.TROUBLE)]

    assert inbox.look(NOW, alert(Trouble.WAITING, mark="a")) == told
    assert inbox.look(NOW + MINUTE, alert(Trouble.WAITING, mark="a")) == []
    assert inbox.look(NOW + HOUR, alert(Trouble.WAITING, mark="b")) == told
    assert inbox.look(NOW + 2 * HOUR, alert(Trouble.WAITING, mark="b")) == []


def test_causes_that_take_turns_are_told_once_each_a_day() -> None:
    inbox, mails = Inbox(), 0
    for hour in range(24):
        mark = "throttled" if hour % 2 else "unreachable"
        at = NOW + hour * HOUR
        mails += len(inbox.look(at, alert(Trouble.FAILING, mark=mark)))

    assert mails == 2


def test_marks_fit_their_column_however_many_come() -> None:
    inbox = Inbox()
    for at in range(100):
        inbox.look(NOW + at * MINUTE, alert(Trouble.WAITING, mark=f"{at:016}"))

    assert len(inbox.opened[0].mark) <= 256
    assert f"{99:016}" in inbox.opened[0].mark


def test_what_is_quiet_is_neither_told_nor_over() -> None:
    inbox = Inbox()
    inbox.look(NOW, alert(Trouble.FAILING))
    quiet = alert(Trouble.FAILING, is_quiet=True)

    assert inbox.look(NOW + 2 * DAY, quiet) == []
    assert inbox.look(NOW + 3 * DAY) == [(Trouble.FAILING, Mail.OVER)]


def test_a_cause_that_another_notice_has_told_today_waits_a_day() -> None:
    inbox = Inbox()
    secret = alert(Trouble.SECRET, mark="secret_expired")
    hidden = alert(Trouble.SECRET, mark="secret_expired", is_quiet=True)
    fails = alert(Trouble.FAILING, mark="secret_expired")

    assert inbox.look(NOW, secret) == [(Trouble.SECRET, Mail.TROUBLE)]
    assert inbox.look(NOW + HOUR, hidden, fails) == []
    assert inbox.look(NOW + DAY, hidden, fails) == [(Trouble.FAILING, Mail.TROUBLE)]
    assert inbox.look(NOW + DAY + HOUR) == [(Trouble.FAILING, Mail.OVER)]


def test_the_end_of_a_cause_that_another_notice_has_told_is_told() -> None:
    inbox = Inbox()
    secret = alert(Trouble.SECRET, mark="secret_expired")
    fails = alert(Trouble.FAILING, mark="secret_expired")
    inbox.look(NOW, secret)
    inbox.look(NOW + HOUR, fails)

    assert inbox.look(NOW + 2 * HOUR) == [(Trouble.FAILING, Mail.OVER)]


def test_connections_are_told_of_apart() -> None:
    fails = [alert(Trouble.FAILING, connection=pk, mark="throttled") for pk in (1, 2)]
    found = steps([Told(Trouble.FAILING, 1, "throttled", NOW)], fails, NOW + HOUR)

    assert [one.mail for one in found] == [None, Mail.TROUBLE]
    assert found[1] == Step(
        Told(Trouble.FAILING, 2, "throttled", NOW + HOUR), fails[1], Mail.TROUBLE
    )
