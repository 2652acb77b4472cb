"""What a tenant puts between a person and a token: second factor, blocks, failures."""

from __future__ import annotations

import json
from typing import Any

import pytest

from simulator.contract import TenantInfo
from simulator.process import Simulator
from tests.simulator.browser import Browser
from tests.simulator.graph_caller import ask_token
from tests.simulator.signing_in import add, address, redeem, signed_in


def rule(simulator: Simulator, tenant: TenantInfo, who: str, **how: Any) -> None:
    """Set how signing in goes for somebody of the tenant, or for everybody."""
    object_id = who.rpartition("/")[2]
    how_by_who: Any = {object_id: how}
    simulator.admin.settings(tenant.tenant_id, sign_in=how_by_who)


def test_a_second_factor_is_asked_for_once_in_a_browser(
    simulator: Simulator, tenant: TenantInfo, browser: Browser, person: str
) -> None:
    rule(simulator, tenant, "*", mfa="ask")
    asked = address(simulator, tenant)
    pages = [
        browser.press(asked, person=person).text,
        browser.press(asked, person=person, code="12").text,
        browser.press(asked, person=person, code="123456").text,
    ]
    assert "Enter code" in pages[0]
    assert "expected verification code" in pages[1]
    assert "Permissions requested" in pages[2]
    back = browser.sign_in(asked, person, code="")
    assert "id_token" in redeem(simulator, tenant, back.parameters["code"])


def test_silent_sign_in_cannot_ask_for_a_second_factor(
    simulator: Simulator, tenant: TenantInfo, browser: Browser, person: str
) -> None:
    browser.sign_in(address(simulator, tenant), person)
    rule(simulator, tenant, person, mfa="ask")
    back = browser.come_back(address(simulator, tenant, prompt="none"))
    assert back.parameters["error"] == "interaction_required"
    assert back.parameters["error_description"].startswith("AADSTS50076: ")


def test_the_token_endpoint_wants_a_second_factor_until_its_claims_are_passed_on(
    simulator: Simulator, tenant: TenantInfo, browser: Browser, person: str
) -> None:
    rule(simulator, tenant, person, mfa="deny")
    code = browser.sign_in(address(simulator, tenant), person).parameters["code"]
    refused = redeem(simulator, tenant, code)
    assert (refused["error"], refused["error_codes"]) == ("invalid_grant", [50076])
    assert refused["suberror"] == "basic_action"
    assert "capolids" in json.loads(refused["claims"])["access_token"]
    again = address(simulator, tenant, claims=refused["claims"])
    code = browser.sign_in(again, person).parameters["code"]
    assert "id_token" in redeem(simulator, tenant, code)


def test_a_later_rule_stops_the_refresh_token(
    simulator: Simulator, tenant: TenantInfo, person: str
) -> None:
    token = signed_in(simulator, tenant, person)["refresh_token"]
    rule(simulator, tenant, person, mfa="deny")
    answer = ask_token(
        simulator, tenant, grant_type="refresh_token", refresh_token=token
    )
    assert answer.status_code == 400
    assert answer.json()["error_codes"] == [50076]


def test_conditional_access_blocks_at_the_page(
    simulator: Simulator, tenant: TenantInfo, browser: Browser, person: str
) -> None:
    rule(simulator, tenant, "*", conditional_access="page")
    page = browser.press(address(simulator, tenant), person=person)
    assert page.status_code == 400
    assert "AADSTS53003" in page.text


def test_conditional_access_blocks_at_the_token_endpoint(
    simulator: Simulator, tenant: TenantInfo, browser: Browser, person: str
) -> None:
    rule(simulator, tenant, "*", conditional_access="token")
    code = browser.sign_in(address(simulator, tenant), person).parameters["code"]
    refused = redeem(simulator, tenant, code)
    assert (refused["error"], refused["error_codes"]) == ("invalid_grant", [53003])


def test_who_is_not_assigned_sees_a_page_or_comes_back_when_silent(
    simulator: Simulator, tenant: TenantInfo, browser: Browser, person: str
) -> None:
    browser.sign_in(address(simulator, tenant), person)
    rule(simulator, tenant, person, unassigned=True)
    page = browser.open(address(simulator, tenant))
    silent = browser.come_back(address(simulator, tenant, prompt="none"))
    assert "AADSTS50105" in page.text
    assert silent.parameters["error"] == "interaction_required"


def test_what_somebodys_own_rule_says_goes_before_everybodys(
    simulator: Simulator, tenant: TenantInfo, browser: Browser, person: str
) -> None:
    other = add(simulator, tenant, "bob")
    how: Any = {
        "*": {"conditional_access": "page"},
        person.rpartition("/")[2]: {"conditional_access": None},
    }
    simulator.admin.settings(tenant.tenant_id, sign_in=how)
    asked = address(simulator, tenant)
    assert browser.sign_in(asked, person).parameters["code"]
    assert "AADSTS53003" in browser.press(asked, person=other).text


@pytest.mark.parametrize("is_deleted", [True, False], ids=["deleted", "disabled"])
def test_who_left_before_the_code_was_redeemed_has_no_token(
    simulator: Simulator,
    tenant: TenantInfo,
    browser: Browser,
    person: str,
    is_deleted: bool,
) -> None:
    code = browser.sign_in(address(simulator, tenant), person).parameters["code"]
    object_id = person.rpartition("/")[2]
    if is_deleted:
        simulator.admin.delete_user(tenant.tenant_id, object_id)
    else:
        simulator.admin.put_user(tenant.tenant_id, object_id, accountEnabled=False)
    assert redeem(simulator, tenant, code)["error_codes"] == [50057]


def test_cancelling_comes_back_as_access_denied(
    simulator: Simulator, tenant: TenantInfo, browser: Browser, person: str
) -> None:
    page = browser.open(address(simulator, tenant))
    back = browser.cancel(address(simulator, tenant, response_mode="form_post"))
    assert person in page.text
    assert ">Cancel</button>" in page.text
    assert (back.address, back.mode) == ("https://desk.example/azure/auth", "form_post")
    assert back.parameters["error"] == "access_denied"
    assert back.parameters["state"] == "s t&ate"
    assert "AADSTS65004" in back.parameters["error_description"]


@pytest.mark.parametrize(
    ("error", "number"),
    [
        ("consent_required", 65001),
        ("interaction_required", 50079),
        ("temporarily_unavailable", 90033),
        ("server_error", 90006),
    ],
)
@pytest.mark.parametrize("mode", ["query", "fragment", "form_post"])
def test_any_error_is_sent_back_to_order(
    simulator: Simulator,
    tenant: TenantInfo,
    browser: Browser,
    error: str,
    number: int,
    mode: str,
) -> None:
    failure: Any = {"error": error, "number": number, "message": "No."}
    simulator.admin.settings(tenant.tenant_id, authorize_error=failure)
    back = browser.come_back(address(simulator, tenant, response_mode=mode))
    assert back.mode == mode
    assert back.parameters == {
        "error": error,
        "error_description": f"AADSTS{number}: No.",
        "error_uri": f"{simulator.origin}/error?code={number}",
        "state": "s t&ate",
    }
