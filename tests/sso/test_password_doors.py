"""Every door that takes a password, where Microsoft is the only way in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from django.test import Client

from connections.models import Module
from connections.switch import ENTRA
from halo_entra.administrators import make_administrator, one_time_link
from sso.words import AllowedAudience
from tests.accounts.signing import PASSWORD, local_account, send_password
from tests.break_glass import redirecting
from tests.desk_agents import sign_in
from tests.factories.accounts import AccountFactory

if TYPE_CHECKING:
    from accounts.models import Account
    from sso.models import SsoConnection

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_limits")]
NEW = {
    "new_password1": "a-lark-sings-at-noon",
    "new_password2": "a-lark-sings-at-noon",
}
CLOSED = "Passwords are not used here"


@pytest.fixture
def only_microsoft(db: None) -> SsoConnection:
    """A connection that leads agents and users straight to Microsoft."""
    Module.objects.update_or_create(slug=ENTRA, defaults={"enabled": True})
    return redirecting()


def link(account: Account) -> str:
    """Return the path of a one-time link to set the account's password."""
    return urlsplit(one_time_link(account)).path


@pytest.mark.rule("R049")
def test_a_one_time_link_sets_no_password(
    client: Client, only_microsoft: SsoConnection
) -> None:
    account = make_administrator("Anna@acme.example").account

    for answer in (client.get(link(account)), client.post(link(account), NEW)):
        assert answer.status_code == 403
        assert CLOSED in answer.content.decode()

    account.refresh_from_db()
    assert not account.has_usable_password()


@pytest.mark.parametrize("path", ["MQ/c0ffee-1234", "!!/x-y", "OTk5/x-y"])
def test_a_made_up_link_tells_nothing_of_who_has_an_account(
    client: Client, only_microsoft: SsoConnection, path: str
) -> None:
    made_up = client.get(f"/auth/set-password/{path}")
    real = client.get(link(local_account()))

    assert made_up.status_code == real.status_code == 403
    assert _plain(made_up.content) == _plain(real.content)


def test_a_break_glass_account_may_still_set_one(
    client: Client, only_microsoft: SsoConnection
) -> None:
    account = local_account()
    account.may_sign_in_locally = True
    account.save()

    assert client.get(link(account)).status_code == 200
    assert client.post(link(account), NEW).status_code == 302

    account.refresh_from_db()
    assert account.check_password(NEW["new_password1"])


@pytest.mark.rule("R049")
def test_nobody_changes_a_password_that_is_not_used(
    client: Client, only_microsoft: SsoConnection
) -> None:
    account = sign_in(client).account
    assert account

    for answer in (
        client.get("/auth/password"),
        client.post("/auth/password", {"old_password": PASSWORD, **NEW}),
    ):
        assert answer.status_code == 403
        assert CLOSED in answer.content.decode()

    account.refresh_from_db()
    assert account.check_password(PASSWORD)


def test_a_break_glass_account_changes_its_own(
    client: Client, only_microsoft: SsoConnection
) -> None:
    account = sign_in(client).account
    assert account
    account.may_sign_in_locally = True
    account.save()

    answer = client.post("/auth/password", {"old_password": PASSWORD, **NEW})

    assert answer.status_code == 302
    account.refresh_from_db()
    assert account.check_password(NEW["new_password1"])


@pytest.mark.rule("R049")
@pytest.mark.parametrize("door", ["", "?portal=user"], ids=["agents", "users"])
def test_the_right_password_is_refused(
    client: Client, only_microsoft: SsoConnection, door: str
) -> None:
    answer = send_password(client, local_account().username, query=door)

    assert answer.status_code == 403
    assert CLOSED in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_only_the_doors_of_the_connection_are_closed(
    client: Client, only_microsoft: SsoConnection
) -> None:
    only_microsoft.allow = AllowedAudience.USERS
    only_microsoft.save()
    account = local_account()

    assert send_password(client, account.username, query="?portal=user").status_code
    assert "_auth_user_id" not in client.session
    send_password(client, account.username)
    assert "_auth_user_id" in client.session


def test_break_glass_answers_alike_whoever_it_refuses(
    only_microsoft: SsoConnection,
) -> None:
    unflagged, flagged = local_account(), local_account()
    flagged.may_sign_in_locally = True
    flagged.save()
    tried = [
        (unflagged.username, PASSWORD),
        (unflagged.username, "wrong"),
        (flagged.username, "wrong"),
        (AccountFactory.create().username, PASSWORD),
        ("nobody@acme.example", PASSWORD),
    ]

    pages = set()
    for name, password in tried:
        client = Client()
        answer = send_password(client, name, password, at="local")
        pages.add(_plain(answer.content).replace(name, "NAME"))
        assert answer.status_code == 200
        assert "_auth_user_id" not in client.session

    assert len(pages) == 1
    client = Client()
    assert send_password(client, flagged.username, at="local").status_code == 302
    assert "_auth_user_id" in client.session


@pytest.mark.parametrize("path", ["/admin/login/", "/admin/login/?next=/admin/"])
def test_the_back_office_has_no_sign_in_of_its_own(
    client: Client, only_microsoft: SsoConnection, path: str
) -> None:
    account = local_account()
    account.is_superuser = True
    account.save()
    sent = {"username": account.username, "password": PASSWORD}

    for answer in (client.get(path), client.post(path, sent)):
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/auth/login?next=")

    assert "_auth_user_id" not in client.session
    assert client.get("/admin/").headers["Location"] == "/auth/login?next=/admin/"


@pytest.mark.parametrize(
    "path",
    ["/auth/password/reset", "/auth/signup", "/auth/code", "/admin/password_change/"],
)
def test_other_ways_to_a_password_are_not_there(
    client: Client, only_microsoft: SsoConnection, path: str
) -> None:
    for answer in (client.get(path), client.post(path, NEW)):
        assert answer.status_code in {302, 404}
        assert answer.headers.get("Location", "/auth/login?").startswith("/auth/login?")


def _plain(page: bytes) -> str:
    """Return a page without what differs each time."""
    return re.sub(
        r'(csrf|CSRF)\S+"? value="[^"]+"|Token": "\w+"|nonce="[^"]+"', "", page.decode()
    )
