from __future__ import annotations

import pytest

from accounts.models import Account

pytestmark = pytest.mark.django_db


def test_an_account_without_a_password_cannot_sign_in_locally() -> None:
    account = Account.objects.create(username="anna@acme.example")

    assert not account.has_usable_password()
    assert not account.may_sign_in_locally


def test_a_password_is_stored_hashed() -> None:
    account = Account.objects.create(username="anna", password="correct horse")

    assert "correct horse" not in account.password
    assert account.check_password("correct horse")


def test_an_account_is_shown_by_its_address_or_else_by_its_name() -> None:
    assert str(Account(username="tid.oid", email="anna@acme.example")) == (
        "anna@acme.example"
    )
    assert str(Account(username="tid.oid")) == "tid.oid"
