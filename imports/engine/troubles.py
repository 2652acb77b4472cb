"""What is wrong with a connection: since when, why, and the one link that mends it.

Facts in, alerts out. Who is told of them, and how often, stands in `notices`.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from imports.engine.facts import Alert, Link
from imports.words import Cause, Trouble

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from imports.engine.facts import (
        Desk,
        Expiry,
        Facts,
        Failing,
        Review,
        Stuck,
        Waiting,
    )

SILENT = timedelta(minutes=5)
"""A tick a minute: after so long without one, no worker lives."""
THRESHOLDS = (1, 7, 14, 30, 60)
"""Days before a secret expires, at each of which somebody is told."""
LISTED = 5
"""How many groups or runs a sentence names one by one."""


def alerts(desk: Desk, connections: Iterable[Facts], now: datetime) -> Sequence[Alert]:
    """Return what is wrong now, the gravest first."""
    found = [*_of_desk(desk, now)]
    for facts in connections:
        found.extend(_of_connection(facts, now))
    rank = {trouble: place for place, trouble in enumerate(Trouble)}
    return sorted(found, key=lambda one: (rank[one.trouble], one.since, one.name))


def moment(at: datetime) -> str:
    """Return a moment as sentences name it."""
    return f"{at.astimezone(UTC):%-d %b %Y, %H:%M} UTC"


def fingerprint(parts: Iterable[str]) -> str:
    """Return what tells one set of things from another."""
    return sha256("\n".join(sorted(set(parts))).encode()).hexdigest()[:16]


def _of_desk(desk: Desk, now: datetime) -> Iterator[Alert]:
    heard = desk.heard_at
    if (heard is None and not desk.is_used) or (heard and now - heard <= SILENT):
        return
    text = "No worker answers: nothing is imported, by schedule or by hand."
    if desk.runs:
        text = f"{text} Standing still: {_listed(desk.runs)}."
    yield Alert(
        Trouble.SILENT,
        heard or now,
        text,
        "Start the workers and beat on the server; what waits is then taken up.",
        Link("guide-page", "How to", ("troubleshooting",), "#workers"),
    )


def _of_connection(facts: Facts, now: datetime) -> Iterator[Alert]:
    cause = facts.failing.cause if facts.failing else None
    if facts.stuck:
        yield _stuck(facts, facts.stuck)
    if facts.failing:
        is_told = cause is Cause.AUTHORISATION and facts.lost_at is not None
        yield _failing(facts, facts.failing, is_quiet=facts.is_resting or is_told)
    if facts.lost_at:
        yield _lost(facts, facts.lost_at)
    if facts.waiting:
        yield _waiting(facts, facts.waiting)
    if facts.groups:
        yield _groups(facts, now)
    expires_on = last_expiry(facts.expiries)
    if expires_on is not None and (days := _left(expires_on, now)) <= THRESHOLDS[-1]:
        is_told = cause is Cause.SECRET_EXPIRED and not facts.is_resting
        yield _secret(facts, expires_on, days, is_quiet=is_told)
    if facts.review:
        yield _review(facts, facts.review)


def _stuck(facts: Facts, stuck: Stuck) -> Alert:
    silent = f"The worker of run {stuck.run} fell silent."
    alone = f"Run {stuck.run} waits, and no worker takes it."
    return Alert(
        Trouble.STUCK,
        stuck.since,
        silent if stuck.is_running else alone,
        "Another worker takes it over. Look whether workers run, and are enough.",
        _run(stuck.run),
        facts.connection,
        facts.name,
        run=stuck.run,
        is_quiet=facts.is_resting,
    )


def _lost(facts: Facts, lost_at: datetime) -> Alert:
    _, todo, label = MENDS[Cause.AUTHORISATION]
    return Alert(
        Trouble.AUTHORISATION_LOST,
        lost_at,
        "Microsoft no longer accepts the authorisation.",
        todo,
        Link("connections:details", label, (facts.connection,)),
        facts.connection,
        facts.name,
        mark=Cause.AUTHORISATION,
    )


def _waiting(facts: Facts, waiting: Waiting) -> Alert:
    return Alert(
        Trouble.WAITING,
        waiting.since,
        f"A plan waits for approval. {waiting.reason}".strip(),
        "Look at the plan, then approve or reject it.",
        Link("imports:run", "Look at the plan", (waiting.run,)),
        facts.connection,
        facts.name,
        mark=waiting.losses or str(waiting.run),
        run=waiting.run,
    )


def _groups(facts: Facts, now: datetime) -> Alert:
    return Alert(
        Trouble.GROUPS,
        now,
        f"Groups that mappings name cannot be judged: {_listed(facts.groups)}.",
        "Choose another group in the mapping, or restore this one in Entra. Until then "
        "its people stay as they are.",
        Link("mappings:mappings", "Open the mappings", (facts.connection,)),
        facts.connection,
        facts.name,
        mark=fingerprint(facts.groups),
    )


def _review(facts: Facts, review: Review) -> Alert:
    who = "person needs" if review.people == 1 else "people need"
    return Alert(
        Trouble.REVIEW,
        review.since,
        f"{review.people} {who} somebody to decide which record they are.",
        "Decide about them under Needs review.",
        Link("imports:review", "Decide", tail=f"?connection={facts.connection}"),
        facts.connection,
        facts.name,
    )


MENDS: dict[Cause, tuple[str, str, str]] = {
    Cause.SECRET_EXPIRED: (
        "The secret has expired.",
        "Make a new secret in Entra and enter it under Details.",
        "Enter a new secret",
    ),
    Cause.CREDENTIAL: (
        "Microsoft does not accept the secret or certificate.",
        "Enter a valid one under Details.",
        "Enter a new secret",
    ),
    Cause.AUTHORISATION: (
        "The authorisation is no longer valid.",
        "Press Authorize under Details.",
        "Authorise again",
    ),
    Cause.PERMISSION: (
        "The application lacks a permission.",
        "Grant it in Entra, then press Authorize under Details.",
        "Authorise again",
    ),
    Cause.CONFIGURATION: (
        "The connection's settings do not fit the tenant.",
        "Correct them under Details.",
        "Open the settings",
    ),
}
"""Causes that somebody mends under Details: what, what to do, the button."""
PASSES: dict[Cause | None, tuple[str, str]] = {
    Cause.THROTTLED: (
        "Microsoft is throttling us.",
        "There is nothing to mend.",
    ),
    Cause.UNREACHABLE: (
        "Microsoft cannot be reached.",
        "There is nothing to mend, unless this server's own network is down.",
    ),
    Cause.DATABASE: (
        "The desk's database was away, full or refused to work.",
        "See to the database.",
    ),
    Cause.REFUSED: ("Microsoft refused a request.", "The run's page has the request."),
    Cause.FAULT: ("A fault of the product.", "The run's page holds the traceback."),
    None: ("A run failed.", "The run's page says why."),
}
"""Causes that pass, or that only the run's page explains."""


