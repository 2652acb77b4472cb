"""Who comes into the user portal, and where everybody else is led."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.accounts.signing import PASSWORD, local_account, send_password
from tests.desk_agents import EVERYTHING, sign_in
from tests.door_rows import PORTAL
from tests.factories.accounts import AccountFactory
from tests.factories.directory import (
    EndUserFactory,
)
from tests.sso.at_portal import NAMES, enter, shown

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_limits")]


@pytest.mark.parametrize("name", NAMES)
def test_each_page_leads_to_the_others_and_out_but_not_to_the_agents(
    client: Client, name: str
) -> None:
    enter(client)
    page = shown(client, name)

    assert {reverse(one) for one in PORTAL} <= set(re.findall('href="([^"]+)"', page))
    assert f'method="post" action="{reverse("account_logout")}"' in page
    assert page.count('aria-current="page"') == 1
    assert 'data-signed-in="user" data-object-id=""' in page
    for there in ("/people/", "/runs/", "/configuration/", "/admin/", 'href="/"'):
        assert there not in page


@pytest.mark.parametrize("name", NAMES)
def test_nobody_is_led_to_the_users_door(client: Client, name: str) -> None:
    path = reverse(name)

    for answer in (client.get(path), client.post(path)):
        assert answer.headers["Location"] == f"/auth/login?portal=user&next={path}"


@pytest.mark.parametrize("name", NAMES)
def test_an_agents_session_is_led_there_too_though_they_are_a_user(
    client: Client, name: str
) -> None:
    agent = sign_in(client, *EVERYTHING)
    EndUserFactory.create(account=agent.account)
    path = reverse(name)
    answer = client.get(f"{path}?a=b")

    assert answer.headers["Location"] == f"/auth/login?portal=user&next={path}%3Fa%3Db"
    assert client.post(path).status_code == 405


def test_an_agent_changes_over_by_a_new_sign_in(client: Client) -> None:
    account = local_account()
    EndUserFactory.create(account=account, name="Ada")
    send_password(client, account.username)
    asked = client.get("/portal/devices/").headers["Location"]
    assert client.get(asked).status_code == 200

    answer = send_password(client, account.username, query=asked[len("/auth/login") :])

    assert answer.headers["Location"] == "/portal/devices/"
    assert "Ada" in shown(client, "portal:devices")
    assert client.get("/").status_code == 403


def test_a_user_who_asked_for_nothing_comes_to_the_portal(client: Client) -> None:
    user = EndUserFactory.create(account=AccountFactory.create(password=PASSWORD))
    assert user.account
    answer = send_password(client, user.account.username, query="?portal=user")

    assert answer.headers["Location"] == "/portal/"
    assert client.get("/auth/login?portal=user").headers["Location"] == "/portal/"


def test_a_user_at_an_agents_page_is_led_back_to_the_portal(client: Client) -> None:
    user = enter(client, entra_tenant_id=uuid.uuid4(), entra_object_id=uuid.uuid4())
    answer = client.get("/people/users/")
    page = answer.content.decode()

    assert answer.status_code == 403
    assert "This page is for agents" in page
    assert 'href="/portal/"' in page
    assert f'data-signed-in="user" data-object-id="{user.entra_object_id}"' in page


def test_signing_out_ends_where_one_comes_in_again(client: Client) -> None:
    enter(client)
    answer = client.post(reverse("account_logout"), follow=True)
    page = answer.content.decode()

    assert answer.redirect_chain == [("/auth/signed-out?portal=user", 302)]
    assert 'href="/auth/login?portal=user"' in page
    assert "data-signed-in" not in page
    assert client.get("/portal/").status_code == 302


@pytest.mark.parametrize("who", ["account", "user", "site", "organisation"])
def test_the_deactivated_are_out_at_the_next_request(client: Client, who: str) -> None:
    user = enter(client)
    shown(client, "portal:details")
    record: Any = {
        "account": user.account,
        "user": user,
        "site": user.site,
        "organisation": user.site.organisation,
    }[who]
    record.is_active = False
    record.save()

    for name in NAMES:
        answer = client.get(reverse(name))
        assert answer.headers["Location"].startswith("/auth/login?portal=user&next=")


def test_pages_are_only_read_and_kept_by_no_browser(client: Client) -> None:
    enter(client)
    for name in NAMES:
        path = reverse(name)
        assert client.head(path).status_code == 200
        for send in (client.post, client.put, client.delete, client.patch):
            assert send(path).status_code == 405
        assert "no-store" in client.get(path).headers["Cache-Control"]
