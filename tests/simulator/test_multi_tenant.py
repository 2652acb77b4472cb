"""Applications of several tenants, at the shared addresses; and guests."""

from __future__ import annotations

from typing import Any

import jwt
import pytest

from simulator.contract import TenantInfo
from simulator.process import Simulator
from tests.simulator.browser import Browser
from tests.simulator.graph_caller import session
from tests.simulator.msal_client import key_and_certificate, msal_application
from tests.simulator.signing_in import BACK, add, address, redeem, signed_in

SIGN_IN = "openid profile email"


@pytest.fixture
def shared(simulator: Simulator, tenant: TenantInfo) -> TenantInfo:
    """A tenant whose application is open to the people of others."""
    simulator.admin.set_application(
        tenant.tenant_id,
        tenant.application_id,
        multi_tenant=True,
        redirect_uris=[BACK],
    )
    return tenant


@pytest.fixture
def other(simulator: Simulator) -> TenantInfo:
    """A tenant that does not know the application."""
    return simulator.admin.create_tenant(name="Other")


def claims_of(tokens: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = jwt.decode(
        tokens["id_token"], options={"verify_signature": False}
    )
    return found


@pytest.mark.parametrize("at", ["organizations", "common"])
def test_whoever_signs_in_brings_a_token_of_their_own_tenant(
    simulator: Simulator, shared: TenantInfo, other: TenantInfo, at: str
) -> None:
    simulator.admin.set_application(other.tenant_id, shared.application_id)
    for home in (shared, other):
        person = add(simulator, home, "ada", mail=f"ada@{home.domain}")
        asked = address(simulator, shared, at=at, scope=SIGN_IN)
        code = Browser(simulator).sign_in(asked, person).parameters["code"]
        claims = claims_of(redeem(simulator, shared, code, at=at))
        assert claims["iss"] == f"{simulator.origin}/{home.tenant_id}/v2.0"
        assert f"{claims['tid']}/{claims['oid']}" == person
        assert claims["aud"] == shared.application_id
        assert claims["email"] == f"ada@{home.domain}"


def test_the_shared_key_set_signs_for_a_template_of_an_issuer(
    simulator: Simulator, shared: TenantInfo, person: str
) -> None:
    base = f"{simulator.origin}/organizations"
    http = session(simulator)
    url = f"{base}/v2.0/.well-known/openid-configuration"
    document = http.get(url).json()
    keys = http.get(document["jwks_uri"]).json()["keys"]
    asked = address(simulator, shared, at="organizations")
    code = Browser(simulator).sign_in(asked, person).parameters["code"]
    token = redeem(simulator, shared, code, at="organizations")["id_token"]
    kid = jwt.get_unverified_header(token)["kid"]
    assert document["jwks_uri"] == f"{base}/discovery/v2.0/keys"
    assert document["issuer"] == f"{simulator.origin}/{{tenantid}}/v2.0"
    assert {key["issuer"] for key in keys} == {document["issuer"]}
    assert kid in {key["kid"] for key in keys}


def test_an_application_of_one_tenant_has_no_business_at_the_shared_addresses(
    simulator: Simulator, tenant: TenantInfo, browser: Browser, person: str
) -> None:
    page = browser.open(address(simulator, tenant, at="organizations"))
    code = browser.sign_in(address(simulator, tenant), person).parameters["code"]
    refused = redeem(simulator, tenant, code, at="organizations")
    assert "AADSTS50194" in page.text
    assert refused["error_codes"] == [50194]


def test_a_tenant_that_does_not_know_the_application_is_asked_to_consent(
    simulator: Simulator, shared: TenantInfo, other: TenantInfo, browser: Browser
) -> None:
    person = add(simulator, other, "bob")
    asked = address(simulator, shared, at="organizations", scope=SIGN_IN)
    page = browser.press(asked, person=person)
    back = browser.sign_in(asked, person)
    again = browser.come_back(asked)
    tokens = redeem(simulator, shared, back.parameters["code"], at="organizations")
    assert "Permissions requested" in page.text
    assert claims_of(tokens)["tid"] == other.tenant_id
    assert again.parameters["code"]


def test_there_only_an_administrator_brings_the_application_in_if_the_tenant_says_so(
    simulator: Simulator, shared: TenantInfo, other: TenantInfo, browser: Browser
) -> None:
    person = add(simulator, other, "bob")
    simulator.admin.settings(other.tenant_id, administrators=[])
    asked = address(simulator, shared, at="organizations", scope=SIGN_IN)
    assert "AADSTS90094" in browser.press(asked, person=person).text
    back = browser.sign_in(asked, person, consent="decline")
    assert back.parameters["error"] == "access_denied"


@pytest.mark.parametrize("by", ["secret", "certificate"])
def test_msal_signs_people_of_any_tenant_in(
    simulator: Simulator, shared: TenantInfo, other: TenantInfo, by: str
) -> None:
    private_key, certificate = key_and_certificate()
    simulator.admin.set_application(
        shared.tenant_id, shared.application_id, certificate_pem=certificate
    )
    pair = {"private_key": private_key, "public_certificate": certificate}
    credential = shared.secret if by == "secret" else pair
    client = msal_application(simulator, shared, credential, at="organizations")
    flow = client.initiate_auth_code_flow(
        ["User.Read.All"], redirect_uri=BACK, response_mode="form_post"
    )
    back = Browser(simulator).sign_in(flow["auth_uri"], add(simulator, other, "bob"))
    found = client.acquire_token_by_auth_code_flow(flow, back.parameters)
    assert found["id_token_claims"]["tid"] == other.tenant_id


def test_a_removed_application_is_refused_where_it_was_known_alone(
    simulator: Simulator, shared: TenantInfo, browser: Browser, person: str
) -> None:
    simulator.admin.remove_application(shared.tenant_id, shared.application_id)
    asked = address(simulator, shared, at="organizations")
    assert "AADSTS700016" in browser.press(asked, person=person).text


def test_a_further_tenant_takes_the_registration_over_unless_told_otherwise(
    simulator: Simulator, shared: TenantInfo, other: TenantInfo, browser: Browser
) -> None:
    simulator.admin.set_application(other.tenant_id, shared.application_id)
    elsewhere = address(
        simulator, other, client_id=shared.application_id, redirect_uri="https://x.test"
    )
    person = add(simulator, other, "bob")
    asked = address(simulator, shared, at=other.tenant_id, scope=SIGN_IN)
    code = browser.sign_in(asked, person).parameters["code"]
    tokens = redeem(simulator, shared, code, at=other.tenant_id)
    simulator.admin.set_application(
        other.tenant_id, shared.application_id, secret="another"
    )
    code = browser.sign_in(asked, person).parameters["code"]
    refused = redeem(simulator, shared, code, at=other.tenant_id)
    assert "AADSTS50011" in browser.open(elsewhere).text
    assert claims_of(tokens)["tid"] == other.tenant_id
    assert refused["error_codes"] == [7000215]


def test_somebody_of_another_tenant_does_not_exist_in_a_tenant_that_is_named(
    simulator: Simulator, tenant: TenantInfo, other: TenantInfo, browser: Browser
) -> None:
    person = add(simulator, other, "bob")
    page = browser.press(address(simulator, tenant), person=person)
    assert page.status_code == 400
    assert "AADSTS50020" in page.text


def test_a_failure_to_order_waits_at_the_shared_address_for_the_tenant(
    simulator: Simulator, shared: TenantInfo, browser: Browser, person: str
) -> None:
    failure: Any = {"error": "server_error", "number": 90006, "message": "No."}
    simulator.admin.settings(shared.tenant_id, authorize_error=failure)
    asked = address(simulator, shared, at="organizations")
    assert "Pick an account" in browser.open(asked).text
    assert browser.sign_in(asked, person).parameters["error"] == "server_error"


def test_a_guest_names_the_tenant_they_come_from(
    simulator: Simulator, tenant: TenantInfo, other: TenantInfo
) -> None:
    guest = add(simulator, tenant, "eve", userType="Guest", mail=f"eve@{other.domain}")
    claims = claims_of(signed_in(simulator, tenant, guest))
    assert claims["acct"] == 1
    assert claims["tid"] == tenant.tenant_id
    assert claims["idp"] == f"https://sts.windows.net/{other.tenant_id}/"


def test_guests_sign_in_only_where_their_host_is_named(
    simulator: Simulator, shared: TenantInfo, browser: Browser
) -> None:
    guest = add(simulator, shared, "eve", userType="Guest", mail="eve@home.example")
    asked = address(simulator, shared, at="organizations")
    assert guest not in browser.open(f"{asked}&who=eve").text
    assert "AADSTS50020" in browser.press(asked, person=guest).text
