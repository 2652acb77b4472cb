"""Compact JSON web tokens, RSA only: made for our tokens, read for assertions."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

_SHA256 = SHA256()


class BadToken(Exception):
    """The text is no token, or not one that this key signed."""


def encode(raw: bytes) -> str:
    """Write bytes in base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """Read base64url without padding."""
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (ValueError, binascii.Error) as error:
        raise BadToken("not base64url") from error


def sign(claims: Mapping[str, Any], *, key: RSAPrivateKey, kid: str) -> str:
    """Return a token signed with RS256."""
    header = {"typ": "JWT", "alg": "RS256", "kid": kid, "x5t": kid}
    content = f"{encode(orjson.dumps(header))}.{encode(orjson.dumps(claims))}"
    return f"{content}.{signature(content, key=key)}"


def signature(content: str, *, key: RSAPrivateKey) -> str:
    """Return the RS256 signature of a token's first two parts."""
    return encode(key.sign(content.encode(), padding.PKCS1v15(), _SHA256))


def parts(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return header and claims without any check of the signature."""
    pieces = token.split(".")
    if len(pieces) != 3:
        raise BadToken("not three parts")
    try:
        header, claims = (
            orjson.loads(decode(pieces[0])),
            orjson.loads(decode(pieces[1])),
        )
    except orjson.JSONDecodeError as error:
        raise BadToken("not JSON") from error
    if not isinstance(header, dict) or not isinstance(claims, dict):
        raise BadToken("not objects")
    return header, claims


def verify(token: str, *, key: RSAPublicKey) -> dict[str, Any]:
    """Return the claims of a token that this key signed with RS256 or PS256."""
    header, claims = parts(token)
    content, _, signature = token.rpartition(".")
    scheme: padding.AsymmetricPadding
    match header.get("alg"):
        case "RS256":
            scheme = padding.PKCS1v15()
        case "PS256":
            scheme = padding.PSS(padding.MGF1(_SHA256), padding.PSS.DIGEST_LENGTH)
        case other:
            raise BadToken(f"algorithm {other}")
    try:
        key.verify(decode(signature), content.encode(), scheme, _SHA256)
    except InvalidSignature as error:
        raise BadToken("wrong signature") from error
    return claims
