"""Passwords: set by a one-time link, changed by their owner."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Account
from halo_entra.administrators import make_administrator, one_time_link
from tests.accounts.signing import PASSWORD, send_password
from tests.desk_agents import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_limits")]
NEW = "a-lark-sings-at-noon"


@pytest.fixture
def link() -> str:
    """The path of the link that `create_administrator` prints."""
    made = make_administrator("Anna@acme.example")
    return urlsplit(one_time_link(made.account)).path


def twice(password: str) -> dict[str, str]:
    """Return the filled form."""
    return {"new_password1": password, "new_password2": password}


def test_the_link_sets_a_password_and_leads_to_a_second_factor(
    client: Client, link: str
) -> None:
    page = client.get(link)
    assert "Anna@acme.example" in page.content.decode()

    response = client.post(link, twice(NEW))
    follow = urlsplit(response.headers["Location"])
    assert follow.path == reverse("account_login")
    signed_in = send_password(
        client, "anna@acme.example", NEW, query=f"?{follow.query}"
    )

    assert signed_in.headers["Location"] == reverse("mfa_index")
    assert "Set up a second factor" in client.get(reverse("mfa_index")).content.decode()


def test_the_link_works_once(client: Client, link: str) -> None:
    client.post(link, twice(NEW))

    assert client.get(link).status_code == 410
    assert client.post(link, twice("another-lark-sings")).status_code == 410
    assert Account.objects.get().check_password(NEW)


@pytest.mark.parametrize("path", ["MQ/c0ffee-1234", "!!/x-y", "OTk5/x-y", "4pyT/x-y"])
def test_a_made_up_link_opens_nothing(client: Client, path: str) -> None:
    response = client.get(f"/auth/set-password/{path}")

    assert response.status_code == 410
    assert "no longer valid" in response.content.decode()


def test_a_weak_password_is_refused_at_its_field(client: Client, link: str) -> None:
    response = client.post(link, twice("short"))

    assert response.status_code == 200
    assert "too short" in response.content.decode()
    assert not Account.objects.get().has_usable_password()


def test_setting_a_password_ends_whatever_session_the_browser_had(
    client: Client, link: str
) -> None:
    sign_in(client)

    client.post(link, twice(NEW))

    assert "_auth_user_id" not in client.session


def test_changing_the_password_ends_the_other_sessions(client: Client) -> None:
    account = sign_in(client).account
    assert account
    other = Client()
    other.force_login(account)

    response = client.post(
        reverse("change_password"), {"old_password": PASSWORD, **twice(NEW)}
    )

    assert response.headers["Location"] == reverse("mfa_index")
    assert client.get(reverse("mfa_index")).status_code == 200
    assert other.get(reverse("mfa_index")).status_code == 302


def test_the_password_so_far_must_be_right(client: Client) -> None:
    account = sign_in(client).account
    assert account

    response = client.post(
        reverse("change_password"), {"old_password": "wrong", **twice(NEW)}
    )

    assert "old password was entered incorrectly" in response.content.decode()
    account.refresh_from_db()
    assert account.check_password(PASSWORD)


def test_an_account_without_a_password_gets_none_by_itself(client: Client) -> None:
    account = sign_in(client).account
    assert account
    account.set_unusable_password()
    account.save()
    client.force_login(account)
    session = client.session
    session["account_authentication_methods_user"] = str(account.pk)
    session["account_authentication_methods"] = [{"method": "x", "at": 9e9}]
    session.save()

    response = client.post(reverse("change_password"), twice(NEW))

    assert response.status_code == 403
