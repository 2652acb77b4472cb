"""ID tokens: every check that OpenID Connect and Entra ask of whoever relies on one.

msal gives ID tokens out unchecked. Entra signs the tokens of all tenants with one set
of keys, so a good signature says nothing about the tenant: `tid`, `iss` and the list
of tenants do. An identity is `tid` and `oid`; addresses and names only show who it is.
Free of Django.
https://learn.microsoft.com/en-us/entra/identity-platform/id-token-claims-reference
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

import jwt

from common.errors import AppError

LONGEST = 32 * 1024
LEEWAY = timedelta(seconds=120)
"""How far Microsoft's clock and ours may differ."""
OLDEST = timedelta(minutes=15)
"""How long ago a token may have been issued; Entra dates it back by five minutes."""
ALGORITHM = "RS256"
SMALLEST_KEY = 2048
PERSONAL = UUID("9188040d-6c67-4c5b-b112-36a304b66dad")
"""The tenant of all personal Microsoft accounts, which are nobody's employees."""
GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
TEMPLATE = "{tenantid}"
ONLY_SIGNATURE = {
    "verify_signature": True,
    **dict.fromkeys(
        (f"verify_{claim}" for claim in ("exp", "nbf", "iat", "aud", "iss", "sub")),
        False,
    ),
    "verify_jti": False,
}
"""The claims are checked here, against our own clock."""


class Flaw(StrEnum):
    """What is wrong with an ID token."""

    FORM = "form"
    ALGORITHM = "algorithm"
    KEY = "key"
    SIGNATURE = "signature"
    TIME = "time"
    AUDIENCE = "audience"
    VERSION = "version"
    ISSUER = "issuer"
    NONCE = "nonce"
    IDENTITY = "identity"
    TENANT = "tenant"


class TokenInvalid(AppError):
    """The ID token must not be believed; `flaw` is for the log."""

    def __init__(self, flaw: Flaw) -> None:
        """Say it in words that fit whatever is wrong."""
        if flaw is Flaw.TENANT:
            words = "The sign-in came from another tenant than the one expected."
        elif flaw is Flaw.TIME:
            words = (
                "Microsoft's answer is too old or from the future. Check this "
                "server's clock, then try again."
            )
        else:
            words = f"Microsoft's answer does not hold ({flaw.value}). Try again."
        super().__init__(words)
        self.flaw = flaw


class Keys(Protocol):
    """Where the sign-in host's public keys come from."""

    def find(self, kid: str, now: datetime) -> Mapping[str, Any] | None:
        """Return the published key of that name as a JWK; raises GraphError."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a token must say: who issued it, for which application, to which request."""

    authority: str
    """`https://host[:port]` of the cloud's sign-in host."""
    application_id: UUID
    nonce: str = field(repr=False)
    """As it was sent in the authorize request."""
    tenants: frozenset[UUID]
    """Whose people may sign in; empty: nobody's."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who signed in, as the tenant `tenant_id` knows them."""

    tenant_id: UUID
    object_id: UUID
    subject: str
    username: str
    """For people to read: mutable, never a key."""
    name: str
    is_guest: bool
    claims: Mapping[str, Any] = field(repr=False)


def validate(token: str, *, expected: Expected, keys: Keys, now: datetime) -> Identity:
    """Return who signed in.

    Raises TokenInvalid, or the GraphError if the keys cannot be read.
    """
    key = _key(token, keys, now)
    claims = _signed_claims(token, key)
    _check_times(claims, now)
    if claims.get("aud") != str(expected.application_id):
        raise TokenInvalid(Flaw.AUDIENCE)
    _check_issuer(claims, key, expected.authority)
    _check_nonce(claims, expected.nonce)
    identity = _identity(claims)
    if identity.tenant_id not in expected.tenants - {PERSONAL}:
        raise TokenInvalid(Flaw.TENANT)
    return identity


