"""Typed readers of the environment. Settings use them; nothing else reads it.

A missing or odd value stops the start with the variable's name. Every secret may
come from a file instead: `X_FILE` names the file that holds `X`.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

if TYPE_CHECKING:
    from collections.abc import Collection

ASKED: set[str] = set()
"""Every variable that was asked for; a test compares it with `.env.example`."""

TRUE, FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off", ""}


def text(name: str, default: str | None = None) -> str:
    """Return the variable; without a default it must be set."""
    ASKED.add(name)
    value = os.environ.get(name, "").strip() or default
    if value is None:
        raise ImproperlyConfigured(f"{name} must be set: see .env.example.")
    return value


def secret(name: str, default: str | None = None) -> str:
    """Return the variable, or what the file named by `<name>_FILE` holds."""
    path = os.environ.get(f"{name}_FILE", "").strip()
    if not path:
        return text(name, default)
    ASKED.add(name)
    if os.environ.get(name, "").strip():
        raise ImproperlyConfigured(f"Set {name} or {name}_FILE, not both.")
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as exc:
        raise ImproperlyConfigured(
            f"{name}_FILE names a file that cannot be read: {path}."
        ) from exc


def named(name: str) -> str:
    """Return a variable that a configuration file names; empty if it is not set."""
    return os.environ.get(name, "").strip()


def flag(name: str, *, default: bool) -> bool:
    """Return the variable as a boolean: 1/0, true/false, yes/no, on/off."""
    value = text(name, "1" if default else "0").lower()
    if value not in TRUE | FALSE:
        raise ImproperlyConfigured(f"{name} must be 0 or 1, not {value!r}.")
    return value in TRUE


def number(name: str, default: int) -> int:
    """Return the variable as a whole number of zero or more."""
    value = text(name, str(default))
    if not value.isdecimal():
        raise ImproperlyConfigured(
            f"{name} must be a whole number of zero or more, not {value!r}."
        )
    return int(value)


def words(name: str, default: str) -> list[str]:
    """Return the comma-separated values, spaces and empty ones dropped."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def one_of(name: str, default: str, *, options: Collection[str]) -> str:
    """Return the variable in upper case; it must be one of the options."""
    value = text(name, default).upper()
    if value not in options:
        raise ImproperlyConfigured(
            f"{name} must be one of {', '.join(options)}, not {value!r}."
        )
    return value


def file(name: str) -> str:
    """Return the path of a file that can be read; empty if the variable is."""
    path = text(name, "")
    if path and not (Path(path).is_file() and os.access(path, os.R_OK)):
        raise ImproperlyConfigured(f"{name} names a file that cannot be read: {path}.")
    return path


def url(name: str, default: str, *, schemes: tuple[str, ...]) -> str:
    """Return the variable as a URL of one of the schemes, without a trailing slash."""
    return _checked(name, text(name, default).rstrip("/"), schemes)


def server(name: str, default: str, *, schemes: tuple[str, ...]) -> str:
    """Return the URL of a server, which may hold a password and so is a secret."""
    value = secret(name, default)
    return value if value == default else _checked(name, value, schemes)


def database(name: str, default: str) -> dict[str, Any]:
    """Return Django's database settings for a URL of PostgreSQL or SQLite."""
    schemes = ("postgres", "postgresql", "sqlite")
    value = secret(name, default)
    if value.partition("://")[0] not in schemes:
        raise ImproperlyConfigured(_url_wanted(name, schemes))
    try:
        return dict(
            dj_database_url.parse(value, conn_max_age=60, conn_health_checks=True)
        )
    except ValueError:
        # Not chained: the cause quotes the value, which holds a password.
        raise ImproperlyConfigured(_url_wanted(name, schemes)) from None


def _checked(name: str, value: str, schemes: tuple[str, ...]) -> str:
    """Return `value`, empty or a URL of one of the schemes; it is never quoted."""
    try:
        parts = urlsplit(value)
    except ValueError:
        raise ImproperlyConfigured(_url_wanted(name, schemes)) from None
    if value and not (parts.scheme in schemes and parts.netloc):
        raise ImproperlyConfigured(_url_wanted(name, schemes))
    return value


def _url_wanted(name: str, schemes: tuple[str, ...]) -> str:
    starts = " or ".join(f"{scheme}://" for scheme in schemes)
    return f"{name} must be a URL that starts with {starts}."


def mail(name: str) -> dict[str, str | int | bool]:
    """Return Django's mail settings for `smtp(s)://user:password@host:port`.

    Empty: mails are written to the console. `smtp+tls://` starts TLS.
    """
    value = secret(name, "")
    parts = urlsplit(value)
    if not value or parts.scheme == "console":
        return {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
    if parts.scheme not in {"smtp", "smtps", "smtp+tls"} or not parts.hostname:
        raise ImproperlyConfigured(
            f"{name} must look like smtp+tls://user:password@host:587, "
            "smtps://host:465 or smtp://host:25."
        )
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 25),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        # Seconds: without it, a server that does not answer holds a worker for ever.
        "EMAIL_TIMEOUT": 10,
    }
