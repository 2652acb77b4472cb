"""Keys rotate without a secret getting lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.apps import apps
from django.core.management import call_command

from common import encryption
from connections.models import Credential
from halo_entra.rotation import ENCRYPTED
from tests.accounts.signing import code, local_account, recovery_code, with_app
from tests.factories.connections import (
    AppRegistrationFactory,
    CredentialFactory,
    TenantConnectionFactory,
)

if TYPE_CHECKING:
    from pytest_django import Settings

pytestmark = pytest.mark.django_db


def credential(value: str) -> Credential:
    """Return a saved credential that holds the value."""
    row = CredentialFactory.build(registration=AppRegistrationFactory.create())
    row.keep(value)
    row.save()
    return row


def test_secrets_are_readable_with_the_new_key_alone(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    row = credential("kept")
    connection = TenantConnectionFactory.create()
    connection.token_cache = encryption.encrypt("tokens", place=connection.token_place)
    connection.save()
    new = Fernet.generate_key().decode()
    settings.FIELD_ENCRYPTION_KEYS = [new, *settings.FIELD_ENCRYPTION_KEYS]
    call_command("rotate_encryption_keys")
    settings.FIELD_ENCRYPTION_KEYS = [new]
    row.refresh_from_db()
    connection.refresh_from_db()

    assert row.reveal() == "kept"
    place = connection.token_place
    assert encryption.decrypt(connection.token_cache, place=place) == "tokens"
    assert capsys.readouterr().out.startswith("2 stored secrets")


def test_second_factors_still_work_after_a_rotation(settings: Settings) -> None:
    account = with_app(local_account())
    once = recovery_code(account)
    new = Fernet.generate_key().decode()
    settings.FIELD_ENCRYPTION_KEYS = [new, *settings.FIELD_ENCRYPTION_KEYS]
    call_command("rotate_encryption_keys")
    settings.FIELD_ENCRYPTION_KEYS = [new]

    factors = {row.type: row.wrap() for row in Authenticator.objects.all()}
    assert factors["totp"].validate_code(code())
    assert factors["recovery_codes"].validate_code(once)


def test_a_secret_that_no_key_opens_stops_the_rotation(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [credential("one"), credential("two")]
    Credential.objects.filter(pk=rows[1].pk).update(value="lost")
    before = Credential.objects.get(pk=rows[0].pk).value

    with pytest.raises(SystemExit) as left:
        call_command("rotate_encryption_keys")
    assert left.value.code == 1
    assert "cannot be read with the keys" in capsys.readouterr().err
    assert Credential.objects.get(pk=rows[0].pk).value == before


def test_every_table_with_bound_secrets_is_rotated() -> None:
    bound = {
        model
        for model in apps.get_models()
        if any(field.name == "binding" for field in model._meta.local_fields)
    }

    assert bound == {model for model, _ in ENCRYPTED}
