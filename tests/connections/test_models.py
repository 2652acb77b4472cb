from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import ProtectedError
from django.utils import timezone

from common.encryption import CannotDecrypt
from connections.models import Credential
from tests.factories.connections import (
    CredentialFactory,
    ModuleFactory,
    TenantConnectionFactory,
)

pytestmark = pytest.mark.django_db


@pytest.mark.rule("R036")
def test_a_secret_is_stored_encrypted_and_comes_back() -> None:
    credential = CredentialFactory.build()
    credential.keep("client-secret")

    assert "client-secret" not in credential.value
    assert credential.reveal() == "client-secret"


def test_a_secret_copied_to_another_row_cannot_be_read() -> None:
    credential, other = CredentialFactory.build(), CredentialFactory.build()
    credential.keep("client-secret")
    other.value = credential.value

    with pytest.raises(CannotDecrypt, match="moved here from another row"):
        other.reveal()


def test_the_text_of_a_credential_holds_no_secret() -> None:
    credential = CredentialFactory.build()
    credential.keep("client-secret")

    assert "client-secret" not in str(credential)
    assert credential.value not in str(credential)


def test_credentials_are_tried_in_their_order() -> None:
    second = CredentialFactory.create(position=1)
    first = CredentialFactory.create(registration=second.registration, position=0)

    assert list(Credential.objects.all()) == [first, second]


def test_a_module_is_off_until_it_is_enabled() -> None:
    assert not ModuleFactory.create().enabled


def test_a_connection_is_authorised_from_the_moment_it_was() -> None:
    now = timezone.now()
    connection = TenantConnectionFactory.build(authorised_at=now)

    assert connection.is_authorised(now)
    assert not connection.is_authorised(now - timedelta(seconds=1))
    assert not TenantConnectionFactory.build(authorised_at=None).is_authorised(now)


def test_a_registration_in_use_is_not_deleted() -> None:
    connection = TenantConnectionFactory.create()

    with pytest.raises(ProtectedError):
        connection.registration.delete()
