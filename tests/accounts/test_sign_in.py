"""Signing in with a local account, by address and password."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client
from django.urls import NoReverseMatch, reverse

from accounts.audiences import BACKENDS
from accounts.sessions import SIGN_IN
from accounts.words import Audience
from tests.accounts.signing import PASSWORD, local_account, send_password
from tests.factories.accounts import AccountFactory
from tests.factories.directory import EndUserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_limits")]
WRONG = "The address or the password is not right."


def is_signed_in(client: Client) -> bool:
    """Return whether the session belongs to somebody."""
    return "_auth_user_id" in client.session


@pytest.mark.parametrize("spelling", ["{}", " {} ", "upper"])
def test_any_spelling_of_the_address_signs_in(client: Client, spelling: str) -> None:
    name = local_account().username
    typed = name.upper() if spelling == "upper" else spelling.format(name)

    response = send_password(client, typed)

    assert (response.status_code, response.headers["Location"]) == (302, "/")
    assert is_signed_in(client)


def test_a_session_says_what_opened_it_and_when(client: Client) -> None:
    send_password(client, local_account().username)

    assert client.session["_auth_user_backend"] == BACKENDS[Audience.AGENT]
    assert client.session[SIGN_IN]["by"] == "local"
    assert PASSWORD not in str(dict(client.session.items()))


def test_one_comes_back_to_the_page_that_asked(client: Client) -> None:
    asked = client.get("/?tab=two").headers["Location"]

    response = send_password(client, local_account().username, query=asked[11:])

    assert asked.startswith("/auth/login?")
    assert response.headers["Location"] == "/?tab=two"


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:x"],
)
def test_nobody_is_sent_to_another_host(client: Client, elsewhere: str) -> None:
    response = send_password(
        client, local_account().username, query=f"?next={elsewhere}"
    )

    assert (response.status_code, response.headers["Location"]) == (302, "/")


def test_every_wrong_name_or_password_is_answered_alike() -> None:
    known, without = local_account(), AccountFactory.create()
    EndUserFactory.create(account=AccountFactory.create(password="another-password"))

    pages = set()
    for name in (known.username, without.username, "nobody@acme.example", "\x00"):
        response = send_password(Client(), name, "wrong")
        text = response.content.decode().replace(name, "NAME")
        pages.add(re.sub(r'(csrf|CSRF)\S+"? value="[^"]+"|Token": "\w+"', "", text))
        assert (response.status_code, WRONG in text) == (200, "\x00" not in name)

    assert len(pages) == 2  # a NUL is refused at the field


@pytest.mark.parametrize("name", ["known", "nobody@acme.example"])
def test_a_password_is_hashed_once_for_every_name(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    known = local_account().username
    hashed: list[str] = []
    encode = MD5PasswordHasher.encode

    def counting(self: MD5PasswordHasher, password: str, salt: str) -> str:
        hashed.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counting)
    send_password(Client(), known if name == "known" else name, "wrong")

    assert len(hashed) == 1


def test_the_fifth_wrong_password_from_an_address_is_the_last() -> None:
    name = local_account().username
    for _ in range(5):
        assert send_password(Client(), name, "wrong").status_code == 200

    refused = send_password(Client(), name)

    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "300")
    assert 'data-denied="rate_limited"' in refused.content.decode()


def test_who_guesses_locks_nobody_else_out(client: Client) -> None:
    name = local_account().username
    for _ in range(6):
        send_password(Client(), name, "wrong", address="198.51.100.7")

    send_password(client, name, address="192.0.2.9")

    assert is_signed_in(client)


def test_one_address_may_not_try_many_names() -> None:
    answers = [
        send_password(Client(), f"{number}@acme.example", "wrong").status_code
        for number in range(12)
    ]

    assert answers == [200] * 10 + [429] * 2


@pytest.mark.parametrize("who", ["account", "agent"])
def test_the_deactivated_are_refused_though_the_password_is_right(
    client: Client, who: str
) -> None:
    account = local_account()
    record = account if who == "account" else account.agent
    record.is_active = False
    record.save()

    response = send_password(client, account.username)

    assert response.status_code == 403
    assert 'data-denied="inactive"' in response.content.decode()
    assert not is_signed_in(client)


def test_a_user_may_not_come_in_at_the_agents_door(client: Client) -> None:
    account = AccountFactory.create(password=PASSWORD)
    EndUserFactory.create(account=account)

    response = send_password(client, account.username)
    assert response.status_code == 403
    assert 'data-denied="not_imported"' in response.content.decode()

    send_password(client, account.username, query="?portal=user")
    assert client.session["_auth_user_backend"] == BACKENDS[Audience.USER]


@pytest.mark.rule("R039")
def test_break_glass_lets_in_only_its_own_accounts(client: Client) -> None:
    account = local_account()
    assert WRONG in send_password(client, account.username, at="local").content.decode()

    account.may_sign_in_locally = True
    account.save()
    send_password(client, account.username, at="local")

    assert is_signed_in(client)


def test_signing_out_takes_a_post_and_ends_at_a_page_that_asks_nobody(
    client: Client,
) -> None:
    send_password(client, local_account().username)
    assert client.get(reverse("account_logout")).status_code == 405

    response = client.post(reverse("account_logout"), follow=True)

    assert response.redirect_chain == [("/auth/signed-out", 302)]
    assert "You are signed out" in response.content.decode()
    assert not is_signed_in(client)


def test_a_form_without_its_token_changes_nothing_and_says_so() -> None:
    client = Client(enforce_csrf_checks=True)

    response = send_password(client, local_account().username)

    assert response.status_code == 403
    assert "Nothing was saved" in response.content.decode()
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    "name",
    [
        *("account_signup", "account_email", "account_confirm_email"),
        *("account_reset_password", "account_set_password", "account_inactive"),
        *("account_request_login_code", "account_confirm_login_code"),
        *("mfa_login_webauthn", "mfa_signup_webauthn", "mfa_trust"),
        *("socialaccount_signup", "socialaccount_connections"),
    ],
)
def test_what_is_not_part_of_the_product_has_no_address(name: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(name)
