"""Tokens on behalf of a person: authorisation code with PKCE, then refresh tokens.

msal speaks the protocol. It checks neither signature nor claims of an ID token, so
`id_tokens` does; and its caches are left out, as tokens live encrypted on the
connection. Free of Django.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from connections import scopes
from connections.graph.errors import MalformedAnswer
from connections.id_tokens import Flaw, TokenInvalid
from connections.sign_in import NONSENSE, TOKEN, Confidential, usable_token

SPARE = timedelta(minutes=5)
"""How long a token must still live to be used."""
LONGEST_LIFE = timedelta(days=2)
"""Of an access token; longer is nonsense."""


@dataclass(frozen=True, slots=True)
class UserTokens:
    """What a connection holds of a person's authorisation."""

    refresh_token: str = field(repr=False)
    access_token: str = field(repr=False)
    expires_at: datetime

    def is_good(self, now: datetime) -> bool:
        """Return whether the access token lives long enough to be used."""
        return now + SPARE < self.expires_at

    def dump(self) -> str:
        """Return the tokens as text, in clear."""
        return json.dumps(
            {
                "refresh_token": self.refresh_token,
                "access_token": self.access_token,
                "expires_at": self.expires_at.timestamp(),
            }
        )

    @classmethod
    def load(cls, text: str) -> UserTokens:
        """Return what `dump` wrote."""
        found = json.loads(text)
        expires_at = datetime.fromtimestamp(found["expires_at"], UTC)
        return cls(found["refresh_token"], found["access_token"], expires_at)


@dataclass(frozen=True, slots=True)
class Flow:
    """A sign-in that has begun: where the browser goes, and what to remember."""

    address: str
    nonce: str = field(repr=False)
    kept: dict[str, Any] = field(repr=False)
    """msal's own record, with the PKCE verifier; JSON."""


@dataclass(frozen=True, slots=True)
class Redeemed:
    """What a code brought. Nothing of the ID token has been checked."""

    tokens: UserTokens
    scopes: list[str]
    id_token: str = field(repr=False)


def begin(
    application: Confidential, *, redirect_uri: str, state: str, hint: str = ""
) -> Flow:
    """Return the way to the sign-in page, where all registered permissions are asked.

    Without a `hint` (a user name) the page asks who signs in. Raises the GraphError
    if the sign-in host cannot be reached or does not know the tenant.
    """
    asked = {
        "scopes": [application.cloud.scope],
        "redirect_uri": redirect_uri,
        "state": state,
        "prompt": None if hint else "select_account",
        "login_hint": hint or None,
    }
    return _flow(application, asked)


def begin_sign_in(
    application: Confidential, *, redirect_uri: str, state: str, prompt: str = ""
) -> Flow:
    """Return the way to the sign-in page, where only who somebody is is asked.

    Raises as `begin` does.
    """
    asked = {
        "scopes": ["email"],  # msal adds openid and profile
        "redirect_uri": redirect_uri,
        "state": state,
        "prompt": prompt or None,
    }
    return _flow(application, asked)


def _flow(application: Confidential, asked: Mapping[str, Any]) -> Flow:
    def ask(msal: Any) -> Any:
        return msal.initiate_auth_code_flow(**asked, response_mode="form_post")

    _, kept = application.first_accepted(ask)
    address = kept["auth_uri"]
    (nonce,) = parse_qs(urlsplit(address).query)["nonce"]
    return Flow(address, nonce, {**kept, "auth_uri": ""})


def redeem(
    application: Confidential, kept: Mapping[str, Any], *, code: str, now: datetime
) -> Redeemed:
    """Return what a code brings.

    Raises the GraphError that fits, or TokenInvalid where msal finds a wrong nonce.
    """
    answer = {"code": code, "state": kept["state"]}
    found = _asked(
        application, lambda msal: msal.acquire_token_by_auth_code_flow(kept, answer)
    )
    id_token = found.get("id_token")
    return Redeemed(
        _tokens(found, now=now),
        scopes.granted(found.get("scope")),
        id_token if isinstance(id_token, str) else "",
    )


def redeem_id_token(
    application: Confidential, kept: Mapping[str, Any], *, code: str
) -> str:
    """Return the ID token that a code brings, unchecked; empty: none came.

    Raises as `redeem` does; TokenInvalid also where msal cannot take the token apart.
    """
    answer = {"code": code, "state": kept["state"]}
    try:
        found = _asked(
            application, lambda msal: msal.acquire_token_by_auth_code_flow(kept, answer)
        )
    except MalformedAnswer as exc:
        # Our own client has read the answer; what msal opens further is the token.
        if isinstance(exc.__cause__, (*NONSENSE, IndexError)):
            raise TokenInvalid(Flaw.FORM) from exc
        raise
    id_token = found.get("id_token")
    return id_token if isinstance(id_token, str) else ""


def renew(application: Confidential, old: UserTokens, *, now: datetime) -> UserTokens:
    """Return new tokens; the refresh token is the old one if no new one came.

    Raises the GraphError that fits: SignInRefused says what to mend.
    """
    scope = [application.cloud.scope]
    found = _asked(
        application,
        lambda msal: msal.acquire_token_by_refresh_token(old.refresh_token, scope),
    )
    return _tokens(found, now=now, old=old.refresh_token)


def _asked(
    application: Confidential, ask: Callable[[Any], Mapping[str, Any]]
) -> Mapping[str, Any]:
    try:
        _, found = application.first_accepted(ask)
    except RuntimeError as exc:
        raise TokenInvalid(Flaw.NONCE) from exc
    except (*NONSENSE, IndexError) as exc:
        raise MalformedAnswer(
            "The sign-in host sent an answer that cannot be used."
        ) from exc
    return found


def _tokens(found: Mapping[str, Any], *, now: datetime, old: str = "") -> UserTokens:
    refresh = found.get("refresh_token", old)
    if not isinstance(refresh, str) or not TOKEN.fullmatch(refresh):
        raise MalformedAnswer(
            "Microsoft gave no refresh token. Add the delegated permission "
            "offline_access to the app registration, then authorise again."
        )
    return UserTokens(refresh, usable_token(found), now + _life(found))


def _life(found: Mapping[str, Any]) -> timedelta:
    try:
        seconds = timedelta(seconds=int(found["expires_in"]))
    except (KeyError, TypeError, ValueError, OverflowError) as exc:
        raise MalformedAnswer("The sign-in host gave a token without an end.") from exc
    return min(max(seconds, timedelta(0)), LONGEST_LIFE)
