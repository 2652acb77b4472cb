"""What the mails about a connection's health say: plain text, no secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse

from imports import health
from imports.engine import troubles
from imports.words import Trouble

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imports.engine.facts import Alert
    from imports.models import Notice

LONGEST = 1000
"""Characters of one sentence that came from outside."""
TITLES = {
    Trouble.SILENT: "no worker answers",
    Trouble.STUCK: "a run stands still",
    Trouble.FAILING: "syncs fail",
    Trouble.AUTHORISATION_LOST: "the authorisation is lost",
    Trouble.WAITING: "a plan waits for approval",
    Trouble.GROUPS: "a group cannot be judged",
    Trouble.SECRET: "a secret expires",
    Trouble.REVIEW: "people need review",
}
OVER = {
    Trouble.SILENT: "workers answer again",
    Trouble.STUCK: "its runs go on again",
    Trouble.FAILING: "syncs succeed again",
    Trouble.AUTHORISATION_LOST: "it is authorised again",
    Trouble.WAITING: "no plan waits for approval any more",
    Trouble.GROUPS: "all groups that mappings name can be judged again",
}
"""How a trouble ended; of the others nobody is told."""
DESK = "The service desk"
"""What is named where no connection is."""
ENDING = "While it lasts, this comes at most once a day; when it is over, you are told."
WHOSE = (
    "You get this as an administrator, or because your address stands under Details, "
    "Tell of trouble."
)


def subject(texts: Sequence[str]) -> str:
    """Return the subject of a mail of one or several titles, always on one line."""
    if len(texts) == 1:
        return line(texts[0])[:200]
    return f"{len(texts)} notices of the service desk"


def title(alert: Alert) -> str:
    """Return what a mail about a trouble is called; of failures, by their cause."""
    told = f"{alert.name or DESK}: {TITLES[alert.trouble]}"
    if alert.trouble is Trouble.FAILING:
        told = f"{told}. {alert.text.partition('. ')[0]}."
    return told


def body(alert: Alert) -> str:
    """Return what is wrong, since when, why, and the one link that mends it."""
    return "\n".join(
        [
            f"Connection: {line(alert.name)}" if alert.name else DESK,
            f"Since: {troubles.moment(alert.since)}",
            f"Cause: {line(alert.text)}",
            f"What to do: {line(alert.todo)}",
            f"{alert.link.label}: {_absolute(health.address(alert.link))}",
        ]
    )


def over_title(notice: Notice) -> str:
    """Return what a mail about the end of a trouble is called."""
    who = notice.connection.name if notice.connection else DESK
    return f"{who}: {OVER[Trouble(notice.trouble)]}"


def over_body(notice: Notice) -> str:
    """Return what is over, and how long it lasted."""
    return "\n".join(
        [
            f"{line(over_title(notice))}.",
            f"It had lasted since {troubles.moment(notice.since)}.",
            f"Health: {_absolute(reverse('imports:health'))}",
        ]
    )


def whole(parts: Sequence[str], *, is_over: bool) -> str:
    """Return a mail of its parts, and why it came."""
    ends = [WHOSE] if is_over else [ENDING, WHOSE]
    return "\n\n".join([*parts, "\n".join(ends)]) + "\n"


def line(text: str) -> str:
    """Return a text on one line: names from outside must not write headers."""
    return " ".join(text.split())[:LONGEST]


def _absolute(path: str) -> str:
    return f"{settings.AGENT_BASE_URL}{path}"
