"""Secrets are read where the file says, and go nowhere but into their column."""

from __future__ import annotations

import base64
import json
import logging
import subprocess
from pathlib import Path
from urllib.parse import quote

import pytest
from django import db
from django.core.management import call_command

from connections.models import Credential
from tests.connections import certificates
from tests.halo_entra.configuration.files import SAMPLE, Files, tenant

CANARY = 'can"ary~8Q/+ö=%'


def spellings(secret: str) -> list[str]:
    """Return the ways in which a secret may stand in what leaves the process."""
    raw = secret.encode()
    return [
        secret,
        quote(secret),
        quote(secret, safe=""),
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        # Whatever stands before it in what is encoded.
        base64.b64encode(raw).decode()[:-4],
        base64.b64encode(b"." + raw).decode()[2:-4],
        base64.b64encode(b".." + raw).decode()[3:-4],
    ]


def with_secret(rows: str) -> str:
    """Return a file whose connection has these rows instead of its secret."""
    return tenant("").replace("    client_secret: {env: CONTOSO_SECRET}\n", rows)


@pytest.mark.django_db(transaction=True)
def test_a_secret_is_nowhere_to_be_read(
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CONTOSO_SECRET", CANARY)
    caplog.set_level(logging.DEBUG)
    for command in (
        ("apply_config", str(SAMPLE), "--check", "--json"),
        ("apply_config", str(SAMPLE)),
        ("apply_config", str(SAMPLE), "--json"),
        ("export_config",),
    ):
        call_command(*command)
    seen = "".join((*capsys.readouterr(), caplog.text, dump()))

    assert (
        Credential.objects.get(reference={"env": "CONTOSO_SECRET"}).reveal() == CANARY
    )
    assert [one for one in spellings(CANARY) if one in seen] == []


def dump() -> str:
    """Return all that the database holds, as it holds it."""
    if db.connection.vendor == "sqlite":
        name = Path(str(db.connection.settings_dict["NAME"]))
        found = [name.with_name(name.name + end) for end in ("", "-wal")]
        # By another process: closing the file here would drop the locks that SQLite
        # holds on it (https://sqlite.org/howtocorrupt.html, 2.2).
        command = ["cat", *(str(file) for file in found if file.exists())]
        return subprocess.run(command, capture_output=True, check=True).stdout.decode(
            "latin-1"
        )
    with db.connection.cursor() as cursor:
        cursor.execute("SELECT value FROM connections_credential")
        return str(cursor.fetchall())


@pytest.mark.parametrize(
    "rows",
    [
        "client_secret: {}",
        "client_secret: {{env: '{}'}}",
        "client_secret: {{file: '{}'}}",
        "client_secret: {{'{}'}}",
        "client_secret: {{value: '{}'}}",
        "client_secret: *{}",
        "credentials: [{}]",
        "credentials: [{{secret: {}}}]",
        "credentials: [{{'{}': x}}]",
        "credentials: [{{secret: {{env: CONTOSO_SECRET}}, expires_on: {}}}]",
        "tenant_id: {}",
        "cloud: {}",
        "own_tenant: {}",
    ],
)
@pytest.mark.rule("R064")
def test_a_secret_in_the_file_is_refused_and_not_repeated(
    files: Files, rows: str
) -> None:
    canary = "s8Q~canary-value"
    text = with_secret("    " + rows.format(canary) + "\n")
    if rows.startswith("tenant_id"):
        text = text.replace("    tenant_id: 11111111-1111-1111-1111-111111111111\n", "")
    told = files.refused(text)

    assert len(told) == 1
    assert canary not in told[0]


@pytest.mark.rule("R064")
def test_a_secret_id_is_warned_of(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTOSO_SECRET", "12345678-1234-1234-1234-123456789abc")
    warnings = files.apply(tenant("")).warnings

    assert "This looks like a Secret ID" in warnings
    assert "12345678-1234" not in warnings


def test_a_variable_that_is_not_set_is_named(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CONTOSO_SECRET")

    assert "variable CONTOSO_SECRET is not set" in files.refusal(tenant(""))


@pytest.mark.parametrize(
    ("content", "told"),
    [(None, "No such file"), (b" \n", "is empty"), (b"\xff", "is no text")],
)
def test_a_file_without_a_secret_is_refused(
    files: Files, content: bytes | None, told: str
) -> None:
    if content is not None:
        (files.folder / "secret").write_bytes(content)

    assert told in files.refusal(with_secret("    client_secret: {file: secret}\n"))


def test_a_secret_comes_from_a_file_beside_the_configuration(files: Files) -> None:
    (files.folder / "secret").write_text("from-a-file\n")
    files.apply(with_secret("    client_secret: {file: secret}\n"))

    assert Credential.objects.get().reveal() == "from-a-file"


def test_a_new_value_is_an_update_and_the_same_is_none(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    files.apply(tenant(""))
    same = files.apply(tenant("")).report
    monkeypatch.setenv("CONTOSO_SECRET", "third-secret")
    other = files.apply(tenant("")).report

    assert same.updated == []
    assert other.updated == ["Contoso, credential 1"]
    assert Credential.objects.get().reveal() == "third-secret"


def test_a_secret_that_no_key_opens_is_written_again(files: Files) -> None:
    files.apply(tenant(""))
    Credential.objects.update(value="ciphertext of a lost key")
    files.apply(tenant(""))

    assert Credential.objects.get().reveal() == "first-secret"


def test_several_credentials_keep_their_order_and_expiry(files: Files) -> None:
    rows = "    credentials: [{secret: {env: SSO_SECRET}, expires_on: 2027-01-31}, "
    rows += "{secret: {env: CONTOSO_SECRET}}]\n"
    files.apply(with_secret(rows))
    first, second = Credential.objects.order_by("position")

    assert (first.reveal(), str(first.expires_on)) == ("second-secret", "2027-01-31")
    assert (second.reveal(), second.expires_on) == ("first-secret", None)


def test_a_certificate_comes_with_its_key(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair = certificates.make()
    (files.folder / "app.pem").write_text(pair.certificate)
    monkeypatch.setenv("APP_KEY", pair.key)
    rows = "    credentials: [{certificate: {file: app.pem}, private_key: "
    files.apply(with_secret(rows + "{env: APP_KEY}}]\n"))
    row = Credential.objects.get()

    assert row.kind == "certificate"
    assert row.certificate == pair.certificate.strip()
    assert row.reveal() == pair.key.strip()


def test_one_application_has_one_list_of_credentials(files: Files) -> None:
    text = tenant("") + "sso_connections: [{name: Default, "
    text += "tenant_id: 11111111-1111-1111-1111-111111111111, "
    text += "application_id: 22222222-2222-2222-2222-222222222222, "
    text += "client_secret: {env: SSO_SECRET}}]\n"

    assert "has other credentials on line" in files.refusal(text)
