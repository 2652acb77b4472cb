"""An application that sends people to the simulated sign-in page."""

from __future__ import annotations

import base64
import hashlib
from typing import Any
from urllib.parse import urlencode

from simulator.contract import TenantInfo
from simulator.process import Simulator
from tests.simulator.browser import Browser
from tests.simulator.graph_caller import ask_token

BACK = "https://desk.example/azure/auth"
SCOPE = "https://graph.microsoft.com/.default openid profile offline_access"
VERIFIER = "v" * 64
CHALLENGE = (
    base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest())
    .rstrip(b"=")
    .decode()
)


def add(simulator: Simulator, tenant: TenantInfo, name: str, **properties: Any) -> str:
    """Make somebody in the tenant; return them as the sign-in page names them."""
    card = simulator.admin.put_user(
        tenant.tenant_id,
        userPrincipalName=f"{name}@{tenant.domain}",
        displayName=name.title(),
        **{"accountEnabled": True, "userType": "Member", **properties},
    )
    return f"{tenant.tenant_id}/{card['id']}"


def address(
    simulator: Simulator, tenant: TenantInfo, *, at: str = "", **changes: str
) -> str:
    """Return where a right authorize request goes, with changes.

    `at` stands in the place of the tenant: organizations, or another one.
    """
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
    path = f"{simulator.origin}/{at or tenant.tenant_id}/oauth2/v2.0/authorize"
    return f"{path}?{urlencode(asked)}"


def redeem(
    simulator: Simulator, tenant: TenantInfo, code: str, /, **changes: str
) -> dict[str, Any]:
    """Return what the token endpoint answers to a code, with changes to the request."""
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
    """Return the tokens of somebody who signed in and consented."""
    browser = Browser(simulator)
    back = browser.sign_in(address(simulator, tenant), person)
    return redeem(simulator, tenant, back.parameters["code"])
