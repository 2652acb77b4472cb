"""Second factors: asked for at sign-in, set up, used and removed by their owner."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from django.test import Client
from django.urls import reverse

from accounts.audiences import BACKENDS
from accounts.words import Audience
from tests.accounts.signing import (
    PASSWORD,
    SECRET,
    code,
    local_account,
    recovery_code,
    send_password,
    with_app,
)
from tests.desk_agents import sign_in
from tests.sso.at_portal import enter

if TYPE_CHECKING:
    from accounts.models import Account

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_limits")]


@pytest.fixture
def account() -> Account:
    """An account with a password and an authenticator app."""
    return with_app(local_account())


def set_up_app(client: Client) -> str:
    """Set up an authenticator app by the page; return its secret."""
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    found = re.search(r'id="totp_secret">(\w+)<', page)
    assert found
    response = client.post(reverse("mfa_activate_totp"), {"code": code(found[1])})
    assert response.headers["Location"] == reverse("mfa_view_recovery_codes")
    return found[1]


def test_the_password_alone_does_not_sign_in(client: Client, account: Account) -> None:
    response = send_password(client, account.username)

    assert response.headers["Location"] == reverse("mfa_authenticate")
    assert "_auth_user_id" not in client.session
    assert client.get("/").headers["Location"].startswith("/auth/login")


def test_a_code_of_the_app_completes_the_sign_in_at_its_door(
    client: Client, account: Account
) -> None:
    send_password(client, account.username, query="?next=/%3Ftab=two")
    wrong = client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert "Incorrect code" in wrong.content.decode()

    response = client.post(reverse("mfa_authenticate"), {"code": code()})

    assert response.headers["Location"] == "/?tab=two"
    assert client.session["_auth_user_backend"] == BACKENDS[Audience.AGENT]
    methods = [
        one["method"] for one in client.session["account_authentication_methods"]
    ]
    assert methods == ["password", "mfa"]


def test_a_code_works_once(client: Client, account: Account) -> None:
    now = code()
    for browser, works in ((client, True), (Client(), False)):
        send_password(browser, account.username)
        browser.post(reverse("mfa_authenticate"), {"code": now})
        assert ("_auth_user_id" in browser.session) is works


def test_a_recovery_code_works_once(client: Client, account: Account) -> None:
    once = recovery_code(account)
    for browser, works in ((client, True), (Client(), False)):
        send_password(browser, account.username)
        browser.post(reverse("mfa_authenticate"), {"code": once})
        assert ("_auth_user_id" in browser.session) is works


def test_codes_cannot_be_guessed_for_long(client: Client, account: Account) -> None:
    send_password(client, account.username)
    for _ in range(5):
        client.post(reverse("mfa_authenticate"), {"code": "000000"})

    response = client.post(reverse("mfa_authenticate"), {"code": code()})

    assert "Too many failed login attempts" in response.content.decode()


def test_an_app_is_set_up_and_its_secret_is_nowhere_in_clear(client: Client) -> None:
    account = sign_in(client).account
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    kept = client.session[SECRET_SESSION_KEY]
    assert kept not in page
    secret = set_up_app(client)

    rows = Authenticator.objects.filter(user=account)
    assert {row.type for row in rows} == {"totp", "recovery_codes"}
    assert secret not in str([row.data for row in rows])
    assert secret not in str(dict(client.session.items()))


def test_recovery_codes_are_shown_once(client: Client) -> None:
    sign_in(client)
    set_up_app(client)
    shown = re.compile(r"^\d{8}$", re.MULTILINE)

    first = client.get(reverse("mfa_view_recovery_codes")).content.decode()
    again = client.get(reverse("mfa_view_recovery_codes")).content.decode()

    assert len(shown.findall(first.replace('codes">', "\n"))) == 10
    assert not shown.findall(again.replace('codes">', "\n"))
    assert "10 of 10 are left" in again


def test_new_recovery_codes_end_the_old_ones(client: Client, account: Account) -> None:
    old = recovery_code(account)
    client.force_login(account)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.post(reverse("mfa_generate_recovery_codes"))

    other = Client()
    send_password(other, account.username)
    other.post(reverse("mfa_authenticate"), {"code": old})

    assert "_auth_user_id" not in other.session


def test_removing_the_app_takes_the_recovery_codes_along(client: Client) -> None:
    account = sign_in(client).account
    assert account
    with_app(account)

    client.post(reverse("mfa_deactivate_totp"))

    assert not Authenticator.objects.filter(user=account).exists()


@pytest.mark.parametrize(
    "name",
    [
        *("mfa_activate_totp", "mfa_deactivate_totp", "mfa_add_webauthn"),
        *("mfa_view_recovery_codes", "mfa_generate_recovery_codes"),
        "change_password",
    ],
)
def test_changing_how_one_signs_in_asks_again_who_it_is(
    client: Client, name: str
) -> None:
    account = sign_in(client, recently=False).account
    assert account
    with_app(account)

    for response in (client.get(reverse(name)), client.post(reverse(name), {"x": "y"})):
        assert response.status_code == 302
        assert response.headers["Location"].startswith(
            reverse("account_reauthenticate")
        )
    assert "account_reauthentication_state" not in client.session


@pytest.mark.parametrize("way", ["password", "code"])
def test_confirming_by_password_or_code_leads_back(client: Client, way: str) -> None:
    account = sign_in(client, recently=False).account
    assert account
    with_app(account)
    asked = client.get(reverse("change_password")).headers["Location"]
    name = "account_reauthenticate" if way == "password" else "mfa_reauthenticate"
    proof = PASSWORD if way == "password" else code()

    response = client.post(f"{reverse(name)}?{asked.partition('?')[2]}", {way: proof})

    assert response.headers["Location"] == reverse("change_password")
    assert client.get(reverse("change_password")).status_code == 200


def test_somebody_elses_passkey_is_not_there(client: Client) -> None:
    other = Authenticator.objects.create(
        user=local_account(), type="webauthn", data={"name": "key", "credential": {}}
    )
    sign_in(client)

    for name in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        assert client.get(reverse(name, args=[other.pk])).status_code == 404
        assert client.post(reverse(name, args=[other.pk])).status_code == 404


def test_every_page_of_ones_sign_in_is_ours(client: Client) -> None:
    account = sign_in(client).account
    assert account
    for name in ("mfa_index", "mfa_activate_totp", "mfa_add_webauthn"):
        assert 'class="shell"' in client.get(reverse(name)).content.decode()
    with_app(account)
    for name in ("mfa_index", "mfa_deactivate_totp", "mfa_generate_recovery_codes"):
        assert 'class="shell"' in client.get(reverse(name)).content.decode()


def test_in_a_users_session_they_are_the_portals(client: Client) -> None:
    user = enter(client, name="Ada")
    assert user.account
    user.account.set_password(PASSWORD)
    user.account.save()
    client.force_login(user.account, backend=BACKENDS[Audience.USER])
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    names = ["mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "change_password"]
    pages = {name: client.get(reverse(name)).content.decode() for name in names}
    with_app(user.account)
    names = ["mfa_deactivate_totp", "mfa_view_recovery_codes"]
    names += ["mfa_index", "mfa_generate_recovery_codes"]
    pages |= {name: client.get(reverse(name)).content.decode() for name in names}

    for name, page in pages.items():
        assert 'class="portal"' in page, name
        assert 'class="shell"' not in page, name
        assert "<h1></h1>" not in page, name
        assert f'href="{reverse("portal:details")}"' in page
        assert 'aria-label="Portal"' not in page


def test_the_secret_opens_with_the_keys_of_the_installation(account: Account) -> None:
    row = Authenticator.objects.get(user=account, type="totp")

    assert SECRET not in str(row.data)
    assert row.wrap().validate_code(code())
