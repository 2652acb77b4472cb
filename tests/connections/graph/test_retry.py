"""When a request is repeated, and after how long."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from connections.graph.errors import Throttled, Unavailable
from connections.graph.retry import (
    Policy,
    Progress,
    backoff,
    next_wait,
    retry_after,
    slices,
)

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
POLICY = Policy()


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        (None, None),
        ("", None),
        ("  ", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("٣", None),
        ("0", 0.0),
        (" 17 ", 17.0),
        ("99999999999999", 999_999_999.0),
        ("Tue, 24 Nov 2026 12:00:30 GMT", 30.0),
        ("Tue, 24 Nov 2026 11:00:00 GMT", 0.0),
        ("Tue, 24 Nov 2026 12:00:30", 30.0),
        ("Tue, 99 Nov 2026 12:00:30 GMT", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_date(
    text: str | None, seconds: float | None
) -> None:
    assert retry_after(text, now=NOW) == seconds


@pytest.mark.parametrize(
    ("failures", "chance", "seconds"),
    [(1, 0.0, 1.0), (2, 0.0, 2.0), (4, 0.0, 8.0), (3, 0.5, 3.0), (99, 0.0, 60.0)],
)
def test_backoff_doubles_to_its_cap_and_chance_takes_some_away(
    failures: int, chance: float, seconds: float
) -> None:
    assert backoff(failures, chance=chance, policy=POLICY) == seconds


@pytest.mark.parametrize(
    ("after", "throttles", "seconds"),
    [(17.0, 0, 17.0), (300.0, 3, 300.0), (0.0, 0, 1.0), (None, 0, 1.0), (None, 3, 8.0)],
)
def test_throttling_is_obeyed_as_told(
    after: float | None, throttles: int, seconds: float
) -> None:
    found = next_wait(
        Throttled("", after=after),
        Progress(throttles=throttles),
        chance=0.0,
        policy=POLICY,
    )

    assert found is not None
    assert found[0] == seconds
    assert found[1] == Progress(throttles=throttles + 1, throttled=seconds)


def test_throttling_ends_when_patience_does() -> None:
    error = Throttled("", after=10.0)

    found = next_wait(error, Progress(throttled=3595.0), chance=0.0, policy=POLICY)

    assert found is None


@pytest.mark.parametrize(
    ("after", "failures", "seconds"),
    [(None, 0, 1.0), (None, 3, 8.0), (30.0, 0, 30.0), (0.0, 2, 4.0)],
)
def test_unavailability_is_met_with_growing_waits(
    after: float | None, failures: int, seconds: float
) -> None:
    found = next_wait(
        Unavailable("", after=after),
        Progress(failures=failures),
        chance=0.0,
        policy=POLICY,
    )

    assert found == (seconds, Progress(failures=failures + 1))


@pytest.mark.parametrize(
    ("failures", "after"), [(POLICY.tries - 1, None), (0, POLICY.patience + 1)]
)
def test_unavailability_is_believed_in_the_end(
    failures: int, after: float | None
) -> None:
    error = Unavailable("", after=after)

    found = next_wait(error, Progress(failures=failures), chance=0.0, policy=POLICY)

    assert found is None


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0.0, [0.0]), (5.0, [5.0]), (20.0, [20.0]), (45.0, [20.0, 20.0, 5.0])],
)
def test_a_wait_is_cut_so_that_the_claim_beats(
    seconds: float, expected: list[float]
) -> None:
    assert slices(seconds) == expected
