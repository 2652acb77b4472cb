from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

from halo_entra import keyring

if TYPE_CHECKING:
    from pathlib import Path


def test_keys_are_made_once_and_kept(tmp_path: Path) -> None:
    folder = tmp_path / "var"

    assert keyring.secret_key(folder) == keyring.secret_key(folder)
    assert keyring.encryption_key(folder) == keyring.encryption_key(folder)
    assert keyring.checked(keyring.encryption_key(folder))


def test_kept_keys_are_for_their_owner_only(tmp_path: Path) -> None:
    keyring.secret_key(tmp_path)
    keyring.encryption_key(tmp_path)

    assert {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()} == {0o600}


def test_every_key_of_the_list_is_read() -> None:
    keys = [Fernet.generate_key().decode() for _ in range(2)]

    assert keyring.checked(f" {keys[0]} , {keys[1]},") == keys


def test_a_wrong_key_is_named_by_its_place_and_not_shown() -> None:
    good = Fernet.generate_key().decode()

    with pytest.raises(ImproperlyConfigured, match="key 2 is not") as caught:
        keyring.checked(f"{good},canary")

    assert "canary" not in str(caught.value)
    assert good not in str(caught.value)


def test_an_empty_list_of_keys_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match="FIELD_ENCRYPTION_KEYS must name"):
        keyring.checked(" , ")
