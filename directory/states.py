"""The few words the directory stores as states. Free of Django."""

from __future__ import annotations

from enum import StrEnum


class EntraState(StrEnum):
    """What Entra last said of the person behind a record."""

    PRESENT = "present"
    DISABLED = "disabled"
    DELETED = "deleted"
    UNMATCHED = "unmatched"


class LicenceState(StrEnum):
    """How a subscription stands, as Microsoft says, or that it is no longer there."""

    ENABLED = "enabled"
    WARNING = "warning"
    """It has run out, and its seats may still be used for a while."""
    SUSPENDED = "suspended"
    DELETED = "deleted"
    LOCKED_OUT = "locked_out"
    UNKNOWN = "unknown"
    GONE = "gone"
    """The tenant does not list it any more."""


USABLE = frozenset({LicenceState.ENABLED, LicenceState.WARNING})
"""In these states people may use what they have."""


class CustomKind(StrEnum):
    """What a custom field holds."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    BOOLEAN = "boolean"
    CHOICE = "choice"
