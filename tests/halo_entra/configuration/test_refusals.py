"""What a file must not say: told with its line, its key and what is allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connections.models import AppRegistration, TenantConnection
from directory.models import Organisation
from tests.halo_entra.configuration.files import DESK, Files, sign_in, tenant

if TYPE_CHECKING:
    from pathlib import Path

AT = "connections[0]"
"""Where `tenant(rows)` puts its rows: from line 16 on."""


def test_all_problems_are_told_at_once_and_nothing_is_written(files: Files) -> None:
    told = files.refused(
        "version: 1\norganisations: [Contoso]\nteams: [5]\n"
        "user_roles: [Guest, guest]\nconections: []\n"
    )

    assert [line.split(":")[0] for line in told] == ["3", "4", "5"]
    assert not Organisation.objects.exists()


def test_an_unknown_key_comes_with_a_near_one_and_all_allowed(files: Files) -> None:
    told = files.refusal("version: 1\nconections: []\n")

    assert told.startswith(
        "2: conections: Unknown key 'conections'. Did you mean 'connections'? "
        "Allowed: version, organisations,"
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "1: Write a mapping here"),
        ("- 1", "1: Write a mapping here"),
        ("teams: []", "1: Missing here: version"),
        ("version: 2", "1: version: This product reads version: 1"),
        ("version: 1\nteams: [A\n", "3: This is not YAML"),
        ("version: 1\nversion: 1\n", "2: The same key stands here twice"),
        ("version: 1\nteams: x\n", "2: teams: Write a list here"),
        ("version: 1\nteams: [~]\n", "2: teams[0]: Write text here"),
        ("version: 1\nteams: [!!python/name:os.system x]\n", "2: teams[0]: Only text"),
        ("version: 1\nmodules: {microsoft-entra-id: yes}\n", "2: modules.microsoft"),
    ],
)
def test_a_file_that_is_no_configuration_is_refused(
    files: Files, text: str, told: str
) -> None:
    assert files.refusal(text).startswith(told)


def test_a_file_that_repeats_itself_without_end_is_refused(files: Files) -> None:
    assert "nested too deep" in files.refusal("version: 1\nteams: &a [*a]\n")


def test_a_file_that_is_no_text_is_refused(files: Files, tmp_path: Path) -> None:
    files.write("")
    path = tmp_path / "desk.yaml"
    path.write_bytes(b"version: 1\nteams: [\xff]\n")

    assert path.read_bytes() and "2: The file must be UTF-8" in files.refusal_of(path)


@pytest.mark.parametrize(
    ("desk", "told"),
    [
        ("organisations: [{name: A, sites: [x, X]}]", "stands twice"),
        ("organisations: [A, ' a ']", "stands twice"),
        ("agent_roles: [{name: A, organisations: [B]}]", "no organisation 'B'"),
        ("agent_roles: [{name: A, permissions: [vew]}]", "Did you mean 'view'?"),
        ("agent_roles: [{name: A, administrator: true, permissions: []}]", "not both"),
        ("custom_fields: [{name: Badge}]", "lower-case"),
        ("custom_fields: [{name: a, kind: choice}]", "needs choices"),
        ("custom_fields: [{name: a, kind: text, choices: [x]}]", "kind: choice"),
        ("custom_fields: [{name: a, kind: choice, choices: [x, X]}]", "twice"),
        ("change_advisory_boards: [{name: A, approvals_needed: -1}]", "from 0 to"),
        ("modules: {entra: true}", "Allowed: microsoft-entra-id"),
    ],
)
def test_the_desk_refuses(files: Files, desk: str, told: str) -> None:
    assert told in files.refusal(f"version: 1\n{desk}\n")


@pytest.mark.parametrize("word", ["common", "organizations", "Consumers", "''", "~"])
@pytest.mark.rule("R014")
def test_a_connection_names_exactly_one_tenant(files: Files, word: str) -> None:
    text = tenant("").replace("11111111-1111-1111-1111-111111111111", word)

    assert "a connection reads exactly one tenant" in files.refusal(text)


@pytest.mark.rule("R014")
def test_the_tenant_of_personal_accounts_is_refused(files: Files) -> None:
    consumers = "9188040d-6c67-4c5b-b112-36a304b66dad"
    text = tenant("").replace("11111111-1111-1111-1111-111111111111", consumers)

    assert "personal accounts" in files.refusal(text)


@pytest.mark.parametrize("key", ["tenant_id", "application_id"])
@pytest.mark.rule("R064")
def test_ids_are_guids(files: Files, key: str) -> None:
    lines = [
        f"    {key}: nonsense" if line.strip().startswith(key) else line
        for line in tenant("").splitlines()
    ]

    assert f"{key}: This is not a GUID" in files.refusal("\n".join(lines))


@pytest.mark.rule("R015")
def test_one_application_has_one_tenant(files: Files) -> None:
    other = "{name: B, tenant_id: 55555555-5555-5555-5555-555555555555, "
    other += "application_id: 22222222-2222-2222-2222-222222222222}"
    told = files.refused(tenant("") + f"\n  - {other}\n")

    assert len(told) == 2
    assert "cannot be used to import users from multiple Azure tenants" in told[0]


def test_a_tenant_has_one_connection(files: Files) -> None:
    files.apply(tenant(""))
    told = files.refusal(
        "version: 1\nconnections: [{name: B, "
        "tenant_id: 11111111-1111-1111-1111-111111111111, "
        "application_id: 55555555-2222-2222-2222-222222222222}]\n"
    )

    assert "already has a connection: 'Contoso'" in told
    assert AppRegistration.objects.count() == 1


@pytest.mark.rule("R042")
@pytest.mark.rule("R063")
def test_names_are_unique_over_tenants_and_sign_in(files: Files) -> None:
    files.apply(tenant(""))

    assert "is used twice" in files.refusal(
        sign_in("").replace("name: Default", "name: CONTOSO")
    )


def test_the_tenant_is_read_only_after_the_first_fetch(files: Files) -> None:
    files.apply(tenant(""))
    TenantConnection.objects.update(first_fetched_at="2026-01-01T00:00:00Z")
    moved = tenant("").replace("11111111-1111", "55555555-1111")

    assert "read-only after the first import" in files.refusal(moved)


def test_a_cloud_that_is_not_set_up_is_refused(files: Files) -> None:
    assert "'custom' is not set up" in files.refusal(tenant("cloud: custom"))


def test_a_new_connection_needs_its_ids(files: Files) -> None:
    assert "needs tenant_id and application_id" in files.refusal(
        "version: 1\nconnections: [{name: A}]\n"
    )


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("integrator: {full_every: 7}", "like 15m, 24h or 7d"),
        ("integrator: {delta_every: 0m}", "like 15m, 24h or 7d"),
        ("integrator: {import: [people]}", "users, agents, licences, devices"),
        ("integrator: {quiet: [22-6]}", "a window like 22:00-06:00"),
        ("integrator: {time_zone: Mars}", "a time zone like UTC"),
        ("notify: [desk]", "Write a mail address"),
        ("guard: {percent: 101}", "from 0 to 100"),
        ("guard: {people: true}", "a whole number"),
        ("leavers: {disabled: deactivated}", "Did you mean 'deactivate'?"),
        ("own_tenant: 'yes'", "Write true or false"),
        ("agents: {default_team: Nobody}", "no team 'Nobody'"),
        ("agents: {user_site: London}", "as Organisation / Site"),
        ("agents: {user_site: Contoso / Lodnon}", "Did you mean 'Contoso / London'?"),
        ("agent_licensing: {licensed_roles: [Boss]}", "no agent role 'Boss'"),
        ("licences: {organisation: Nowhere}", "no organisation 'Nowhere'"),
        ("devices: {default_site: Contoso / Rome}", "no site 'Contoso / Rome'"),
    ],
)
def test_a_setting_refuses(files: Files, rows: str, told: str) -> None:
    line = files.refusal(tenant(rows))

    assert line.startswith(f"16: {AT}.{rows.partition(':')[0]}")
    assert told in line


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("tenant_type: multi\npublished: true", "needs allowed_tenants"),
        ("tenant_type: multi\nlink_by_address: true", "single only"),
        ("create_users: true", "needs create_site"),
    ],
)
def test_a_sign_in_connection_refuses(files: Files, rows: str, told: str) -> None:
    assert told in files.refusal(sign_in(rows))


@pytest.mark.rule("R046")
def test_what_is_incomplete_is_not_published(files: Files) -> None:
    text = DESK + "sso_connections: [{name: Default, published: true}]\n"

    assert "published: true needs tenant_id" in files.refusal(text)


@pytest.mark.rule("R046")
def test_what_cannot_prove_itself_is_not_published(files: Files) -> None:
    text = sign_in("published: true")
    secret = next(line for line in text.splitlines() if "client_secret" in line)

    refusal = files.refusal(text.replace(secret, ""))

    assert "sso_connections[0].published" in refusal
    assert "needs a credential" in refusal
