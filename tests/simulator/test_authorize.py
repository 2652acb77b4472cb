"""People at the sign-in page: who, consent, the way back, the tokens they bring."""

from __future__ import annotations

import ssl
from typing import Any

import jwt
import pytest

from simulator.contract import TenantInfo
from simulator.process import Simulator
from tests.simulator.browser import Browser, returned
from tests.simulator.graph_caller import session
from tests.simulator.signing_in import BACK, add, address, signed_in


def test_the_page_offers_people_and_finds_them(
    simulator: Simulator, tenant: TenantInfo, browser: Browser, person: str
) -> None:
    other = add(simulator, tenant, "bob")
    page = browser.open(address(simulator, tenant)).text
    found = browser.open(address(simulator, tenant, who="BO")).text
    assert person in page
    assert other in page
    assert other in found
    assert person not in found


def test_a_code_brings_tokens_of_the_person(
    simulator: Simulator, tenant: TenantInfo, person: str
) -> None:
    tokens = signed_in(simulator, tenant, person)
    claims = jwt.decode(tokens["id_token"], options={"verify_signature": False})
    assert tokens["scope"] == "openid profile User.Read.All Group.Read.All"
    assert claims["iss"] == f"{simulator.origin}/{tenant.tenant_id}/v2.0"
    assert (claims["aud"], claims["tid"]) == (tenant.application_id, tenant.tenant_id)
    assert claims["oid"] == person.partition("/")[2]
    assert (claims["nonce"], claims["acct"], claims["ver"]) == ("n", 0, "2.0")


def test_the_token_opens_graph_for_the_person(
    simulator: Simulator, tenant: TenantInfo, person: str
) -> None:
    simulator.admin.set_application(
        tenant.tenant_id, tenant.application_id, scopes=["User.Read.All"]
    )
    token = signed_in(simulator, tenant, person)["access_token"]
    graph = session(simulator)
    graph.headers["Authorization"] = f"Bearer {token}"
    assert graph.get(f"{simulator.origin}/v1.0/users").status_code == 200
    assert graph.get(f"{simulator.origin}/v1.0/groups").status_code == 403


def test_a_guest_is_marked(simulator: Simulator, tenant: TenantInfo) -> None:
    guest = add(simulator, tenant, "eve", userType="Guest", mail="eve@home.example")
    tokens = signed_in(simulator, tenant, guest)
    claims = jwt.decode(tokens["id_token"], options={"verify_signature": False})
    assert claims["acct"] == 1
    assert claims["idp"] != claims["iss"]


@pytest.mark.parametrize("mode", ["query", "form_post"])
def test_the_answer_comes_in_the_mode_asked_for_with_the_state_as_it_was(
    simulator: Simulator, tenant: TenantInfo, browser: Browser, person: str, mode: str
) -> None:
    back = browser.sign_in(address(simulator, tenant, response_mode=mode), person)
    assert back.method == {"query": "GET", "form_post": "POST"}[mode]
    assert back.address == BACK
    assert back.parameters["state"] == "s t&ate"
    assert back.parameters["code"]


def test_who_is_signed_in_is_not_asked_again_unless_the_application_wants_it(
    simulator: Simulator, tenant: TenantInfo, browser: Browser, person: str
) -> None:
    browser.sign_in(address(simulator, tenant), person)
    again = browser.open(address(simulator, tenant))
    picking = browser.open(address(simulator, tenant, prompt="select_account"))
    hinted = browser.open(address(simulator, tenant, login_hint="bob@acme.example"))
    assert returned(again).parameters["code"]
    assert "Pick an account" in picking.text
    assert "Pick an account" in hinted.text


def test_silent_sign_in_without_anybody_comes_back_as_an_error(
    simulator: Simulator, tenant: TenantInfo, browser: Browser
) -> None:
    answer = browser.open(address(simulator, tenant, prompt="none"))
    assert returned(answer).parameters["error"] == "login_required"


