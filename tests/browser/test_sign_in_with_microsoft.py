"""Signing in with Microsoft in a browser: each door, and how a session ends."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from common.rights import Permission
from directory.models import AgentRoleGrant, EndUser
from sso.words import AllowedAudience
from tests import bench
from tests.accounts.signing import PASSWORD, code
from tests.break_glass import break_glass_account
from tests.browser.demands import expect_at, expect_signed_in
from tests.browser.visit import Visitor
from tests.desk_agents import sign_in
from tests.factories.directory import AgentRoleFactory
from tests.sso import signing

if TYPE_CHECKING:
    from django.test import Client
    from playwright.sync_api import Browser, Page
    from pytest_django import Settings
    from pytest_django.live_server_helper import LiveServer

    from directory.models import Agent
    from simulator.contract import TenantInfo
    from simulator.process import Simulator
    from tests.sso.signing import Visit

pytestmark = pytest.mark.django_db(transaction=True)
LOOKS = pytest.mark.parametrize(
    ("dark", "narrow"), [(False, False), (True, True)], ids=["light", "dark narrow"]
)
REFUSED = "the server responded with a status of 403"
"""What Chromium says on the console of a page that refuses somebody."""


@pytest.fixture
def visit(entra: Simulator, tenant: TenantInfo, site: LiveServer) -> Visit:
    """A desk with one published connection, for agents and users."""
    return signing.visit(entra, tenant, name="Contoso", slug="contoso")


def agent(visit: Visit, name: str) -> str:
    """Make somebody who is an agent and may look; return their key at Microsoft."""
    person = visit.add(name)
    let_look(signing.agent(person))
    return person


def let_look(agent: Agent) -> None:
    """Let an agent see pages."""
    role = AgentRoleFactory.create(permissions=[Permission.VIEW.value])
    AgentRoleGrant.objects.create(agent=agent, role=role)


def pick(page: Page, name: str) -> None:
    """Choose who signs in, on Microsoft's page."""
    page.get_by_role("button", name=name).click()


def come_in(visitor: Visitor, name: str, address: str = "/auth/login") -> Page:
    """Sign in by the link on the sign-in page."""
    page = visitor.go(address)
    page.locator('a[data-sso="Contoso"]').click()
    pick(page, name)
    return page


