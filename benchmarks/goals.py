"""What is measured against what: each goal, and the figure that is held to it."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

from benchmarks.growth import evenness

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from benchmarks.processes import Measures

    Round = dict[str, Measures]


@dataclass(frozen=True, slots=True)
class Goal:
    """A figure of one round, and what it may be at most, or must be at least."""

    name: str
    what: str
    figure: Callable[[Round], float]
    bound: float
    is_least: bool = False
    base: str = ""
    """The floor that the figure is a ratio of, if it is one."""

    def found(self, rounds: Sequence[Round]) -> dict[str, Any]:
        """Return the median, and `strict` without the tenant's share of the floor."""
        value = median(self.figure(one) for one in rounds)
        found = _judged(self.what, value, self.bound, is_least=self.is_least)
        if self.base and all("waited" in one[self.base] for one in rounds):
            strict = median(
                self.figure(one) / (1 - _share(one[self.base])) for one in rounds
            )
            found["strict"] = round(strict, 2)
        return found


def _share(floor: Measures) -> float:
    """Return the part of a floor's time that the tenant took to answer."""
    return float(floor["waited"] / floor["seconds"])


def _judged(
    what: str, value: float, bound: float, *, is_least: bool = False
) -> dict[str, Any]:
    return {
        "what": what,
        "value": round(value, 2),
        "least" if is_least else "most": bound,
        "met": value >= bound if is_least else value <= bound,
    }


def _ratio(name: str, what: str, step: str, base: str, most: float) -> Goal:
    def figure(one: Round) -> float:
        return float(one[step]["seconds"] / one[base]["seconds"])

    return Goal(name, what, figure, most, base=base)


def _read(name: str, what: str, key: str, most: float) -> Goal:
    return Goal(name, what, lambda one: float(one["reads"][key]), most)


GOALS = (
    _ratio("P1", "first import, in floors", "first_import", "floor", 5.0),
    _ratio("P2", "preview, in first imports", "preview", "first_import", 0.8),
    _ratio("P3", "re-run, in floors", "unchanged", "floor_nochange", 3.0),
    Goal(
        "P3 writes",
        "writes to the directory",
        lambda one: sum(one["unchanged"]["directory_writes"].values()),
        0,
    ),
    _ratio(
        "P4", "delta of 1 %, in first imports", "delta_changed", "first_import", 0.05
    ),
    Goal(
        "P4 quiet",
        "quiet delta after start, ms",
        lambda one: sum(one["delta_quiet"]["stages"].values()) * 1000,
        150,
    ),
    Goal(
        "P4 requests",
        "requests of a quiet delta",
        lambda one: float(one["delta_quiet"]["requests"]),
        1,
    ),
    Goal(
        "P5 speed",
        "last tenth, in first tenths",
        lambda one: evenness(one["first_import"]["tenths"]),
        0.9,
        is_least=True,
    ),
    _ratio("P7", "undo, in first imports", "undo", "first_import", 1.5),
    _read("P8 explain", "explain one person, ms", "explain_ms", 50),
    _read("P8 stored", "stored counts, ms", "stored_ms", 50),
    _read("P8 who", "a page of whom a mapping matches, ms", "who_ms", 50),
    _read("P8 recount", "recount after an edit, s", "recount_seconds", 5),
)
MOST_MEMORY = 50
SIGN_IN = (
    ("P11", "our own time of 95 in 100 sign-ins, ms", "own_p95_ms", 120, False),
    ("P11 rate", "sign-ins a second on one core", "per_second", 59, True),
    ("P11 keys", "requests for keys while warm", "requests_for_keys", 0, False),
)
"""The rate is the pace at which they come, so its end is a breath later."""


def memory(peaks: Mapping[int, float]) -> dict[str, Any]:
    """Return how much more memory the largest tenant takes than the smallest, in MB."""
    smallest, largest = min(peaks), max(peaks)
    what = f"peak memory, {smallest:,} to {largest:,} people, MB"
    return _judged(what, peaks[largest] - peaks[smallest], MOST_MEMORY)


def sign_in(found: Measures) -> dict[str, dict[str, Any]]:
    """Return the goals of signing in with Microsoft."""
    return {
        name: _judged(what, float(found[key]), bound, is_least=is_least)
        for name, what, key, bound, is_least in SIGN_IN
    }


def quiet_round(found: Measures) -> dict[str, dict[str, Any]]:
    """Return the goals of a quiet round over many tenants, by one worker and two."""
    one, two = found["workers_1"], found["workers_2"]
    twice = two["runs"] - two["connections"]
    return {
        "P10": _judged("a quiet round, two workers, s", two["seconds"], 180),
        "P10 workers": _judged(
            "speed of two workers, in that of one",
            one["seconds"] / two["seconds"],
            1.4,
            is_least=True,
        ),
        "P10 fair": _judged(
            "longest wait, in fair shares", two["wait_most"] / (2 * two["wait_mean"]), 2
        ),
        "P10 twice": _judged("runs twice, or not ended well", twice + two["bad"], 0),
    }
