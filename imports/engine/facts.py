"""What is known of connections and of the installation, and what an alert says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from imports.words import Cause, Trouble


@dataclass(frozen=True, slots=True)
class Link:
    """An address of the product, and what a button to it says."""

    name: str
    label: str
    args: tuple[int | str, ...] = ()
    tail: str = ""
    """A query or an anchor."""


@dataclass(frozen=True, slots=True)
class Failing:
    """How many of the Integrator's runs have failed in a row, and the last of them."""

    times: int
    since: datetime
    run: int | None = None
    cause: Cause | None = None
    reason: str = ""
    retry_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A plan that waits for approval; `losses` tells one set of losses from another."""

    run: int
    since: datetime
    reason: str = ""
    losses: str = ""


@dataclass(frozen=True, slots=True)
class Stuck:
    """A run that nobody works on, though it waits or counts as running."""

    run: int
    since: datetime
    is_running: bool = False


@dataclass(frozen=True, slots=True)
class Expiry:
    """When a secret or certificate expires (None: nobody knows), and since when set."""

    expires_on: date | None
    set_at: datetime


@dataclass(frozen=True, slots=True)
class Review:
    """How many people need somebody's decision, and since when the first of them."""

    people: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one connection; `is_resting`: nothing runs by schedule."""

    connection: int
    name: str
    is_resting: bool = False
    failing: Failing | None = None
    lost_at: datetime | None = None
    waiting: Waiting | None = None
    expiries: tuple[Expiry, ...] = ()
    groups: tuple[str, ...] = ()
    """Groups that mappings name and that cannot be judged."""
    review: Review | None = None
    stuck: Stuck | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """What is known of the whole installation."""

    heard_at: datetime | None = None
    """When the tick was last heard of; None: never yet."""
    is_used: bool = False
    """Whether anything waits for workers: a schedule that is on, or a run."""
    runs: tuple[str, ...] = ()
    """The runs that stand still while no worker answers."""


@dataclass(frozen=True, slots=True)
class Alert:
    """One trouble of one connection; of the installation where `connection` is None."""

    trouble: Trouble
    since: datetime
    text: str
    todo: str
    link: Link
    connection: int | None = None
    name: str = ""
    mark: str = ""
    """Tells what it is about: another mark is news."""
    run: int | None = None
    times: int = 1
    is_quiet: bool = False
    """It lasts, but need not be told: another alert tells it, or nothing runs."""
