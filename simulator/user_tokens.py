"""Tokens of people: the ID token, and the access token for Graph on their behalf."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from typing import Any

import orjson
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from simulator import jwt, profile_card, tokens
from simulator.contract import Forgery
from simulator.grants import Grant
from simulator.tenant import Tenant
from simulator.tokens import SigningKey
from simulator.world import World

ID_TOKEN_SECONDS = 3600
_BACKDATED = 300
_READ = profile_card.readers(
    ["displayName", "userPrincipalName", "mail", "userType", "accountEnabled"]
)


def person(tenant: Tenant, object_id: str) -> dict[str, Any] | None:
    """Return what the sign-in shows of somebody; None if nobody has this id."""
    position = tenant.directory.find(object_id)
    return None if position is None else card(tenant, position)


def card(tenant: Tenant, position: int) -> dict[str, Any]:
    """Return what the sign-in shows of the person at a position."""
    return tenant.directory.card(position, _READ)


def is_guest(shown: Mapping[str, Any]) -> bool:
    """Say whether somebody's account lives in another tenant."""
    return shown["userType"] == "Guest" or "#EXT#" in str(shown["userPrincipalName"])


def access_token(
    world: World, tenant: Tenant, grant: Grant, scopes: list[str]
) -> tuple[str, int]:
    """Return a token for Graph and the seconds it lives; 60 to 90 minutes."""
    now = int(world.clock.now())
    lifetime = 3600 + secrets.randbelow(1800)
    claims = {
        "aud": "https://graph.microsoft.com",
        "iss": f"https://sts.windows.net/{tenant.id}/",
        "iat": now - _BACKDATED,
        "nbf": now - _BACKDATED,
        "exp": now + lifetime,
        "appid": grant.application_id,
        "appidacr": "1",
        "idtyp": "user",
        "oid": grant.object_id,
        "scp": " ".join(scopes),
        "sub": _pairwise(grant),
        "tid": tenant.id,
        "uti": secrets.token_urlsafe(16),
        "ver": "1.0",
    }
    return world.tokens.sign(claims), lifetime - 1


def id_token(world: World, tenant: Tenant, grant: Grant) -> str:
    """Return the ID token, forged in the way that the tenant's settings say."""
    shown = person(tenant, grant.object_id) or {}
    now = int(world.clock.now())
    claims: dict[str, Any] = {
        "aud": grant.application_id,
        "iss": f"{world.origin}/{tenant.id}/v2.0",
        "iat": now - _BACKDATED,
        "nbf": now - _BACKDATED,
        "exp": now - _BACKDATED + ID_TOKEN_SECONDS,
        "name": shown["displayName"],
        "nonce": grant.nonce,
        "oid": grant.object_id,
        "preferred_username": shown["mail"] or shown["userPrincipalName"],
        "rh": secrets.token_urlsafe(24),
        "sid": hashlib.sha256(grant.object_id.encode()).hexdigest()[:36],
        "sub": _pairwise(grant),
        "tid": tenant.id,
        "upn": shown["userPrincipalName"],
        "acct": 1 if is_guest(shown) else 0,
        "uti": secrets.token_urlsafe(16),
        "ver": "2.0",
    }
    if "email" in grant.scope.split() and shown["mail"]:
        claims["email"] = shown["mail"]
    if is_guest(shown):
        claims["idp"] = f"https://sts.windows.net/{_home(world, tenant, shown)}/"
    if not grant.nonce:
        del claims["nonce"]
    return forge(world, claims, tenant.settings.get("forge") or {})


def forge(world: World, claims: Mapping[str, Any], how: Forgery) -> str:
    """Return a signed token; what `how` names replaces what would be right."""
    if "raw" in how:
        return how["raw"]
    key = tokens.new_signing_key() if how.get("foreign_key") else world.tokens.keys[0]
    kid = world.tokens.keys[0].kid
    header = _without_none({"typ": "JWT", "alg": "RS256", "kid": kid}, how, "header")
    content = ".".join(
        jwt.encode(orjson.dumps(part))
        for part in (header, _without_none(claims, how, "claims"))
    )
    return f"{content}.{_signature(content, str(header.get('alg')), key)}"


def _without_none(right: Mapping[str, Any], how: Forgery, part: str) -> dict[str, Any]:
    changes: Mapping[str, Any] = how.get(part) or {}  # type: ignore[assignment]
    return {
        name: value
        for name, value in {**right, **changes}.items()
        if name not in changes or value is not None
    }


def _signature(content: str, algorithm: str, key: SigningKey) -> str:
    if algorithm == "none":
        return ""
    if algorithm == "HS256":
        # The classic confusion: the public key used as a shared secret.
        public = key.private.public_key()
        pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        return jwt.encode(hmac.digest(pem, content.encode(), "sha256"))
    return jwt.signature(content, key=key.private)


def _home(world: World, host: Tenant, guest: Mapping[str, Any]) -> str:
    """Return the id of a guest's own tenant, by the domain of their address.

    Of tenants that share it, the one made last; made up if there is none.
    """
    address = str(guest["mail"])
    domain = address.rpartition("@")[2].lower()
    for tenant in reversed(world.tenants.values()):
        if tenant.domain == domain and tenant is not host:
            return tenant.id
    home = hashlib.sha256(address.encode()).hexdigest()
    return f"{home[:8]}-{home[8:12]}-4{home[12:15]}-a{home[15:18]}-{home[18:30]}"


def _pairwise(grant: Grant) -> str:
    mark = f"{grant.application_id}/{grant.tenant_id}/{grant.object_id}"
    return jwt.encode(hashlib.sha256(mark.encode()).digest())