def test_declining_comes_back_as_access_denied_and_gives_nothing(
    simulator: Simulator, tenant: TenantInfo, browser: Browser, person: str
) -> None:
    back = browser.sign_in(address(simulator, tenant), person, consent="decline")
    assert back.parameters["error"] == "access_denied"
    assert "AADSTS65004" in back.parameters["error_description"]
    assert (
        "Permissions requested"
        in browser.press(address(simulator, tenant), person=person).text
    )


def test_only_administrators_consent_where_they_are_named(
    simulator: Simulator, tenant: TenantInfo, browser: Browser, person: str
) -> None:
    simulator.admin.settings(tenant.tenant_id, administrators=[])
    page = browser.press(address(simulator, tenant), person=person)
    accepted = browser.press(
        address(simulator, tenant), person=person, consent="accept"
    )
    assert "AADSTS90094" in page.text
    assert "AADSTS90094" in accepted.text


@pytest.mark.parametrize(
    ("changes", "number"),
    [
        ({"redirect_uri": "https://elsewhere.example/"}, 50011),
        ({"client_id": "00000000-0000-4000-8000-000000000000"}, 700016),
        ({"scope": ""}, 900144),
    ],
    ids=["address", "application", "scope"],
)
def test_some_failures_never_come_back(
    simulator: Simulator,
    tenant: TenantInfo,
    browser: Browser,
    changes: dict[str, str],
    number: int,
) -> None:
    simulator.admin.set_application(
        tenant.tenant_id, tenant.application_id, redirect_uris=[BACK]
    )
    answer = browser.open(address(simulator, tenant, **changes))
    assert answer.status_code == 400
    assert f"AADSTS{number}" in answer.text


def test_the_disabled_cannot_sign_in(
    simulator: Simulator, tenant: TenantInfo, browser: Browser
) -> None:
    person = add(simulator, tenant, "gone", accountEnabled=False)
    page = browser.press(address(simulator, tenant), person=person)
    assert "AADSTS50057" in page.text


@pytest.mark.parametrize(
    ("forgery", "flaw"),
    [
        ({"claims": {"tid": "other"}}, "tid"),
        ({"claims": {"nonce": None}}, "nonce"),
        ({"header": {"alg": "none"}}, "alg"),
        ({"foreign_key": True}, "signature"),
    ],
    ids=["claim", "no claim", "header", "key"],
)
def test_id_tokens_are_forged_to_order(
    simulator: Simulator, tenant: TenantInfo, person: str, forgery: Any, flaw: str
) -> None:
    right = signed_in(simulator, tenant, person)["id_token"]
    simulator.admin.settings(tenant.tenant_id, forge=forgery)
    wrong = signed_in(simulator, tenant, person)["id_token"]
    seen = [
        jwt.decode_complete(token, options={"verify_signature": False})
        for token in (right, wrong)
    ]
    keys = jwt.PyJWKClient(
        f"{simulator.origin}/{tenant.tenant_id}/discovery/v2.0/keys",
        ssl_context=_trusting(simulator),
    )
    if flaw == "signature":
        with pytest.raises(jwt.InvalidSignatureError):
            jwt.decode(
                wrong,
                keys.get_signing_key_from_jwt(wrong).key,
                algorithms=["RS256"],
                audience=tenant.application_id,
            )
    else:
        part = "header" if flaw == "alg" else "payload"
        assert seen[0][part][flaw] != seen[1][part].get(flaw)


def test_keys_rotate(simulator: Simulator, tenant: TenantInfo) -> None:
    url = f"{simulator.origin}/{tenant.tenant_id}/discovery/v2.0/keys"
    before = [key["kid"] for key in session(simulator).get(url).json()["keys"]]
    simulator.admin.rotate_keys()
    after = [key["kid"] for key in session(simulator).get(url).json()["keys"]]
    assert after[1:] == before[:1]
    assert after[0] not in before


def _trusting(simulator: Simulator) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=simulator.ca)
