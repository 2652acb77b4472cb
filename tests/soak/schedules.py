"""Seeded random schedules: who leaves, what goes wrong where, how often and when."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Any

from tests.imports.leaving import EMPTY, NOBODY

WALKS = ("people", "people", "members", "groups", "batch", "organisation", "token")
PROOFS = ("look-ups", "the deleted", "confirmations")
PATHS = {
    "people": "/v1.0/users([?]|/delta)",
    "members": "/members|/groups/delta",
    "groups": "/groups/[^/]*[?]",
    "batch": r"\$batch",
    "organisation": "/organization",
    "token": "oauth2",
    "look-ups": r"/v1.0/users/[0-9a-f-]{36}[?]",
    "the deleted": "/deletedItems/",
    "confirmations": "/checkMemberGroups",
}
"""Where a request may go wrong, as a rule's regular expression."""
PASSING: dict[str, dict[str, Any]] = {
    "429 with Retry-After": {"retry_after": 900},
    "429 without Retry-After": {"status": 429},
    "429 with limits told": {"throttle": True, "retry_after": 900},
    "503": {"status": 503},
    "a gateway's page": {"status": 502, "html": True},
    "drop": {"drop": True},
    "truncate": {"truncate": True},
    "401": {"status": 401},
}
"""What Graph gets over; each may also last."""
WRONG: dict[str, dict[str, Any]] = {
    "no list": {"malformed": "value_not_list"},
    "no id": {"malformed": "id_missing"},
    "wrong type": {"malformed": "wrong_type"},
    "broken JSON": {"malformed": "broken_json"},
    "empty page": {"empty": True},
    "nothing": EMPTY,
    "loop": {"loop": True},
    "another host": {"foreign": True},
    "html": {"status": 200, "html": True},
    "403": {"status": 403},
    "404": {"status": 404},
    "nobody": {"status": 404, "body": NOBODY},
}
"""Answers that no waiting puts right."""
REFUSED = {"status": 401, "body": {"error": "invalid_client"}}
"""How a token is refused."""


class Turn(StrEnum):
    """What is wrong with the tenant itself, not with the wire."""

    NO_GROUPS = "no permission for groups"
    NO_PEOPLE = "no permission for people"
    HIDDEN = "hidden members"
    UNREADABLE = "an unreadable group"
    EMPTIED = "a group that reads as empty"
    SHORT = "a list that leaves people out"


MILD = [Turn.SHORT, Turn.SHORT, Turn.HIDDEN, Turn.UNREADABLE, Turn.EMPTIED]
"""Those that a run gets over: most of all what only a look-up can tell from leavers."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong on the wire."""

    name: str
    rule: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Schedule:
    """All that is random about one case; the same for the same seed."""

    seed: int
    leavers: int
    faults: tuple[Fault, ...]
    turns: tuple[Turn, ...]
    by_delta: bool
    page_size: int
    runs: int
    """How many runs meet the faults."""
    is_approved: bool
    """Whether somebody approves a plan that waits while things still go wrong."""

    def __str__(self) -> str:
        names = "; ".join([*(one.name for one in self.faults), *self.turns])
        kind = "delta" if self.by_delta else "full"
        return f"{kind}, {self.leavers} leavers; {names}"


def draw(seed: int) -> Schedule:
    """Return the schedule of a seed: half of them are mild, and runs end well."""
    random = Random(seed)
    is_mild = random.random() < 0.5
    number = random.choice((0, 1, 1, 2, 3))
    turns = random.choice((0, 1, 1, 2)) if number else 1
    drawn = random.choices(MILD if is_mild else list(Turn), k=turns)
    return Schedule(
        seed=seed,
        leavers=random.choice((5, 6, 7, 8, 30)),
        faults=tuple(_fault(random, is_mild=is_mild) for _ in range(number)),
        turns=tuple(dict.fromkeys(drawn)),
        by_delta=random.random() < 0.3,
        page_size=random.choice((400, 999)),
        runs=random.choice((1, 1, 2)),
        is_approved=random.random() < 0.5,
    )


def _fault(random: Random, *, is_mild: bool) -> Fault:
    """Return a fault; a mild one passes, or spoils only what would be a proof."""
    place = random.choice(WALKS if random.random() < 0.7 else PROOFS)
    must_pass = is_mild and place in WALKS
    often: tuple[int, ...] = (1,)
    if must_pass or random.random() < 0.65:
        how = random.choice(list(PASSING))
        rule, often = PASSING[how], (1, 1, 2, 3)
    elif place == "token":
        how, rule = "refused", REFUSED
    else:
        how = random.choice(list(WRONG))
        rule = WRONG[how]
    times = random.choice(often if must_pass else (*often, None))
    when = {"skip": random.choice((0, 0, 1, 2)), "times": times}
    told = f"{how} at {place}, " + ("always" if times is None else f"{times} x")
    return Fault(told, {"path": PATHS[place], **when, **rule})
