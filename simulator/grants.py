"""Authorisation codes and refresh tokens: made, redeemed once, rotated, revoked."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace

from simulator.clock import Clock
from simulator.login_errors import LoginError
from simulator.tenant import Tenant

CODE_SECONDS = 600
REFRESH_SECONDS = 90 * 86_400


@dataclass(frozen=True, slots=True)
class Grant:
    """Who signed in to which application, for what."""

    tenant_id: str
    application_id: str
    object_id: str
    scope: str
    nonce: str = ""
    has_second_factor: bool = False


@dataclass(slots=True)
class Code:
    """An authorisation code and what its redemption must prove."""

    grant: Grant
    redirect_uri: str
    challenge: str
    method: str
    issued_at: float
    is_redeemed: bool = False


@dataclass(slots=True)
class Refresh:
    """A refresh token; one family is all that came from one sign-in."""

    grant: Grant
    family: str
    issued_at: float
    is_used: bool = False


class Grants:
    """All codes and refresh tokens of one simulator."""

    def __init__(self, clock: Clock) -> None:
        """Start without any."""
        self._clock = clock
        self._codes: dict[str, Code] = {}
        self._refresh: dict[str, Refresh] = {}
        self._revoked: dict[tuple[str, str], float] = {}
        self._ended: set[str] = set()

    def new_code(self, grant: Grant, asked: Mapping[str, str]) -> str:
        """Return a code for what an authorize request asked."""
        code = f"1.{secrets.token_urlsafe(48)}"
        self._codes[code] = Code(
            grant,
            asked["redirect_uri"],
            asked.get("code_challenge", ""),
            asked.get("code_challenge_method", "plain"),
            self._clock.now(),
        )
        return code

    def redeem(self, form: Mapping[str, str], application_id: str) -> Grant:
        """Return what a code stands for; refuses a used, old or foreign one."""
        code = self._codes.get(form.get("code", ""))
        if code is None or code.grant.application_id != application_id:
            raise _refused(70000, "The provided authorization code is not valid.")
        if code.is_redeemed:
            raise _refused(54005, "OAuth2 Authorization code was already redeemed.")
        if self._clock.now() > code.issued_at + CODE_SECONDS:
            raise _refused(70008, "The provided authorization code has expired.")
        if form.get("redirect_uri", "") != code.redirect_uri:
            raise _refused(
                500112, "The reply address does not match the one of the code request."
            )
        _check_verifier(code, form.get("code_verifier", ""))
        code.is_redeemed = True
        return code.grant

    def tenant_of(self, form: Mapping[str, str]) -> str:
        """Return the id of the tenant whose person a code or refresh token is for."""
        code = self._codes.get(form.get("code", ""))
        refresh = self._refresh.get(form.get("refresh_token", ""))
        found = code or refresh
        return found.grant.tenant_id if found else ""

    def new_refresh(self, grant: Grant) -> str:
        """Return a refresh token that begins a family."""
        token = f"1.{secrets.token_urlsafe(64)}"
        self._refresh[token] = Refresh(
            replace(grant, nonce=""), token, self._clock.now()
        )
        return token

    def adopt(self, token: str, family: str) -> None:
        """Put a refresh token into the family of the one it replaces."""
        self._refresh[token].family = family

    def refresh(self, token: str, tenant: Tenant, application_id: str) -> Refresh:
        """Return what a refresh token stands for, and mark it used.

        A used one is still good, as it is at Entra, unless the tenant's `rotation` is
        strict: then its whole family ends.
        """
        found = self._refresh.get(token)
        if found is None or found.grant.application_id != application_id:
            raise _refused(9002313, "Invalid request. Request is malformed or invalid.")
        if self._clock.now() > found.issued_at + REFRESH_SECONDS:
            raise _refused(700082, "The refresh token has expired due to inactivity.")
        if found.is_used and tenant.settings.get("rotation") == "strict":
            self._ended.add(found.family)
        who = (found.grant.tenant_id, found.grant.object_id)
        is_revoked = found.issued_at <= self._revoked.get(who, 0.0)
        if is_revoked or found.family in self._ended:
            raise _refused(
                50173,
                "The provided grant has expired due to it being revoked, a fresh auth "
                "token is needed.",
            )
        found.is_used = True
        return found

    def revoke(self, tenant_id: str, object_id: str) -> None:
        """End all refresh tokens that somebody has until now."""
        self._revoked[(tenant_id, object_id)] = self._clock.now()


def _check_verifier(code: Code, verifier: str) -> None:
    digest = hashlib.sha256(verifier.encode()).digest()
    hashed = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    expected = hashed if code.method == "S256" else verifier
    if code.challenge and code.challenge != expected:
        raise _refused(
            501481,
            "The Code_Verifier does not match the code_challenge supplied in the "
            "authorization request.",
        )


def _refused(number: int, message: str) -> LoginError:
    return LoginError(number, "invalid_grant", message)
