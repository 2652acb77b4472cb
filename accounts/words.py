"""The words that other apps share with sign-in. Free of Django."""

from __future__ import annotations

from enum import StrEnum


class Audience(StrEnum):
    """Who a session belongs to, and so the door at which somebody comes in."""

    AGENT = "agent"
    USER = "user"
