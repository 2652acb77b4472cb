"""ID tokens as tests make and read them, right and wrong."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from connections.id_tokens import (
    Expected,
    Flaw,
    Identity,
    TokenInvalid,
    validate,
)

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
AUTHORITY = "https://login.example"
TENANT = UUID("11111111-1111-4111-8111-111111111111")
OTHER = UUID("22222222-2222-4222-8222-222222222222")
APPLICATION = UUID("33333333-3333-4333-8333-333333333333")
PERSON = UUID("44444444-4444-4444-8444-444444444444")
EXPECTED = Expected(AUTHORITY, APPLICATION, "nonce", frozenset({TENANT}))
OURS, THEIRS = (rsa.generate_private_key(65537, 2048) for _ in range(2))
SMALL = rsa.generate_private_key(65537, 1024)


class Published:
    """The keys of the sign-in host: one, named k. Notes the names it is asked for."""

    def __init__(self, **changes: Any) -> None:
        """Publish our key, with changes."""
        self.asked: list[object] = []
        public = jwt.algorithms.RSAAlgorithm.to_jwk(OURS.public_key(), as_dict=True)
        issuer = f"{AUTHORITY}/{{tenantid}}/v2.0"
        self.key = {**public, "kid": "k", "use": "sig", "issuer": issuer, **changes}

    def find(self, kid: str, now: datetime) -> Mapping[str, Any] | None:
        """Return the key of that name."""
        self.asked.append(kid)
        return self.key if kid == "k" else None


def claims(**changes: Any) -> dict[str, Any]:
    """Return right claims, with changes; one of None is left out."""
    issued = NOW - timedelta(minutes=5)
    right = {
        "aud": str(APPLICATION),
        "iss": f"{AUTHORITY}/{TENANT}/v2.0",
        "iat": int(issued.timestamp()),
        "nbf": int(issued.timestamp()),
        "exp": int((issued + timedelta(hours=1)).timestamp()),
        "nonce": "nonce",
        "oid": str(PERSON),
        "sub": "subject",
        "tid": str(TENANT),
        "ver": "2.0",
        "preferred_username": "ada@acme.example",
        **changes,
    }
    return {name: value for name, value in right.items() if value is not None}


def signed(
    said: Mapping[str, Any], *, key: Any = OURS, alg: str = "RS256", **header: Any
) -> str:
    """Return a token that says this."""
    return jwt.encode(
        dict(said), key, algorithm=alg, headers={"kid": "k", "typ": "JWT", **header}
    )


def part(value: Any) -> str:
    """Return a part of a token."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def read(token: str, expected: Expected = EXPECTED, **key: Any) -> Identity:
    """Return who signed in, as a token says."""
    return validate(token, expected=expected, keys=Published(**key), now=NOW)


def flaw(token: str, expected: Expected = EXPECTED, **key: Any) -> Flaw:
    """Return what is wrong with a token."""
    with pytest.raises(TokenInvalid) as caught:
        read(token, expected, **key)
    return caught.value.flaw