def _failing(facts: Facts, failing: Failing, *, is_quiet: bool) -> Alert:
    retry = ""
    if failing.retry_at:
        retry = f" It is tried again by itself on {moment(failing.retry_at)}."
    if failing.cause in MENDS:
        what, todo, label = MENDS[failing.cause]
        link = Link("connections:details", label, (facts.connection,))
    else:
        what, todo = PASSES[failing.cause]
        link = _run(failing.run)
    count = "The last run" if failing.times == 1 else f"{failing.times} runs in a row"
    return Alert(
        Trouble.FAILING,
        failing.since,
        f"{what} {count} failed: {failing.reason or 'no reason was kept.'}",
        f"{todo}{retry}",
        link,
        facts.connection,
        facts.name,
        mark=failing.cause or "",
        run=failing.run,
        times=failing.times,
        is_quiet=is_quiet,
    )


def _secret(facts: Facts, expires_on: date, days: int, *, is_quiet: bool) -> Alert:
    passed = next(each for each in THRESHOLDS if days <= each)
    begun = expires_on - timedelta(days=0 if days <= 0 else passed)
    verb = "expired" if days <= 0 else "expires"
    return Alert(
        Trouble.SECRET,
        datetime.combine(begun, time(), UTC),
        f"The secret or certificate {verb} on {expires_on:%-d %b %Y}.",
        "Make a new secret in Entra and enter it under Details: both are tried, so "
        "that nothing stands still.",
        Link("connections:details", "Enter a new secret", (facts.connection,)),
        facts.connection,
        facts.name,
        mark=Cause.SECRET_EXPIRED if days <= 0 else str(passed),
        is_quiet=is_quiet,
    )


def last_expiry(expiries: Iterable[Expiry]) -> date | None:
    """Return when the last of several secrets expires; None: nobody knows.

    One without a date counts if it was set after the dated one that lasts longest:
    it has taken that one's place.
    """
    found = list(expiries)
    dated = [one for one in found if one.expires_on]
    if not dated:
        return None
    last = max(dated, key=lambda one: one.expires_on or date.min)
    is_replaced = any(
        one.expires_on is None and one.set_at > last.set_at for one in found
    )
    return None if is_replaced else last.expires_on


def _left(expires_on: date, now: datetime) -> int:
    return (expires_on - now.astimezone(UTC).date()).days


def _run(run: int | None) -> Link:
    if run is None:
        return Link("imports:runs", "Open the runs")
    return Link("imports:run", "Open the run", (run,))


def _listed(names: Sequence[str]) -> str:
    more = len(names) - LISTED
    return ", ".join(names[:LISTED]) + (f" and {more} more" if more > 0 else "")
