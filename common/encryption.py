"""Encrypted model fields.

A value is encrypted with Fernet under the first key of `FIELD_ENCRYPTION_KEYS`;
every key decrypts, so keys rotate without a gap. The ciphertext is bound to its
table, column and row: copied elsewhere, it does not decrypt.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from common.errors import AppError

if TYPE_CHECKING:
    from collections.abc import Sequence

SEPARATOR = "\x1f"


class CannotDecrypt(AppError):
    """No configured key opens the value, or it was copied from another row."""


@lru_cache(maxsize=8)
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def _configured() -> MultiFernet:
    keys: Sequence[str] = settings.FIELD_ENCRYPTION_KEYS
    return _fernet(tuple(keys))


def encrypt(value: str, *, place: str) -> str:
    """Return the ciphertext of `value`, bound to `place` ("table.column.row")."""
    return _configured().encrypt(f"{place}{SEPARATOR}{value}".encode()).decode()


def decrypt(ciphertext: str, *, place: str) -> str:
    """Return the value that `encrypt` was given for the same place.

    Raises CannotDecrypt if no key opens it or it belongs to another place.
    """
    try:
        text = _configured().decrypt(ciphertext.encode()).decode()
    except InvalidToken as exc:
        raise CannotDecrypt(
            "A stored secret cannot be read with the keys in FIELD_ENCRYPTION_KEYS. "
            "Put the key it was written with back in the list, or enter the secret "
            "again."
        ) from exc
    found, _, value = text.partition(SEPARATOR)
    if found != place:
        raise CannotDecrypt(
            f"A stored secret was moved here from another row ({place}). "
            "Enter the secret again."
        )
    return value


def rotate(ciphertext: str) -> str:
    """Return the same value under the first key; raises CannotDecrypt."""
    try:
        return _configured().rotate(ciphertext.encode()).decode()
    except InvalidToken as exc:
        raise CannotDecrypt(
            "A stored secret cannot be read with the keys in FIELD_ENCRYPTION_KEYS. "
            "Add the key it was written with to the end of the list and repeat."
        ) from exc
