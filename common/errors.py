"""The root of our errors.

An AppError is expected trouble: its text is one sentence in the administrator's
words that says what went wrong and what to do. Anything else that is raised is a
bug and shows its traceback in the log.
"""

from __future__ import annotations


class AppError(Exception):
    """Expected trouble, told in the administrator's words."""


class InvalidInput(AppError):
    """What was given cannot be used: names the field, line or key."""


class NotFound(AppError):
    """The thing asked for does not exist here."""
