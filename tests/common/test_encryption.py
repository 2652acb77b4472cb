from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from common import encryption
from common.encryption import CannotDecrypt

if TYPE_CHECKING:
    from pytest_django import Settings

HERE, ELSEWHERE = "table.column.1", "table.column.2"


@given(st.text())
def test_what_was_encrypted_comes_back(value: str) -> None:
    ciphertext = encryption.encrypt(value, place=HERE)

    assert encryption.decrypt(ciphertext, place=HERE) == value


def test_the_same_value_never_looks_the_same() -> None:
    first = encryption.encrypt("secret", place=HERE)

    assert "secret" not in first
    assert encryption.encrypt("secret", place=HERE) != first


def test_a_value_that_was_moved_is_refused() -> None:
    ciphertext = encryption.encrypt("canary", place=HERE)

    with pytest.raises(CannotDecrypt, match="moved here") as caught:
        encryption.decrypt(ciphertext, place=ELSEWHERE)

    assert "canary" not in str(caught.value)


def test_a_value_cannot_pretend_to_be_of_another_place() -> None:
    forged = f"{ELSEWHERE}{encryption.SEPARATOR}secret"
    ciphertext = encryption.encrypt(forged, place=HERE)

    with pytest.raises(CannotDecrypt):
        encryption.decrypt(ciphertext, place=ELSEWHERE)


def test_every_configured_key_decrypts_and_the_first_one_encrypts(
    settings: Settings,
) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.FIELD_ENCRYPTION_KEYS = [old]
    before = encryption.encrypt("secret", place=HERE)
    settings.FIELD_ENCRYPTION_KEYS = [new, old]
    after = encryption.encrypt("secret", place=HERE)

    assert encryption.decrypt(before, place=HERE) == "secret"
    settings.FIELD_ENCRYPTION_KEYS = [new]
    assert encryption.decrypt(after, place=HERE) == "secret"


def test_a_rotated_value_no_longer_needs_the_old_key(settings: Settings) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.FIELD_ENCRYPTION_KEYS = [old]
    ciphertext = encryption.encrypt("secret", place=HERE)
    settings.FIELD_ENCRYPTION_KEYS = [new, old]

    rotated = encryption.rotate(ciphertext)

    settings.FIELD_ENCRYPTION_KEYS = [new]
    assert encryption.decrypt(rotated, place=HERE) == "secret"


def test_a_lost_key_is_told_with_what_to_do(settings: Settings) -> None:
    ciphertext = encryption.encrypt("secret", place=HERE)
    settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]

    with pytest.raises(CannotDecrypt, match="back in the list"):
        encryption.decrypt(ciphertext, place=HERE)
    with pytest.raises(CannotDecrypt, match="to the end of the list"):
        encryption.rotate(ciphertext)


@pytest.mark.parametrize("rubbish", ["", "secret", "gAAAAA"])
def test_what_is_no_ciphertext_is_refused(rubbish: str) -> None:
    with pytest.raises(CannotDecrypt):
        encryption.decrypt(rubbish, place=HERE)
