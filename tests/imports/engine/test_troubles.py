"""What is wrong: each trouble with its cause, since when, and the one link."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from imports.engine.facts import (
    Alert,
    Desk,
    Expiry,
    Facts,
    Failing,
    Review,
    Stuck,
    Waiting,
)
from imports.engine.troubles import alerts, fingerprint, last_expiry
from imports.words import Cause, Trouble

NOW = datetime(2026, 11, 25, 14, 20, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SET = NOW - 100 * DAY


def of(**known: Any) -> list[Alert]:
    """Return the alerts of a connection of which this is known."""
    return list(alerts(Desk(NOW), [Facts(7, "Acme", **known)], NOW))


def only(**known: Any) -> Alert:
    """Return the one alert."""
    found = of(**known)
    assert len(found) == 1, found
    return found[0]


def failing(cause: Cause | None = None, **known: Any) -> Failing:
    """Return two failures in a row, since an hour."""
    return Failing(2, NOW - HOUR, 12, cause, "Because.", **known)


def test_a_connection_of_which_nothing_is_wrong_has_no_alert() -> None:
    assert of() == []


@pytest.mark.parametrize("cause", [None, *Cause])
def test_every_cause_of_failures_says_what_to_do(cause: Cause | None) -> None:
    alert = only(failing=failing(cause))

    assert (alert.trouble, alert.name, alert.since) == ("failing", "Acme", NOW - HOUR)
    assert alert.text.endswith("2 runs in a row failed: Because.")
    assert alert.todo.endswith(".")
    assert alert.link.args
    assert alert.mark == (cause or "")


@pytest.mark.parametrize(
    ("cause", "link"),
    [
        (Cause.SECRET_EXPIRED, ("connections:details", (7,))),
        (Cause.CREDENTIAL, ("connections:details", (7,))),
        (Cause.AUTHORISATION, ("connections:details", (7,))),
        (Cause.PERMISSION, ("connections:details", (7,))),
        (Cause.CONFIGURATION, ("connections:details", (7,))),
        (Cause.THROTTLED, ("imports:run", (12,))),
        (Cause.UNREACHABLE, ("imports:run", (12,))),
        (Cause.DATABASE, ("imports:run", (12,))),
        (Cause.FAULT, ("imports:run", (12,))),
    ],
)
def test_a_failure_leads_to_where_it_is_mended(
    cause: Cause, link: tuple[str, tuple[int, ...]]
) -> None:
    found = only(failing=failing(cause)).link

    assert (found.name, found.args) == link


def test_what_passes_by_itself_says_when_it_is_tried_again() -> None:
    alert = only(failing=failing(Cause.THROTTLED, retry_at=NOW + HOUR))

    assert "nothing to mend" in alert.todo
    assert "tried again by itself on 25 Nov 2026, 15:20 UTC" in alert.todo


def test_a_failure_whose_run_is_gone_leads_to_the_runs() -> None:
    alert = only(failing=Failing(1, NOW))

    assert (alert.link.name, alert.link.args) == ("imports:runs", ())
    assert "The last run failed: no reason was kept." in alert.text


def test_a_lost_authorisation_is_told_once_though_runs_fail_of_it() -> None:
    loud, quiet = sorted(
        of(failing=failing(Cause.AUTHORISATION), lost_at=NOW - HOUR),
        key=lambda one: one.is_quiet,
    )

    assert (loud.trouble, loud.is_quiet) == (Trouble.AUTHORISATION_LOST, False)
    assert (quiet.trouble, quiet.is_quiet) == (Trouble.FAILING, True)
    assert loud.link.name == "connections:details"


def test_runs_that_fail_of_something_else_are_told_beside_a_lost_authorisation() -> (
    None
):
    found = of(failing=failing(Cause.THROTTLED), lost_at=NOW)

    assert [one.is_quiet for one in found] == [False, False]


def test_a_secret_that_expired_is_told_once_though_runs_fail_of_it() -> None:
    expired = (Expiry((NOW - DAY).date(), SET),)
    found = of(failing=failing(Cause.SECRET_EXPIRED), expiries=expired)

    assert {one.trouble: one.is_quiet for one in found} == {
        Trouble.FAILING: False,
        Trouble.SECRET: True,
    }


def test_a_paused_connection_tells_the_secret_and_not_the_failures() -> None:
    expired = (Expiry((NOW - DAY).date(), SET),)
    found = of(
        failing=failing(Cause.SECRET_EXPIRED),
        stuck=Stuck(1, NOW),
        expiries=expired,
        is_resting=True,
    )

    assert [one.trouble for one in found if not one.is_quiet] == [Trouble.SECRET]


@pytest.mark.parametrize(
    ("days", "mark"),
    [
        *((60, "60"), (31, "60"), (30, "30"), (15, "30"), (14, "14"), (8, "14")),
        *((7, "7"), (2, "7"), (1, "1"), (0, "secret_expired"), (-9, "secret_expired")),
    ],
)
def test_a_secret_is_told_of_at_each_threshold(days: int, mark: str) -> None:
    alert = only(expiries=(Expiry(NOW.date() + days * DAY, SET),))

    assert (alert.trouble, alert.mark) == (Trouble.SECRET, mark)
    assert alert.since <= NOW
    assert alert.link.name == "connections:details"
    assert ("expired" in alert.text) is (days <= 0)


def test_a_secret_that_lasts_longer_is_no_trouble() -> None:
    assert of(expiries=(Expiry(NOW.date() + 61 * DAY, SET),)) == []


@pytest.mark.parametrize(
    ("expiries", "expected"),
    [
        ((), None),
        ((Expiry(None, SET),), None),
        # The one that lasts longest counts: both are tried.
        (
            (Expiry(date(2026, 12, 1), SET), Expiry(date(2027, 12, 1), SET)),
            date(2027, 12, 1),
        ),
        # One without a date that came later has taken the dated one's place.
        ((Expiry(date(2026, 12, 1), SET), Expiry(None, SET + DAY)), None),
        # One without a date that was there before says nothing.
        (
            (Expiry(date(2026, 12, 1), SET), Expiry(None, SET - DAY)),
            date(2026, 12, 1),
        ),
    ],
)
def test_which_expiry_counts(
    expiries: tuple[Expiry, ...], expected: date | None
) -> None:
    assert last_expiry(expiries) == expected


def test_a_plan_that_waits_leads_to_its_run_and_tells_its_losses() -> None:
    alert = only(waiting=Waiting(12, NOW - HOUR, "It would deactivate 9.", "abc"))

    assert alert.text == "A plan waits for approval. It would deactivate 9."
    assert (alert.link.name, alert.link.args) == ("imports:run", (12,))
    assert (alert.mark, alert.run, alert.since) == ("abc", 12, NOW - HOUR)
    assert only(waiting=Waiting(12, NOW)).mark == "12"


def test_groups_in_error_are_named_and_lead_to_the_mappings() -> None:
    groups = tuple(f"Group {at}" for at in range(7))
    alert = only(groups=groups)

    assert "Group 0, Group 1, Group 2, Group 3, Group 4 and 2 more." in alert.text
    assert (alert.link.name, alert.link.args) == ("mappings:mappings", (7,))
    assert alert.mark == only(groups=groups[::-1]).mark
    assert alert.mark != only(groups=groups[1:]).mark


def test_people_who_need_review_lead_there() -> None:
    alert = only(review=Review(3, NOW - DAY))

    assert alert.text.startswith("3 people need somebody")
    assert (alert.link.name, alert.link.tail) == ("imports:review", "?connection=7")
    assert only(review=Review(1, NOW)).text.startswith("1 person needs")


def test_a_run_that_nobody_works_on_is_told() -> None:
    assert "no worker takes it" in only(stuck=Stuck(12, NOW)).text
    assert "fell silent" in only(stuck=Stuck(12, NOW, is_running=True)).text


@pytest.mark.parametrize(
    ("desk", "is_silent"),
    [
        (Desk(NOW - timedelta(minutes=5)), False),
        (Desk(NOW - timedelta(minutes=5, seconds=1)), True),
        # Nothing was ever set up: nobody misses the workers.
        (Desk(None), False),
        (Desk(None, is_used=True), True),
    ],
)
def test_workers_that_are_not_heard_are_told(desk: Desk, is_silent: bool) -> None:
    found = alerts(desk, [], NOW)

    assert [one.trouble for one in found] == [Trouble.SILENT] * is_silent


def test_silence_names_the_runs_that_stand_still_and_since_when() -> None:
    heard = NOW - HOUR
    (alert,) = alerts(Desk(heard, is_used=True, runs=("run 1 of Acme",)), [], NOW)

    assert (alert.since, alert.connection, alert.name) == (heard, None, "")
    assert "Standing still: run 1 of Acme." in alert.text
    assert alert.link.tail == "#workers"


def test_the_gravest_comes_first() -> None:
    everything = Facts(
        7,
        "Acme",
        review=Review(1, NOW),
        groups=("g",),
        waiting=Waiting(1, NOW),
        failing=failing(Cause.FAULT),
    )
    found = alerts(Desk(NOW - DAY), [everything], NOW)

    assert [one.trouble for one in found] == [
        *("silent", "failing", "waiting", "groups", "review")
    ]


def test_a_fingerprint_knows_no_order() -> None:
    assert fingerprint(["a", "b"]) == fingerprint(["b", "a", "a"])
    assert fingerprint(["a", "b"]) != fingerprint(["ab"])
