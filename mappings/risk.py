"""How far a group may be trusted with what a mapping gives. Free of Django.

Whoever may enter a group holds what it gives: a public group that anyone can join
makes nobody an agent, and a rule that admits people is shown before it admits
administrators.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from common.types import Json

DISTRIBUTION: Final = "distribution"
MICROSOFT_365: Final = "microsoft_365"


class Gives(StrEnum):
    """What a mapping on the group gives its members."""

    SITE = "site"
    AGENT = "agent"
    """`*Agent*`, an agent role, or a seat on a board."""
    ADMINISTRATOR = "administrator"
    """A role that may administer the desk."""


class Level(StrEnum):
    """What to do about a group."""

    FINE = "fine"
    WARN = "warn"
    CONFIRM = "confirm"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Risk:
    """What a group's risk demands, and the sentence that says why."""

    level: Level
    sentence: str = ""


def rate(group: Mapping[str, Json], *, gives: Gives) -> Risk:
    """Return the risk of giving this to the group's members.

    `group` holds kind, dynamic, membership_rule and visibility, as the mirror does.
    """
    if group.get("kind") == DISTRIBUTION:
        return Risk(
            Level.REFUSE,
            "A distribution list cannot select people: use a security group.",
        )
    if gives is Gives.SITE:
        return Risk(Level.FINE)
    if _is_open(group):
        return Risk(
            Level.REFUSE,
            "Anyone in the tenant can join this public group, and would become an "
            "agent or gain a role: make the group private, or use a security group.",
        )
    if group.get("dynamic"):
        return _of_rule(group, gives)
    return Risk(Level.FINE)


def _is_open(group: Mapping[str, Json]) -> bool:
    """Return whether people can join by themselves: only Microsoft 365 groups let."""
    is_public = str(group.get("visibility") or "").casefold() == "public"
    return is_public and group.get("kind") == MICROSOFT_365 and not group.get("dynamic")


def _of_rule(group: Mapping[str, Json], gives: Gives) -> Risk:
    rule = group.get("membership_rule") or "unknown"
    if gives is Gives.ADMINISTRATOR:
        return Risk(
            Level.CONFIRM,
            f"A rule decides who is in this group, and would make administrators: "
            f"{rule}. Confirm that only administrators of the tenant can meet it.",
        )
    return Risk(Level.WARN, f"A rule decides who is in this group: {rule}")