def sign_out(page: Page) -> None:
    """Sign out by the menu of one's own."""
    page.locator("details.menu summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()


@pytest.mark.rule("R054")
@pytest.mark.parametrize(("follow", "led"), [("", "/"), ("?next=/runs/", "/runs/")])
def test_an_agent_signs_in_and_lands(
    visitor: Visitor, visit: Visit, follow: str, led: str
) -> None:
    agent(visit, "ada")

    page = come_in(visitor, "Ada", f"/auth/login{follow}")

    expect_at(page, led)
    expect_signed_in(page, "agent")


def test_a_deep_link_leads_there_after_signing_in(
    visitor: Visitor, visit: Visit
) -> None:
    agent(visit, "ada")

    page = come_in(visitor, "Ada", "/people/users/?q=norgaard")

    expect_at(page, "/people/users/?q=norgaard")
    expect_signed_in(page, "agent")


@pytest.mark.rule("R057")
def test_a_user_signs_in_at_the_portal(visitor: Visitor, visit: Visit) -> None:
    signing.user(visit.add("bob"))

    page = come_in(visitor, "Bob", "/auth/login?portal=user")

    expect_at(page, "/portal/")
    expect_signed_in(page, "user")


@pytest.mark.rule("R048")
def test_signing_out_does_not_bounce_though_the_door_leads_to_microsoft(
    visitor: Visitor, visit: Visit
) -> None:
    agent(visit, "ada")
    visit.connection.auto_redirect = True
    visit.connection.save()
    page = visitor.go("/runs/")
    expect(page).to_have_url(re.compile(re.escape(visit.simulator.origin)))
    pick(page, "Ada")
    expect_at(page, "/runs/")

    sign_out(page)

    assert "/auth/signed-out" in page.url
    page.reload()
    expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()
    page.get_by_role("link", name="Sign out of Microsoft too").click()
    expect_at(page, "/auth/signed-out")
    visitor.go("/auth/login")
    expect(page.get_by_role("button", name="Ada")).to_be_visible()


@pytest.mark.rule("R049")
def test_a_break_glass_account_comes_in_meanwhile(
    visitor: Visitor, visit: Visit
) -> None:
    account = break_glass_account()
    let_look(account.agent)
    visit.connection.auto_redirect = True
    visit.connection.save()
    page = visitor.go("/auth/local")

    page.get_by_label("address").fill(account.username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("Code").fill(code())
    page.get_by_role("button", name="Sign in", exact=True).click()

    expect_at(page, "/")
    expect_signed_in(page, "agent")


@pytest.mark.rule("R056")
def test_who_an_import_deactivates_loses_the_open_session(
    visitor: Visitor, entra: Simulator, tenant: TenantInfo
) -> None:
    desk = bench.connect(entra.admin, tenant)
    desk.map_site(10, "London")
    person = desk.person("bob")
    desk.run()
    signing.visit(entra, tenant, name="Contoso", slug="contoso")
    page = come_in(visitor, "Bob", "/auth/login?portal=user")
    expect_at(page, "/portal/")

    desk.change(person, accountEnabled=False)
    desk.run()
    assert not EndUser.objects.get().is_active
    page.get_by_role("link", name="My devices").click()

    expect_at(page, "/auth/login?portal=user&next=/portal/devices/")


def test_the_answer_comes_from_another_site_without_our_cookie(
    browser: Browser, visit: Visit, site: LiveServer, settings: Settings
) -> None:
    microsoft = visit.simulator.origin
    host = "localhost" if "127.0.0.1" in microsoft else "127.0.0.1"
    origin = site.url.replace("localhost", host)
    settings.AGENT_BASE_URL = origin
    settings.PORTAL_BASE_URL = f"{origin}/portal"
    agent(visit, "ada")
    posted: list[dict[str, str]] = []
    with Visitor(browser, origin) as visitor:
        visitor.page.on(
            "request",
            lambda one: (
                posted.append(one.all_headers())
                if one.method == "POST" and one.url.startswith(origin)
                else None
            ),
        )
        page = come_in(visitor, "Ada", "/auth/login?next=/runs/")

        expect_at(page, "/runs/")
        expect_signed_in(page, "agent")
    (answer,) = posted
    assert answer["sec-fetch-site"] == "cross-site"
    assert settings.SESSION_COOKIE_NAME not in answer.get("cookie", "")


def test_the_back_button_opens_no_second_session_and_ends_none(
    visitor: Visitor, visit: Visit
) -> None:
    agent(visit, "ada")
    page = come_in(visitor, "Ada")
    expect_at(page, "/")
    visitor.expected.append(REFUSED)

    page.go_back()
    page.wait_for_load_state()
    visitor.go("/runs/")

    expect_signed_in(page, "agent")
    assert set(signing.events()) <= {"", "unknown_state"}
    assert signing.events()[0] == ""


def test_two_tabs_sign_in_one_after_the_other(visitor: Visitor, visit: Visit) -> None:
    agent(visit, "ada")
    first, second = visitor.page, visitor.context.new_page()
    for page in (first, second):
        page.goto(f"{visitor.origin}/auth/login?next=/runs/")
        page.locator('a[data-sso="Contoso"]').click()

    for page in (first, second):
        pick(page, "Ada")
        expect_at(page, "/runs/")

    first.reload()
    expect_signed_in(first, "agent")
    assert signing.events() == ["", ""]


@LOOKS
def test_the_pages_in_front_of_the_door_have_no_barrier(
    visitor: Visitor, visit: Visit, *, dark: bool, narrow: bool
) -> None:
    signing.visit(
        visit.simulator,
        visit.tenant,
        name="Fabrikam and its many subsidiaries in the north of England",
        slug="second",
        allow=AllowedAudience.AGENTS,
    )
    visit.add("eve")
    agent(visit, "ada")
    visitor.look(dark=dark, narrow=narrow)
    found: list[str] = []

    def look(name: str) -> None:
        found.extend(f"{name}: {one}" for one in visitor.barriers())

    page = visitor.go("/auth/login")
    assert page.locator("a[data-sso]").count() == 2
    look("sign-in")
    visitor.expected.append(REFUSED)
    page.locator('a[data-sso="Contoso"]').click()
    pick(page, "Eve")
    expect(page.locator("[data-denied=not_imported]")).to_be_visible()
    look("refused")
    visitor.context.clear_cookies()
    come_in(visitor, "Ada")
    sign_out(page)
    expect(page.locator("[data-sign-out=microsoft]")).to_be_visible()
    look("signed-out")

    assert "\n".join(found) == ""


@LOOKS
def test_a_test_sign_in_shows_what_would_happen(
    visitor: Visitor, visit: Visit, client: Client, *, dark: bool, narrow: bool
) -> None:
    signing.user(visit.add("bob"))
    sign_in(client, Permission.VIEW, Permission.CONFIGURE)
    visitor.enter(client)
    visitor.look(dark=dark, narrow=narrow)
    page = visitor.go(reverse("connections:sso", args=[visit.connection.pk]))

    page.get_by_role("button", name="Test sign-in").click()
    pick(page, "Bob")

    expect(page.locator("[data-tested=ok]")).to_contain_text(
        f"bob@{visit.tenant.domain}"
    )
    expect(page.locator("[data-door=user]")).to_contain_text("let in")
    expect(page.locator("[data-door=agent]")).not_to_contain_text("let in")
    assert visitor.barriers() == []
    assert signing.events() == []
