"""Keys that the demo and a debugging installation make for themselves.

They are kept under the installation's own folder, readable by its owner only. A
real installation names its keys in the environment.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def secret_key(folder: Path) -> str:
    """Return Django's key kept under `folder`; make it if there is none."""
    return _kept(folder / "secret-key", get_random_secret_key)


def encryption_key(folder: Path) -> str:
    """Return the field encryption key kept under `folder`, made if missing."""
    return _kept(
        folder / "field-encryption-key", lambda: Fernet.generate_key().decode()
    )


def checked(value: str) -> list[str]:
    """Return the Fernet keys of a comma list; raises ImproperlyConfigured."""
    keys = [key.strip() for key in value.split(",") if key.strip()]
    for position, key in enumerate(keys, start=1):
        try:
            Fernet(key)
        except ValueError as exc:
            raise ImproperlyConfigured(
                f"FIELD_ENCRYPTION_KEYS: key {position} is not a Fernet key "
                "(32 bytes, url-safe base64)."
            ) from exc
    if not keys:
        raise ImproperlyConfigured("FIELD_ENCRYPTION_KEYS must name at least one key.")
    return keys


def _kept(path: Path, make: Callable[[], str]) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        # O_EXCL: of two processes that start at once, one makes the key.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="utf-8").strip()
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(make())
    return path.read_text(encoding="utf-8").strip()
