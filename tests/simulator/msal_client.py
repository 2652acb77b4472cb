"""MSAL as an application of a simulated tenant, by secret or certificate."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msal
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

from simulator.contract import TenantInfo
from simulator.process import Simulator
from tests.simulator.graph_caller import session


def msal_application(
    simulator: Simulator, tenant: TenantInfo, credential: object, *, at: str = ""
) -> msal.ConfidentialClientApplication:
    """Return MSAL as the application of a tenant; `at` stands in its place."""
    return msal.ConfidentialClientApplication(
        tenant.application_id,
        client_credential=credential,
        authority=f"{simulator.origin}/{at or tenant.tenant_id}",
        instance_discovery=False,
        http_client=session(simulator),
    )


def key_and_certificate() -> tuple[str, str]:
    """Return a private key and a certificate of it, both in PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "desk.example")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
        .sign(key, SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return private.decode(), certificate.public_bytes(Encoding.PEM).decode()
