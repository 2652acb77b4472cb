"""The signing keys of the identity platform, and access tokens for Graph."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from simulator import jwt
from simulator.clock import Clock
from simulator.tenant import Application, Tenant

GRAPH = "00000003-0000-0000-c000-000000000000"
_BACKDATED = 300


@dataclass(frozen=True, slots=True)
class SigningKey:
    """One key pair with its self-signed certificate."""

    kid: str
    private: rsa.RSAPrivateKey
    certificate: bytes

    def as_jwk(self, issuer: str) -> dict[str, Any]:
        """Return the public half as the key set shows it: without `alg`."""
        numbers = self.private.public_key().public_numbers()
        modulus = numbers.n.to_bytes((numbers.n.bit_length() + 7) // 8, "big")
        return {
            "kty": "RSA",
            "use": "sig",
            "kid": self.kid,
            "x5t": self.kid,
            "n": jwt.encode(modulus),
            "e": jwt.encode(numbers.e.to_bytes(3, "big")),
            "x5c": [_base64(self.certificate)],
            "issuer": issuer,
        }


def _base64(raw: bytes) -> str:
    text = jwt.encode(raw).replace("-", "+").replace("_", "/")
    return text + "=" * (-len(text) % 4)


def new_signing_key() -> SigningKey:
    """Make a key pair and certificate."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name(
        [x509.NameAttribute(NameOID.COMMON_NAME, "login.simulator.example")]
    )
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365))
        .sign(private, SHA256())
    )
    # Entra names its keys by the certificate's SHA-1 thumbprint.
    kid = jwt.encode(certificate.fingerprint(SHA1()))
    return SigningKey(kid, private, certificate.public_bytes(Encoding.DER))


class TokenService:
    """Issues access tokens for Graph and reads them back."""

    def __init__(self, clock: Clock) -> None:
        """Make two signing keys, as the platform always publishes more than one."""
        self.keys = [new_signing_key(), new_signing_key()]
        self._clock = clock
        self._checked: dict[str, Mapping[str, Any]] = {}

    def for_application(
        self, tenant: Tenant, application: Application, *, is_certificate: bool
    ) -> tuple[str, int]:
        """Return an app-only token and the seconds it lives; 60 to 90 minutes."""
        now = int(self._clock.now())
        lifetime = 3600 + secrets.randbelow(1800)
        claims: dict[str, Any] = {
            "aud": "https://graph.microsoft.com",
            "iss": f"https://sts.windows.net/{tenant.id}/",
            "iat": now - _BACKDATED,
            "nbf": now - _BACKDATED,
            "exp": now + lifetime,
            "app_displayname": "Service desk",
            "appid": application.id,
            "appidacr": "2" if is_certificate else "1",
            "idtyp": "app",
            "oid": application.object_id,
            "sub": application.object_id,
            "tid": tenant.id,
            "uti": secrets.token_urlsafe(16),
            "ver": "1.0",
        }
        # Without consent there is a token all the same, only without roles.
        if application.permissions:
            claims["roles"] = list(application.permissions)
        return self.sign(claims), lifetime - 1

    def sign(self, claims: Mapping[str, Any]) -> str:
        """Return a token of these claims, signed with the current key."""
        key = self.keys[0]
        return jwt.sign(claims, key=key.private, kid=key.kid)

    def rotate(self) -> None:
        """Sign with a new key from now on; the oldest one is no longer published."""
        self.keys = [new_signing_key(), *self.keys[:-1]]

    def read(self, token: str) -> Mapping[str, Any] | None:
        """Return the claims of a token that we issued and that is still valid."""
        claims = self._checked.get(token)
        if claims is None:
            claims = self._verified(token)
            if claims is None:
                return None
            self._checked[token] = claims
        return claims if claims["exp"] > self._clock.now() else None

    def _verified(self, token: str) -> Mapping[str, Any] | None:
        try:
            kid = jwt.parts(token)[0].get("kid")
            for key in self.keys:
                if key.kid == kid:
                    return jwt.verify(token, key=key.private.public_key())
        except jwt.BadToken:
            return None
        return None
