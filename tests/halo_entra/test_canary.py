"""A secret that we are given is found nowhere again, in no encoding.

One full cycle in processes of their own, with the log at its most talkative; then the
bytes of everything that they left behind or said are searched.
"""

from __future__ import annotations

import base64
import binascii
import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

import pytest
from cryptography.fernet import Fernet

from tests.halo_entra.manage import manage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from simulator.contract import TenantInfo
    from simulator.process import Simulator

CANARY = 'Kanar~ie+"n/\\vogel é&=?%8f1c5d7a9b3e'
SECRET_KEY = "k-secret-key-0f3b5c7d9e1a" * 3
CONFIGURATION = """
version: 1
organisations: [{{name: Acme, sites: [London]}}]
agent_roles: [Analyst]
modules: {{microsoft-entra-id: true}}
connections:
  - name: Acme
    cloud: custom
    tenant_id: {tenant.tenant_id}
    application_id: {tenant.application_id}
    client_secret: {{env: ACME_SECRET}}
    site_mappings:
      - {{sequence: 10, type: existing_site, site: Acme / London, group: All-Staff}}
      - {{sequence: 20, type: existing_site, site: "*Agent*", role: Analyst, group: Group-1}}
sso_connections:
  - name: Default
    cloud: custom
    tenant_type: single
    tenant_id: {tenant.tenant_id}
    allowed_tenants: [{{id: {tenant.tenant_id}, label: Acme}}]
    application_id: {tenant.application_id}
    client_secret: {{env: ACME_SECRET}}
"""  # noqa: E501 - a file as administrators write it
RING = "from imports.tasks import ring, tick; ring.delay(1); tick.delay()"


def spellings(secret: str) -> set[bytes]:
    """Return the secret as it might have been written, down to base64 in mid-text."""
    raw = secret.encode()
    found = {
        raw,
        quote(secret, safe="").encode(),
        quote(secret).encode(),
        quote_plus(secret).encode(),
        json.dumps(secret)[1:-1].encode(),
        json.dumps(secret, ensure_ascii=False)[1:-1].encode(),
        json.dumps(json.dumps(secret))[3:-3].encode(),
        secret.encode("utf-16-le"),
        binascii.hexlify(raw),
        repr(secret)[1:-1].encode(),
    }
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + raw)
        # The first and last characters depend on what stands beside the secret.
        found.add(encoded[4:-4])
        found.add(encoded[4:-4].translate(bytes.maketrans(b"+/", b"-_")))
    return found


def leaks(secret: str, places: dict[str, bytes]) -> list[str]:
    """Return the places that hold the secret in any spelling."""
    needles = spellings(secret)
    return [
        place
        for place, content in places.items()
        if any(needle in content for needle in needles)
    ]


def files(folder: Path) -> dict[str, bytes]:
    """Return the bytes of every file under a folder."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def tenant(simulator: Simulator) -> TenantInfo:
    """A tenant with people, whose application has the canary as its secret."""
    return simulator.admin.create_tenant(name="Acme", people=20, secret=CANARY)


@pytest.fixture
def variables(simulator: Simulator) -> dict[str, str]:
    """The environment that the cycle's processes share."""
    return {
        "SECRET_KEY": SECRET_KEY,
        "FIELD_ENCRYPTION_KEYS": Fernet.generate_key().decode(),
        "ENTRA_CUSTOM_AUTHORITY": simulator.origin,
        "ENTRA_CUSTOM_GRAPH": simulator.origin,
        "ENTRA_CA_BUNDLE": simulator.ca,
        "LOG_LEVEL": "DEBUG",
        "ACME_SECRET": CANARY,
    }


def cycle(tenant: TenantInfo, simulator: Simulator) -> Iterator[tuple[str, ...]]:
    """Yield the commands of a full cycle, the last ones under a wrong secret."""
    yield ("apply_config", "acme.yaml", "--json")
    yield ("import_directory", "Acme", "--preview", "--json")
    yield ("import_directory", "Acme", "--json")
    somebody = next(simulator.admin.oracle(tenant.tenant_id, "people"))
    yield ("explain", "Acme", somebody["id"], "--json")
    yield ("test_connection", "Acme")
    yield ("export_config",)
    yield ("export_directory", "users")
    yield ("shell", "-c", RING)
    simulator.admin.set_application(
        tenant.tenant_id, tenant.application_id, secret="another"
    )
    yield ("import_directory", "Acme")
    yield ("test_connection", "Acme", "--json")


def test_a_secret_is_found_nowhere_after_a_full_cycle(
    tmp_path: Path,
    tenant: TenantInfo,
    simulator: Simulator,
    variables: dict[str, str],
) -> None:
    var, said, ended = tmp_path / "var", dict[str, bytes](), list[int]()
    document = tmp_path / "acme.yaml"
    document.write_text(CONFIGURATION.format(tenant=tenant), encoding="utf-8")
    assert manage(var, "migrate", "--verbosity", "0", **variables).returncode == 0
    # While somebody else has it open, the last writer does not fold the WAL away.
    with closing(sqlite3.connect(var / "halo_entra.sqlite3")) as reader:
        reader.execute("SELECT count(*) FROM imports_run").fetchone()
        for command in cycle(tenant, simulator):
            words = [str(document) if w == "acme.yaml" else w for w in command]
            done = manage(var, *words, **variables)
            ended.append(done.returncode)
            said[" ".join(command)] = (done.stdout + done.stderr).encode()
        kept = files(var)
    assert ended == [0] * (len(ended) - 2) + [1, 1]
    assert kept["halo_entra.sqlite3-wal"]
    assert any(name.startswith("broker/") for name in kept)
    for secret in (CANARY, SECRET_KEY, variables["FIELD_ENCRYPTION_KEYS"]):
        assert leaks(secret, said | kept) == []
    assert b"env: ACME_SECRET" in said["export_config"]


@pytest.mark.parametrize("needle", sorted(spellings(CANARY)))
def test_the_search_finds_a_secret_in_each_spelling(needle: bytes) -> None:
    assert leaks(CANARY, {"clean": b"x" * 99, "log": b"a=" + needle + b"&b"}) == ["log"]
