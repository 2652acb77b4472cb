"""The few words the directory stores as states. Free of Django."""

from __future__ import annotations

from enum import StrEnum


class EntraState(StrEnum):
    """What Entra last said of the person behind a record."""

    PRESENT = "present"
    DISABLED = "disabled"
    DELETED = "deleted"
    UNMATCHED = "unmatched"


class CustomKind(StrEnum):
    """What a custom field holds."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    BOOLEAN = "boolean"
    CHOICE = "choice"
