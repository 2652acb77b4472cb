"""Admin consent: given for the tenant, declined in two dialects."""

from __future__ import annotations

from urllib.parse import urlencode

import jwt
import pytest

from simulator.contract import TenantInfo
from simulator.process import Simulator
from tests.simulator.browser import Browser
from tests.simulator.graph_caller import ask_token
from tests.simulator.signing_in import BACK, add


def consent_address(
    simulator: Simulator, tenant: TenantInfo, path: str, *, at: str = ""
) -> str:
    asked = {
        "client_id": tenant.application_id,
        "redirect_uri": BACK,
        "state": "s",
        "scope": "https://graph.microsoft.com/.default",
    }
    return f"{simulator.origin}/{at or tenant.tenant_id}{path}?{urlencode(asked)}"


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


def test_cancelling_before_anybody_is_picked_declines(
    simulator: Simulator, tenant: TenantInfo, browser: Browser
) -> None:
    where = consent_address(simulator, tenant, "/v2.0/adminconsent")
    assert browser.cancel(where).parameters["error"] == "consent_required"


def test_admin_consent_brings_an_application_of_several_tenants_in(
    simulator: Simulator, tenant: TenantInfo, browser: Browser
) -> None:
    simulator.admin.set_application(
        tenant.tenant_id, tenant.application_id, multi_tenant=True
    )
    other = simulator.admin.create_tenant(name="Other")
    path = "/v2.0/adminconsent"
    where = consent_address(simulator, tenant, path, at=other.tenant_id)
    before = ask_token(simulator, tenant, at=other.tenant_id).json()
    browser.sign_in(where, add(simulator, other, "bob"))
    assert before["error_codes"] == [700016]
    assert "access_token" in ask_token(simulator, tenant, at=other.tenant_id).json()
