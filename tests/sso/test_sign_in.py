"""Signing in with Microsoft: each door, the way there and what is left behind."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from accounts.models import Account
from sso.models import SignInEvent
from sso.words import AllowedAudience
from tests.sso import signing

if TYPE_CHECKING:
    from tests.sso.signing import Visit

pytestmark = pytest.mark.django_db


@pytest.mark.rule("R054")
def test_an_agent_comes_in_at_the_door_of_agents(visit: Visit) -> None:
    person = visit.add("ada")
    agent = signing.agent(person, name="Ada", email="ada@desk.example")

    answer = visit.come_in(person)

    assert answer.status_code == 302
    assert answer.headers["Location"] == "/"
    page = visit.client.get("/auth/security").content.decode()
    assert f'data-signed-in="agent" data-object-id="{agent.entra_object_id}"' in page
    account = Account.objects.get()
    assert account.username == person.replace("/", ".")
    agent.refresh_from_db()
    assert agent.account == account
    event = SignInEvent.objects.get()
    assert (event.reason, event.audience, event.account) == ("", "agent", account)
    assert event.address == "127.0.0.1"


@pytest.mark.rule("R057")
def test_one_person_is_an_agent_here_and_a_user_there(visit: Visit) -> None:
    person = visit.add("ada")
    signing.agent(person)
    signing.user(person)

    visit.come_in(person)
    answer = visit.come_in(person, portal="user")

    assert answer.headers["Location"] == "/portal/"
    assert Account.objects.count() == 1
    page = visit.client.get("/portal/").content.decode()
    assert 'data-signed-in="user"' in page
    assert visit.client.get("/runs/").status_code != 200


@pytest.mark.rule("R058")
def test_the_request_carries_state_nonce_and_pkce(visit: Visit) -> None:
    asked = parse_qs(urlsplit(visit.start().headers["Location"]).query)

    assert asked["code_challenge_method"] == ["S256"]
    assert asked["response_mode"] == ["form_post"]
    assert set(asked["scope"][0].split()) == {"openid", "profile", "email"}
    assert len(asked["state"][0]) > 32
    assert asked["nonce"][0]
    assert asked["redirect_uri"] == [f"http://localhost:8000{signing.ANSWER}"]


@pytest.mark.rule("R028", "R029")
@pytest.mark.parametrize(
    ("query", "settings_", "uri"),
    [
        ({}, {}, "http://desk.example/auth"),
        ({"portal": "user"}, {}, "https://portal.example/auth"),
        (
            {"portal": "user"},
            {"AUTH_BASE_URL": "https://a.example/o"},
            "https://a.example/o",
        ),
    ],
    ids=["agents", "portal", "on a server of its own"],
)
def test_each_door_names_its_own_redirect_uri(
    visit: Visit, settings: Any, query: dict[str, str], settings_: Any, uri: str
) -> None:
    settings.AGENT_BASE_URL = "http://desk.example"
    settings.PORTAL_BASE_URL = "https://portal.example/portal"
    for name, value in settings_.items():
        setattr(settings, name, value)

    asked = parse_qs(urlsplit(visit.start(**query).headers["Location"]).query)

    assert asked["redirect_uri"] == [f"{uri}/account/azureresponse"]


def test_an_answer_at_another_host_is_taken_to_the_door_that_asked(
    visit: Visit, settings: Any
) -> None:
    settings.ALLOWED_HOSTS = ["portal.example", "auth.example", "testserver"]
    settings.PORTAL_BASE_URL = "https://portal.example/portal"
    settings.AUTH_BASE_URL = "https://auth.example/auth"
    person = visit.add("ada")
    signing.user(person)
    back = visit.back(person, portal="user")

    posted = Client().post(
        signing.ANSWER, back.parameters, headers={"host": "auth.example"}
    )
    home = f"https://portal.example{signing.ANSWER}?answer="
    assert posted.status_code == 303
    assert posted.headers["Location"].startswith(home)
    query = posted.headers["Location"].partition("?")[2]
    answer = visit.client.get(f"{signing.ANSWER}?{query}")

    assert answer.headers["Location"] == "/portal/"


def test_an_answer_by_get_comes_in_too(visit: Visit, settings: Any) -> None:
    settings.AGENT_BASE_URL = "http://testserver"
    person = visit.add("ada")
    signing.agent(person)
    back = visit.back(person)

    answer = visit.client.get(signing.ANSWER, back.parameters)

    assert answer.headers["Location"] == "/"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize(
    ("asked", "led"),
    [
        ("/runs/?page=2", "/runs/?page=2"),
        ("https://elsewhere.example/x", "/"),
        ("//elsewhere.example/x", "/"),
        ("/\\elsewhere.example", "/"),
        ("javascript:alert(1)", "/"),
        ("http://testserver/runs/", "/runs/"),
    ],
)
def test_only_pages_of_ours_are_gone_to(visit: Visit, asked: str, led: str) -> None:
    person = visit.add("ada")
    signing.agent(person)

    answer = visit.come_in(person, next=asked)

    assert answer.headers["Location"] == led


@pytest.mark.rule("R047", "R053")
def test_the_sign_in_page_has_a_link_for_each_connection_of_the_door(
    visit: Visit,
) -> None:
    signing.visit(
        visit.simulator, visit.tenant, name="Agents", allow=AllowedAudience.AGENTS
    )
    signing.visit(visit.simulator, visit.tenant, name="Hidden", published=False)

    agents = visit.client.get("/auth/login?next=/runs/").content.decode()
    users = visit.client.get("/auth/login?portal=user").content.decode()

    name = visit.connection.name
    assert re.findall(r'data-sso="([^"]*)"', agents) == ["Agents", name]
    assert re.findall(r'data-sso="([^"]*)"', users) == [name]
    assert f"/auth/account/azure/{visit.connection.slug}?next=%2Fruns%2F" in agents
    assert f"/auth/account/azure/{visit.connection.slug}?portal=user" in users


@pytest.mark.rule("R048", "R049")
def test_automatic_redirect_leads_straight_to_microsoft(visit: Visit) -> None:
    visit.connection.auto_redirect = True
    visit.connection.allow = AllowedAudience.AGENTS
    visit.connection.save()

    answer = visit.client.get("/auth/login?next=/runs/")
    posted = visit.client.post("/auth/login", {"login": "a@b.example", "password": "x"})
    users = visit.client.get("/auth/login?portal=user")

    assert answer.headers["Location"].startswith(visit.simulator.origin)
    assert posted.status_code == 403
    assert "Passwords are not used here" in posted.content.decode()
    assert 'type="password"' in users.content.decode()


@pytest.mark.rule("R053")
def test_two_connections_are_chosen_from_though_one_redirects(visit: Visit) -> None:
    visit.connection.auto_redirect = True
    visit.connection.save()
    signing.visit(visit.simulator, visit.tenant, name="Second")

    page = visit.client.get("/auth/login").content.decode()

    assert len(re.findall("data-sso=", page)) == 2
    assert 'type="password"' not in page


@pytest.mark.rule("R058")
def test_signing_out_lands_on_a_page_that_does_not_bounce(visit: Visit) -> None:
    visit.connection.auto_redirect = True
    visit.connection.save()
    person = visit.add("ada")
    signing.agent(person)
    visit.come_in(person)

    answer = visit.client.post("/auth/logout")
    page = visit.client.get(answer.headers["Location"])
    text = page.content.decode()

    assert not signing.is_in(visit.client)
    assert page.status_code == 200
    (microsoft,) = re.findall(r'data-sign-out="microsoft" href="([^"]+)"', text)
    host = f"{visit.simulator.origin}/{visit.tenant.tenant_id}/"
    assert microsoft.startswith(f"{host}oauth2/v2.0/logout?")
