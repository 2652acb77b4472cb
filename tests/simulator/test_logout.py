"""Signing out: the browser forgets, and goes back only where it may."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from simulator.contract import TenantInfo
from simulator.process import Simulator
from tests.simulator.browser import Browser
from tests.simulator.graph_caller import session
from tests.simulator.signing_in import BACK, address

LEFT = "https://desk.example/left"


def logout(simulator: Simulator, at: str, **asked: str) -> str:
    return f"{simulator.origin}/{at}/oauth2/v2.0/logout?{urlencode(asked)}"


@pytest.fixture
def signed_in(
    simulator: Simulator, tenant: TenantInfo, browser: Browser, person: str
) -> Browser:
    """A browser in which somebody is signed in."""
    simulator.admin.set_application(
        tenant.tenant_id, tenant.application_id, redirect_uris=[BACK, LEFT]
    )
    browser.sign_in(address(simulator, tenant), person)
    return browser


def is_forgotten(simulator: Simulator, tenant: TenantInfo, browser: Browser) -> bool:
    back = browser.come_back(address(simulator, tenant, prompt="none"))
    return back.parameters.get("error") == "login_required"


def test_the_document_names_the_endpoint(
    simulator: Simulator, tenant: TenantInfo
) -> None:
    url = f"{simulator.origin}/{tenant.tenant_id}/v2.0/.well-known/openid-configuration"
    document = session(simulator).get(url).json()
    named = f"{simulator.origin}/{tenant.tenant_id}/oauth2/v2.0/logout"
    assert document["end_session_endpoint"] == named


def test_it_ends_at_a_listed_address(
    simulator: Simulator, tenant: TenantInfo, signed_in: Browser
) -> None:
    assert not is_forgotten(simulator, tenant, signed_in)
    answer = signed_in.open(
        logout(simulator, tenant.tenant_id, post_logout_redirect_uri=LEFT, state="a b")
    )
    assert answer.status_code == 302
    assert answer.headers["location"] == f"{LEFT}?state=a+b"
    assert is_forgotten(simulator, tenant, signed_in)


@pytest.mark.parametrize("asked", [{}, {"post_logout_redirect_uri": "https://x.test/"}])
def test_it_ends_here_without_an_address_or_at_a_foreign_one(
    simulator: Simulator,
    tenant: TenantInfo,
    signed_in: Browser,
    asked: dict[str, str],
) -> None:
    answer = signed_in.open(logout(simulator, tenant.tenant_id, **asked))
    assert answer.status_code == 200
    assert "You signed out" in answer.text
    assert is_forgotten(simulator, tenant, signed_in)


def test_a_form_may_ask_for_it_too(
    simulator: Simulator, tenant: TenantInfo, signed_in: Browser
) -> None:
    answer = signed_in.press(
        logout(simulator, tenant.tenant_id), post_logout_redirect_uri=LEFT
    )
    assert answer.headers["location"] == LEFT


def test_at_the_shared_address_only_applications_of_several_tenants_count() -> None:
    there = "https://desk.example/shared"
    # On its own: another test's application of several tenants may list every address.
    with Simulator() as alone:
        tenant = alone.admin.create_tenant(name="Acme")
        alone.admin.set_application(
            tenant.tenant_id, tenant.application_id, redirect_uris=[BACK, there]
        )
        asked = logout(alone, "organizations", post_logout_redirect_uri=there)
        browser = Browser(alone)
        before = browser.open(asked).status_code
        alone.admin.set_application(
            tenant.tenant_id, tenant.application_id, multi_tenant=True
        )
        assert (before, browser.open(asked).status_code) == (200, 302)


def test_an_unknown_tenant_has_nothing_to_end(
    simulator: Simulator, browser: Browser
) -> None:
    answer = browser.open(logout(simulator, "nowhere.example"))
    assert answer.status_code == 400
    assert "AADSTS90002" in answer.text
