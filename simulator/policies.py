"""What stands between a person and a token: the tenant's `sign_in` settings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, cast

import orjson

from simulator import user_tokens
from simulator.contract import SignIn
from simulator.grants import Grant
from simulator.login_errors import LoginError
from simulator.tenant import Application, Tenant

EVERYBODY = "*"
_CODE = re.compile(r"^\d{6}$")
_POLICY = "c1d3f0d6-2a0f-4d2c-9a3e-5f0c6a1b7e42"


def of(tenant: Tenant, object_id: str) -> SignIn:
    """Return how signing in goes for somebody: everybody's rule, then their own."""
    rules = tenant.settings.get("sign_in") or {}
    merged = {**rules.get(EVERYBODY, {}), **rules.get(object_id, {})}
    return cast("SignIn", merged)


def check_page(tenant: Tenant, asked_for: Application, card: Mapping[str, Any]) -> None:
    """Refuse at the sign-in page who is disabled, blocked or not assigned."""
    rule = of(tenant, card["id"])
    if card["accountEnabled"] is False:
        raise _disabled()
    if rule.get("conditional_access") == "page":
        raise _blocked()
    if rule.get("unassigned"):
        raise LoginError(
            50105,
            "invalid_grant",
            "Your administrator has configured the application Service desk "
            f"('{asked_for.id}') to block users unless they are specifically granted "
            "('assigned') access to the application. The signed in user "
            f"'{card['userPrincipalName']}' is blocked because they are not a direct "
            "member of a group with access, nor had access directly assigned by an "
            "administrator.",
        )


def wants_code(tenant: Tenant, object_id: str, *, is_challenged: bool) -> bool:
    """Say whether the page asks for a second factor.

    Where the token endpoint asks, the page does so once the application passes the
    challenge on, in its `claims`.
    """
    wanted = of(tenant, object_id).get("mfa")
    return wanted == "ask" or (wanted == "deny" and is_challenged)


def is_right_code(code: str) -> bool:
    """Say whether this is a second factor: any six digits are."""
    return _CODE.match(code) is not None


def second_factor_missing(application_id: str) -> LoginError:
    """Somebody must prove a second factor; the application may pass `claims` on."""
    challenge = {
        "access_token": {"capolids": {"essential": True, "values": [_POLICY]}},
    }
    return LoginError(
        50076,
        "invalid_grant",
        "Due to a configuration change made by your administrator, or because you "
        "moved to a new location, you must use multi-factor authentication to access "
        f"'{application_id}'.",
        suberror="basic_action",
        claims=orjson.dumps(challenge).decode(),
    )


def check_grant(tenant: Tenant, grant: Grant) -> None:
    """Refuse at the token endpoint who may not have a token, or not any more."""
    card = user_tokens.person(tenant, grant.object_id)
    if card is None or card["accountEnabled"] is False:
        raise _disabled()
    rule = of(tenant, grant.object_id)
    if rule.get("conditional_access") == "token":
        raise _blocked()
    if rule.get("mfa") == "deny" and not grant.has_second_factor:
        raise second_factor_missing(grant.application_id)


def _disabled() -> LoginError:
    return LoginError(50057, "invalid_grant", "The user account is disabled.")


def _blocked() -> LoginError:
    return LoginError(
        53003,
        "invalid_grant",
        "Access has been blocked by Conditional Access policies. The access policy "
        "does not allow token issuance.",
    )
