"""Client assertions: the certificate's way to prove who an application is."""

from __future__ import annotations

from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256

from simulator import jwt

_LEEWAY = 300


def is_valid(
    assertion: str, *, certificate_pem: str, client_id: str, audience: str, now: float
) -> bool:
    """Say whether the certificate's key signed this, for this endpoint, just now."""
    certificate = x509.load_pem_x509_certificate(certificate_pem.encode())
    key = certificate.public_key()
    if not isinstance(key, RSAPublicKey):
        return False
    try:
        header, _ = jwt.parts(assertion)
        claims = jwt.verify(assertion, key=key)
    except jwt.BadToken:
        return False
    # MSAL pads its thumbprints with "=", and Entra takes them.
    thumbprints = (
        _name(header, "x5t#S256") == jwt.encode(certificate.fingerprint(SHA256())),
        _name(header, "x5t") == jwt.encode(certificate.fingerprint(SHA1())),
    )
    speaks_for_client = claims.get("iss") == claims.get("sub") == client_id
    is_current = claims.get("nbf", 0) - _LEEWAY <= now <= claims.get("exp", 0)
    is_for_us = claims.get("aud") == audience
    return any(thumbprints) and speaks_for_client and is_current and is_for_us


def _name(header: dict[str, Any], field: str) -> str:
    return str(header.get(field, "")).rstrip("=")
