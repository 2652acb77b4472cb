"""What is exported makes the same desk again."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import call_command

from common.errors import NotFound
from connections.models import AppRegistration, TenantConnection
from directory.models import (
    AgentRole,
    ChangeAdvisoryBoard,
    CustomField,
    Organisation,
    Site,
    Team,
    UserRole,
)
from halo_entra.configuration.apply import apply
from halo_entra.configuration.export import export
from imports.models import SyncSchedule
from sso.models import SsoConnection
from tests.factories.connections import CredentialFactory, TenantConnectionFactory
from tests.factories.sso import SsoConnectionFactory
from tests.halo_entra.configuration.files import SAMPLE, Files, sign_in, tenant

ODD = """\
version: 1
organisations:
  - {name: 'A / B', sites: [C / D, 'true', '2027-01-01'], is_active: false}
  - {name: 'Ünal: "x"', sites: [{name: '#1', is_active: false}]}
user_roles: ['null', '*Agent*']
agent_roles: [{name: R, permissions: [import, view], organisations: ['A / B']}]
custom_fields: [{name: size, kind: choice, choices: ['1', 'no']}]
connections:
  - name: '1st'
    tenant_id: 11111111-1111-1111-1111-111111111111
    application_id: 22222222-2222-2222-2222-222222222222
    authorisation: delegated
    credentials: [{secret: {env: SSO_SECRET}, expires_on: 2027-01-31}]
    site_mappings:
      - sequence: 5
        type: organisation_by_field
        organisation: A / B
        field: city
        default_site: {organisation: A / B, site: C / D}
        match: any
        enabled: false
        criteria:
          - {field: city, operator: in, value: [1, 'x', true, 2.5]}
          - {field: city, operator: equals, value: ' 007 '}
          - {field: city, operator: is_empty}
    agent_role_mappings: [{group: 'yes', role: R, nested: true}]
    integrator: {full_every: 24h, log_full: true, quiet: ['22:00-06:00']}
sso_connections:
  - name: Multi
    tenant_type: multi
    tenant_id: 11111111-1111-1111-1111-111111111111
    application_id: 22222222-2222-2222-2222-222222222222
    allowed_tenants: [{id: 77777777-1111-1111-1111-111111111111, label: B}, {id: 66666666-1111-1111-1111-111111111111}]
  - name: Single
    create_users: true
    create_site: {organisation: A / B, site: C / D}
    link_by_address: true
"""  # noqa: E501 - YAML as people write it


def empty() -> None:
    """Empty the database of all that a file makes."""
    for model in (
        TenantConnection,
        SsoConnection,
        AppRegistration,
        AgentRole,
        Site,
        Organisation,
        UserRole,
        Team,
        ChangeAdvisoryBoard,
        CustomField,
    ):
        model._default_manager.all().delete()


@pytest.mark.parametrize("text", [SAMPLE.read_text(), ODD, "version: 1\n"])
def test_an_export_applied_to_an_empty_database_is_exported_again(
    files: Files, text: str
) -> None:
    files.apply(text)
    exported = export()
    empty()
    files.apply(exported)

    assert export() == exported


@pytest.mark.parametrize("text", [SAMPLE.read_text(), ODD])
def test_applying_an_export_changes_nothing(files: Files, text: str) -> None:
    files.apply(text)
    report = files.apply(export()).report

    assert (report.created, report.updated) == ([], [])


def test_logging_of_full_syncs_is_exported_where_it_is_on(files: Files) -> None:
    files.apply(ODD)
    assert SyncSchedule.objects.get().log_full
    assert "log_full: true" in export()
    SyncSchedule.objects.update(log_full=False)
    assert "log_full" not in export()


def test_what_was_made_by_hand_survives_the_same_way(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = TenantConnectionFactory.create(name="Acme Ltd.")
    credential = CredentialFactory.build(registration=connection.registration)
    credential.keep("typed-secret")
    credential.save()
    exported = export()
    monkeypatch.setenv("ACME_LTD_SECRET", "typed-secret")
    empty()
    files.apply(exported)

    assert "env: ACME_LTD_SECRET" in exported
    assert export() == exported


def test_a_resolved_group_is_exported_with_id_and_name(files: Files) -> None:
    group = "{id: 33333333-3333-3333-3333-333333333333, name: SG-Desk}"
    files.apply(
        tenant(f"board_mappings: [{{group: {group}, board: Infrastructure CAB}}]")
    )

    lines = [line.strip(" -") for line in export().splitlines()]

    assert lines[lines.index("board_mappings:") + 1 :][:3] == [
        "group:",
        "id: 33333333-3333-3333-3333-333333333333",
        "name: SG-Desk",
    ]


def test_one_connection_is_exported_alone(files: Files) -> None:
    apply(SAMPLE, keep=True)
    text = export("contoso")

    assert "name: Contoso" in text
    assert "sso_connections" not in text


def test_a_connection_that_is_not_there_is_not_exported(files: Files) -> None:
    with pytest.raises(NotFound, match="There is no connection 'Nowhere'"):
        export("Nowhere")


def test_the_default_sign_in_connection_may_be_incomplete(files: Files) -> None:
    SsoConnectionFactory.create(name="Default", slug="default", registration=None)

    assert files.apply(export()).report.updated == []


def test_an_unpublished_connection_keeps_its_slug(files: Files) -> None:
    files.apply(sign_in(""))

    assert SsoConnection.objects.get().slug == "default"


def test_the_command_prints_what_apply_config_takes(
    files: Files, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    apply(SAMPLE, keep=True)
    call_command("export_config")
    path = files.write(capsys.readouterr().out)
    call_command("apply_config", str(path))

    assert capsys.readouterr().out.startswith("Nothing to change.\n")
