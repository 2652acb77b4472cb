"""When a request is repeated, and after how long: arithmetic only.

Time and chance are arguments; nothing here waits.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from connections.graph.errors import Throttled, Waitable

SLICE = 20.0
"""The longest single sleep in seconds: a run's claim beats at least this often."""


@dataclass(frozen=True, slots=True)
class Policy:
    """The bounds of patience; times in seconds."""

    tries: int = 8
    """How often one request is sent before *unavailable* is believed."""
    base: float = 1.0
    cap: float = 60.0
    """The longest wait that we choose ourselves."""
    patience: float = 3600.0
    """The longest that one request may be throttled, all waits together."""


@dataclass(frozen=True, slots=True)
class Progress:
    """What one request has been through so far."""

    failures: int = 0
    throttles: int = 0
    throttled: float = 0.0


def retry_after(text: str | None, *, now: datetime) -> float | None:
    """Return the seconds a Retry-After header asks for; None if it says nothing.

    Whole seconds or an HTTP date (RFC 9110, 10.2.3); a date in the past is 0.
    """
    if text is None or not text.strip():
        return None
    text = text.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return None
    aware = date if date.tzinfo else date.replace(tzinfo=UTC)
    return max(0.0, (aware - now).total_seconds())


def backoff(failures: int, *, chance: float, policy: Policy) -> float:
    """Return the wait after that many failures in a row (1, 2, …).

    It doubles from `base` up to `cap`; `chance` in [0, 1) takes up to half of it
    away, so that many clients do not come back in step.
    """
    whole = min(policy.cap, policy.base * 2.0 ** min(failures - 1, 30))
    return whole * (1.0 - chance / 2)


def next_wait(
    error: Waitable, progress: Progress, *, chance: float, policy: Policy
) -> tuple[float, Progress] | None:
    """Return the seconds to wait and the new progress; None: give up.

    Throttling is obeyed as told, within the policy's patience; unavailability is
    tried again a bounded number of times.
    """
    if isinstance(error, Throttled):
        return _throttled(error, progress, chance=chance, policy=policy)
    failures = progress.failures + 1
    own = backoff(failures, chance=chance, policy=policy)
    wait = own if error.after is None else max(error.after, own)
    if failures >= policy.tries or wait > policy.patience:
        return None
    return wait, replace(progress, failures=failures)


def _throttled(
    error: Throttled, progress: Progress, *, chance: float, policy: Policy
) -> tuple[float, Progress] | None:
    throttles = progress.throttles + 1
    wait = error.after
    if wait is None:
        wait = backoff(throttles, chance=chance, policy=policy)
    # "Retry-After: 0" without end would be a busy loop.
    wait = max(wait, policy.base)
    total = progress.throttled + wait
    if total > policy.patience:
        return None
    return wait, replace(progress, throttles=throttles, throttled=total)


def slices(seconds: float) -> list[float]:
    """Return `seconds` cut into sleeps of at most SLICE seconds, in order."""
    count = max(1, math.ceil(seconds / SLICE))
    return [min(SLICE, seconds - SLICE * index) for index in range(count)]