def _key(token: str, keys: Keys, now: datetime) -> Mapping[str, Any]:
    """Return the published key that the token names; one it brings is ignored."""
    if len(token) > LONGEST or token.count(".") != 2:
        raise TokenInvalid(Flaw.FORM)
    try:
        header = jwt.get_unverified_header(token)
    except jwt.InvalidTokenError as exc:
        raise TokenInvalid(Flaw.FORM) from exc
    if header.get("alg") != ALGORITHM:
        raise TokenInvalid(Flaw.ALGORITHM)
    kid = header.get("kid")
    key = keys.find(kid, now) if isinstance(kid, str) and kid else None
    if key is None or key.get("kty") != "RSA" or key.get("use", "sig") != "sig":
        raise TokenInvalid(Flaw.KEY)
    return key


def _signed_claims(token: str, key: Mapping[str, Any]) -> Mapping[str, Any]:
    public = {name: key.get(name) for name in ("kty", "n", "e")}
    try:
        found = jwt.PyJWK.from_dict(public, ALGORITHM)
    except (jwt.PyJWTError, ValueError, TypeError) as exc:
        raise TokenInvalid(Flaw.KEY) from exc
    if found.key.key_size < SMALLEST_KEY:
        raise TokenInvalid(Flaw.KEY)
    try:
        claims: Mapping[str, Any] = jwt.decode(
            token,
            found.key,
            algorithms=[ALGORITHM],
            options=ONLY_SIGNATURE,  # type: ignore[arg-type]  # built of its names
        )
    except jwt.InvalidTokenError as exc:
        raise TokenInvalid(Flaw.SIGNATURE) from exc
    return claims


def _check_times(claims: Mapping[str, Any], now: datetime) -> None:
    expires, starts, issued = (
        _seconds(claims.get(name)) for name in ("exp", "nbf", "iat")
    )
    moment, leeway = now.timestamp(), LEEWAY.total_seconds()
    is_current = starts - leeway <= moment < expires + leeway
    oldest = moment - OLDEST.total_seconds() - leeway
    if not is_current or not oldest <= issued <= moment + leeway:
        raise TokenInvalid(Flaw.TIME)


def _seconds(value: object) -> float:
    # True is a number to Python; infinity is one to some JSON.
    if type(value) not in (int, float) or not abs(value) < 1e12:  # type: ignore[arg-type]
        raise TokenInvalid(Flaw.TIME)
    return float(value)  # type: ignore[arg-type]


def _check_issuer(
    claims: Mapping[str, Any], key: Mapping[str, Any], authority: str
) -> None:
    if claims.get("ver") != "2.0":
        raise TokenInvalid(Flaw.VERSION)
    tenant = _guid(claims.get("tid"))
    issuer = f"{authority}/{tenant}/v2.0"
    # A key may be good for one issuer only.
    for_issuer = str(key.get("issuer", issuer)).replace(TEMPLATE, str(tenant))
    if claims.get("iss") != issuer or for_issuer != issuer:
        raise TokenInvalid(Flaw.ISSUER)


def _check_nonce(claims: Mapping[str, Any], nonce: str) -> None:
    found = claims.get("nonce")
    if not isinstance(found, str) or not nonce:
        raise TokenInvalid(Flaw.NONCE)
    if not hmac.compare_digest(found.encode(), nonce.encode()):
        raise TokenInvalid(Flaw.NONCE)


def _identity(claims: Mapping[str, Any]) -> Identity:
    subject = claims.get("sub")
    if not isinstance(subject, str) or not subject:
        raise TokenInvalid(Flaw.IDENTITY)
    username = _text(claims, "upn") or _text(claims, "preferred_username")
    return Identity(
        tenant_id=_guid(claims.get("tid")),
        object_id=_guid(claims.get("oid")),
        subject=subject,
        username=username,
        name=_text(claims, "name"),
        is_guest=_is_guest(claims, username),
        claims=claims,
    )


def _guid(value: object) -> UUID:
    if not isinstance(value, str) or not GUID.fullmatch(value):
        raise TokenInvalid(Flaw.IDENTITY)
    return UUID(value)


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    return value[:256] if isinstance(value, str) else ""


def _is_guest(claims: Mapping[str, Any], username: str) -> bool:
    """Say whether the account lives elsewhere, by any of the signs there are.

    `acct` comes only where the registration asks for it, `idp` only for guests.
    """
    home = claims.get("idp", claims.get("iss"))
    is_marked = claims.get("acct") not in (None, 0, "0")
    return is_marked or home != claims.get("iss") or "#EXT#" in username.upper()
