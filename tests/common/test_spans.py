"""Durations, windows and zones as people write them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from common import spans


@pytest.mark.parametrize(
    ("text", "minutes"), [("15m", 15), ("24h", 1440), ("7d", 10080), ("366d", 527040)]
)
def test_a_duration_is_read_and_written_alike(text: str, minutes: int) -> None:
    span = spans.duration(text)
    assert span == timedelta(minutes=minutes)
    assert spans.written(span) == text


@pytest.mark.parametrize("text", ["", "0m", "15", "15 m", "m", "367d", "1.5h", "-1h"])
def test_what_is_no_duration_is_none(text: str) -> None:
    assert spans.duration(text) is None


@pytest.mark.parametrize(
    ("text", "is_window"),
    [
        ("22:00-06:00", True),
        ("24:00-06:00", False),
        ("06:00-06:00", False),
        ("22:00", False),
        ("", False),
    ],
)
def test_a_window_has_two_times_of_the_day(text: str, is_window: bool) -> None:
    assert spans.is_window(text) is is_window


def test_a_time_zone_must_exist() -> None:
    assert spans.is_time_zone("Europe/London")
    assert not spans.is_time_zone("Europe/Atlantis")
