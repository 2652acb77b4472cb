"""People at the identity platform: sign-in page, consent, codes, refresh tokens."""

from __future__ import annotations

import base64
import hashlib
import ssl
from typing import Any
from urllib.parse import urlencode

import jwt
import pytest

from simulator.contract import TenantInfo
from simulator.process import Simulator
from tests.simulator.browser import Browser, returned
from tests.simulator.graph_caller import ask_token, session

BACK = "https://desk.example/azure/auth"
SCOPE = "https://graph.microsoft.com/.default openid profile offline_access"
VERIFIER = "v" * 64
CHALLENGE = (
    base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest())
    .rstrip(b"=")
    .decode()
)


@pytest.fixture
def person(simulator: Simulator, tenant: TenantInfo) -> str:
    """Somebody of the tenant, as the sign-in page names them."""
    return add(simulator, tenant, "ada")


def add(simulator: Simulator, tenant: TenantInfo, name: str, **properties: Any) -> str:
    card = simulator.admin.put_user(
        tenant.tenant_id,
        userPrincipalName=f"{name}@{tenant.domain}",
        displayName=name.title(),
        **{"accountEnabled": True, "userType": "Member", **properties},
    )
    return f"{tenant.tenant_id}/{card['id']}"


@pytest.fixture
def browser(simulator: Simulator) -> Browser:
    """A browser without cookies."""
    return Browser(simulator)


def address(simulator: Simulator, tenant: TenantInfo, **changes: str) -> str:
    asked = {
        "client_id": tenant.application_id,
        "response_type": "code",
        "redirect_uri": BACK,
        "scope": SCOPE,
        "state": "s t&ate",
        "nonce": "n",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        **changes,
    }
    path = f"{simulator.origin}/{tenant.tenant_id}/oauth2/v2.0/authorize"
    return f"{path}?{urlencode(asked)}"


def redeem(
    simulator: Simulator, tenant: TenantInfo, code: str, /, **changes: str
) -> dict[str, Any]:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": BACK,
        "code_verifier": VERIFIER,
        **changes,
    }
    answer: dict[str, Any] = ask_token(simulator, tenant, **form).json()
    return answer


def signed_in(simulator: Simulator, tenant: TenantInfo, person: str) -> dict[str, Any]:
    browser = Browser(simulator)
    back = browser.sign_in(address(simulator, tenant), person)
    return redeem(simulator, tenant, back.parameters["code"])


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
    ("changes", "number"),
    [
        ({"code_verifier": "w" * 64}, 501481),
        ({"redirect_uri": "https://elsewhere.example/"}, 500112),
        ({"client_secret": "wrong"}, 7000215),
        ({"code": "1.unknown"}, 70000),
    ],
    ids=["verifier", "address", "secret", "code"],
)
def test_a_code_needs_all_that_belongs_to_it(
    simulator: Simulator,
    tenant: TenantInfo,
    browser: Browser,
    person: str,
    changes: dict[str, str],
    number: int,
) -> None:
    code = browser.sign_in(address(simulator, tenant), person).parameters["code"]
    refused = redeem(simulator, tenant, code, **changes)
    assert refused["error_codes"] == [number]
    assert "access_token" in redeem(simulator, tenant, code)


def test_a_code_works_once_and_for_ten_minutes(
    simulator: Simulator, tenant: TenantInfo, browser: Browser, person: str
) -> None:
    codes = [
        browser.sign_in(address(simulator, tenant), person).parameters["code"]
        for _ in range(2)
    ]
    redeem(simulator, tenant, codes[0])
    assert redeem(simulator, tenant, codes[0])["error_codes"] == [54005]
    simulator.admin.advance(601)
    assert redeem(simulator, tenant, codes[1])["error_codes"] == [70008]


def refresh(simulator: Simulator, tenant: TenantInfo, token: str) -> dict[str, Any]:
    answer: dict[str, Any] = ask_token(
        simulator, tenant, grant_type="refresh_token", refresh_token=token
    ).json()
    return answer


def test_a_refresh_token_is_replaced_and_the_old_one_stays_good(
    simulator: Simulator, tenant: TenantInfo, person: str
) -> None:
    first = signed_in(simulator, tenant, person)["refresh_token"]
    second = refresh(simulator, tenant, first)["refresh_token"]
    assert first != second
    assert "access_token" in refresh(simulator, tenant, first)


def test_under_strict_rotation_using_one_again_ends_all_of_its_family(
    simulator: Simulator, tenant: TenantInfo, person: str
) -> None:
    simulator.admin.settings(tenant.tenant_id, rotation="strict")
    first = signed_in(simulator, tenant, person)["refresh_token"]
    second = refresh(simulator, tenant, first)["refresh_token"]
    assert refresh(simulator, tenant, first)["error_codes"] == [50173]
    assert refresh(simulator, tenant, second)["error_codes"] == [50173]


def test_refresh_tokens_end_with_sessions_time_and_the_account(
    simulator: Simulator, tenant: TenantInfo, person: str
) -> None:
    object_id = person.partition("/")[2]
    tokens = [signed_in(simulator, tenant, person)["refresh_token"] for _ in range(2)]
    simulator.admin.put_user(tenant.tenant_id, object_id, accountEnabled=False)
    assert refresh(simulator, tenant, tokens[0])["error_codes"] == [50057]
    simulator.admin.put_user(tenant.tenant_id, object_id, accountEnabled=True)
    simulator.admin.revoke_sessions(tenant.tenant_id, object_id)
    assert refresh(simulator, tenant, tokens[0])["error_codes"] == [50173]
    simulator.admin.advance(91 * 86_400)
    assert refresh(simulator, tenant, tokens[1])["error_codes"] == [700082]


def consent_address(simulator: Simulator, tenant: TenantInfo, path: str) -> str:
    asked = {
        "client_id": tenant.application_id,
        "redirect_uri": BACK,
        "state": "s",
        "scope": "https://graph.microsoft.com/.default",
    }
    return f"{simulator.origin}/{tenant.tenant_id}{path}?{urlencode(asked)}"


@pytest.mark.parametrize("path", ["/v2.0/adminconsent", "/adminconsent"])
def test_admin_consent_gives_what_the_registration_lists(
    simulator: Simulator, tenant: TenantInfo, browser: Browser, person: str, path: str
) -> None:
    simulator.admin.set_application(
        tenant.tenant_id,
        tenant.application_id,
        permissions=[],
        registered=["User.Read.All"],
    )
    back = browser.sign_in(consent_address(simulator, tenant, path), person)
    token = ask_token(simulator, tenant).json()["access_token"]
    claims = jwt.decode(token, options={"verify_signature": False})
    assert back.parameters["admin_consent"] == "True"
    assert back.parameters["tenant"] == tenant.tenant_id
    assert claims["roles"] == ["User.Read.All"]


@pytest.mark.parametrize(
    ("path", "error", "says_true"),
    [
        ("/v2.0/adminconsent", "consent_required", True),
        ("/adminconsent", "permission_denied", False),
    ],
)
def test_declined_admin_consent_is_told_as_each_version_tells_it(
    simulator: Simulator,
    tenant: TenantInfo,
    browser: Browser,
    person: str,
    path: str,
    error: str,
    says_true: bool,
) -> None:
    where = consent_address(simulator, tenant, path)
    back = browser.sign_in(where, person, consent="decline")
    assert back.parameters["error"] == error
    assert ("admin_consent" in back.parameters) is says_true


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
