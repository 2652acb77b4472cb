"""When a connection is due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports import schedule
from imports.schedule import Standing, Timetable
from imports.words import Walk

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
DAY, HOUR, QUARTER = timedelta(days=1), timedelta(hours=1), timedelta(minutes=15)
DAILY = Timetable(DAY)
WITH_DELTA = Timetable(7 * DAY, QUARTER)


def at(hour: int, minute: int = 0, *, day: int = 25, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize("table", [DAILY, WITH_DELTA])
def test_whoever_was_never_synced_is_due_in_full(table: Timetable) -> None:
    assert schedule.due(table, Standing(), NOON) is Walk.FULL


@pytest.mark.rule("R142")
@pytest.mark.parametrize(
    ("full", "delta", "walk"),
    [
        (NOON, NOON, Walk.FULL),
        (NOON + HOUR, NOON, Walk.DELTA),
        (NOON + HOUR, None, Walk.DELTA),
        (NOON + HOUR, NOON + HOUR, None),
    ],
)
def test_a_full_walk_goes_before_a_delta(
    full: datetime, delta: datetime | None, walk: Walk | None
) -> None:
    assert schedule.due(WITH_DELTA, Standing(full, delta), NOON) is walk


def test_without_delta_queries_only_full_walks_are_due() -> None:
    assert schedule.due(DAILY, Standing(NOON + HOUR, NOON), NOON) is None


def test_a_full_walk_puts_off_the_delta_and_a_delta_not_the_full_walk() -> None:
    before = Standing(NOON, NOON)
    full = schedule.begun(WITH_DELTA, before, Walk.FULL, NOON, spread=0)
    assert full == Standing(NOON + 7 * DAY, NOON + QUARTER)
    delta = schedule.begun(WITH_DELTA, before, Walk.DELTA, NOON, spread=0)
    assert delta == Standing(NOON, NOON + QUARTER)


def test_a_nightly_sync_stays_nightly_however_late_it_starts() -> None:
    late = schedule.begun(DAILY, Standing(at(1)), Walk.FULL, at(3), spread=1)
    assert late.full_due_at == at(1, day=26)


def test_what_was_missed_is_not_caught_up_one_by_one() -> None:
    table = Timetable(7 * DAY, QUARTER)
    before = Standing(NOON + DAY, NOON - 3 * HOUR - timedelta(minutes=1))
    after = schedule.begun(table, before, Walk.DELTA, NOON, spread=0)
    assert after.delta_due_at == NOON + QUARTER - timedelta(minutes=1)


def test_connections_made_together_do_not_stay_together() -> None:
    starts = [
        schedule.begun(DAILY, Standing(), Walk.FULL, NOON, spread=spread).full_due_at
        for spread in (0, 0.5, 1)
    ]
    half = schedule.WIDEST / 2
    assert starts == [NOON + DAY, NOON + DAY - half, NOON + DAY - 2 * half]


def test_retries_come_slower_and_slower_and_never_end() -> None:
    standing, waits = Standing(NOON + DAY), []
    for times in range(1, 30):
        after = schedule.failed(standing, Walk.FULL, NOON, times=times)
        assert after.retry_at is not None
        waits.append(after.retry_at - NOON)
    minutes = [wait // timedelta(minutes=1) for wait in waits]
    assert minutes[:6] == [5, 15, 45, 135, 405, 1215]
    assert set(minutes[6:]) == {24 * 60}


@pytest.mark.parametrize("walk", [Walk.FULL, Walk.DELTA])
def test_what_failed_is_repeated_once_the_wait_is_over(walk: Walk) -> None:
    begun = schedule.begun(WITH_DELTA, Standing(NOON, NOON), walk, NOON, spread=0)
    after = schedule.failed(begun, walk, NOON, times=1)
    soon = NOON + schedule.FIRST_RETRY
    assert schedule.due(WITH_DELTA, after, soon - timedelta(seconds=1)) is None
    assert schedule.due(WITH_DELTA, after, soon) is (
        Walk.FULL if after.full_due_at == NOON else walk
    )


@pytest.mark.parametrize(
    ("quiet", "moment", "is_quiet"),
    [
        ("22:00-06:00", at(21, 59), False),
        ("22:00-06:00", at(22), True),
        ("22:00-06:00", at(0), True),
        ("22:00-06:00", at(5, 59), True),
        ("22:00-06:00", at(6), False),
        ("08:00-18:00", at(12), True),
        ("08:00-18:00", at(18), False),
    ],
)
def test_nothing_starts_in_quiet_hours(
    quiet: str, moment: datetime, *, is_quiet: bool
) -> None:
    table = Timetable(DAY, quiet=(quiet,))
    assert schedule.is_quiet(table, moment) is is_quiet
    assert (schedule.due(table, Standing(), moment) is None) is is_quiet


def test_quiet_hours_are_those_of_their_time_zone() -> None:
    tokyo = Timetable(DAY, quiet=("08:00-18:00",), time_zone="Asia/Tokyo")
    assert schedule.is_quiet(tokyo, at(0))
    assert not schedule.is_quiet(tokyo, at(10))


@pytest.mark.parametrize(
    ("quiet", "start"),
    [
        ((), NOON),
        (("11:00-13:00",), at(13)),
        (("11:00-13:00", "13:00-15:00", "14:00-16:30"), at(16, 30)),
        (("10:00-02:00",), at(2, day=26)),
        (("00:00-12:00", "12:00-00:00"), None),
    ],
)
def test_the_next_start_knows_the_windows(
    quiet: tuple[str, ...], start: datetime | None
) -> None:
    found = schedule.next_start(Timetable(DAY, quiet=quiet), Standing(), NOON)
    assert found == (start and (start, Walk.FULL))


def test_the_next_start_says_which_walk() -> None:
    standing = Standing(NOON + HOUR, NOON + QUARTER)
    assert schedule.next_start(WITH_DELTA, standing, NOON) == (
        NOON + QUARTER,
        Walk.DELTA,
    )
    waiting = Standing(NOON, NOON, retry_at=NOON + 2 * HOUR)
    assert schedule.next_start(WITH_DELTA, waiting, NOON) == (
        NOON + 2 * HOUR,
        Walk.FULL,
    )


@pytest.mark.parametrize("month", [3, 10])
def test_a_window_ends_on_the_days_when_clocks_change(month: int) -> None:
    day = 29 if month == 3 else 25
    table = Timetable(
        DAY, quiet=("22:00-02:30", "02:30-04:00"), time_zone="Europe/Berlin"
    )
    found = schedule.next_start(table, Standing(), at(0, 10, day=day, month=month))
    assert found is not None
    # 04:00 in Berlin is 02:00 UTC in summer and 03:00 UTC in winter.
    assert found[0] == at(2 if month == 3 else 3, day=day, month=month)


windows = st.builds(
    lambda first, last: f"{first:%H:%M}-{last:%H:%M}", st.times(), st.times()
).filter(lambda text: text[:5] != text[6:])
moments = st.datetimes(
    min_value=datetime(2026, 1, 1),
    max_value=datetime(2027, 12, 31),
    timezones=st.just(UTC),
)


@given(
    quiet=st.lists(windows, max_size=3),
    zone=st.sampled_from(["UTC", "Europe/London", "America/St_Johns", "Asia/Kolkata"]),
    now=moments,
)
def test_whatever_the_windows_the_next_start_is_outside_them(
    quiet: list[str], zone: str, now: datetime
) -> None:
    table = Timetable(DAY, quiet=tuple(quiet), time_zone=zone)
    found = schedule.next_start(table, Standing(), now)
    if found is not None:
        start, _ = found
        assert start >= now
        assert schedule.due(table, Standing(), start) is Walk.FULL
