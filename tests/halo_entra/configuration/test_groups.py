"""Groups are named by people and told apart by their ids."""

from __future__ import annotations

from typing import Any

import pytest

from connections.models import TenantConnection
from mappings.models import AgentRoleMapping, SiteMapping
from simulator.contract import TenantInfo
from simulator.process import Simulator
from tests.halo_entra.configuration.files import Files, asking

ROLE = "agent_role_mappings: [{{group: {}, role: Analyst}}]"
LONDON = "{{sequence: 10, type: existing_site, site: Contoso / London, group: {}}}"


def group(simulator: Simulator, tenant: TenantInfo, name: str, **more: Any) -> str:
    """Make a group in the tenant and return its id."""
    card = simulator.admin.put_group(tenant.tenant_id, displayName=name, **more)
    return str(card["id"])


@pytest.mark.rule("R097")
def test_a_name_is_resolved_whatever_its_case(
    files: Files, simulator: Simulator, asked: TenantInfo
) -> None:
    group_id = group(simulator, asked, "SG-London")
    group(simulator, asked, "SG-London East")
    row = LONDON.format("' sg-london '")
    applied = files.apply(asking(asked, f"site_mappings: [{row}]"))

    assert applied.unresolved_groups == ()
    assert str(SiteMapping.objects.get().group_id) == group_id


def test_a_name_that_no_group_has_is_refused(files: Files, asked: TenantInfo) -> None:
    told = files.refusal(asking(asked, ROLE.format("SG-Ghost")))

    assert "No group in the tenant is called 'SG-Ghost'" in told
    assert not TenantConnection.objects.exists()


@pytest.mark.rule("R097")
def test_a_name_that_two_groups_have_lists_both(
    files: Files, simulator: Simulator, asked: TenantInfo
) -> None:
    ids = [group(simulator, asked, "SG-Twin") for _ in range(2)]
    told = files.refusal(asking(asked, ROLE.format("SG-Twin")))

    assert "2 groups in the tenant are called 'SG-Twin'" in told
    assert all(one in told for one in ids)


def test_a_group_renamed_in_entra_keeps_its_mapping(
    files: Files, simulator: Simulator, asked: TenantInfo
) -> None:
    group_id = group(simulator, asked, "SG-Desk")
    text = asking(asked, ROLE.format("SG-Desk"))
    files.apply(text)
    simulator.admin.put_group(asked.tenant_id, group_id, displayName="SG-Service")
    simulator.admin.reset_requests()
    report = files.apply(text).report

    assert report.updated == []
    assert simulator.admin.requests(asked.tenant_id) == []


@pytest.mark.rule("R090")
def test_a_distribution_list_is_refused(
    files: Files, simulator: Simulator, asked: TenantInfo
) -> None:
    group(simulator, asked, "All Hands", mailEnabled=True, securityEnabled=False)
    row = LONDON.format("All Hands")

    assert "distribution list" in files.refusal(
        asking(asked, f"site_mappings: [{row}]")
    )


@pytest.mark.parametrize("named", ["Open House", "id"])
def test_a_group_that_anyone_can_join_gives_no_role(
    files: Files, simulator: Simulator, asked: TenantInfo, named: str
) -> None:
    group_id = group(
        simulator,
        asked,
        "Open House",
        groupTypes=["Unified"],
        mailEnabled=True,
        securityEnabled=False,
        visibility="Public",
    )
    name = named.replace("id", f"{{id: {group_id}}}")

    assert "can join this public group" in files.refusal(
        asking(asked, ROLE.format(name))
    )


def test_a_tenant_that_cannot_be_reached_leaves_names_for_later(
    files: Files, simulator: Simulator, asked: TenantInfo
) -> None:
    simulator.admin.fault(path="/groups", status=403)
    applied = files.apply(asking(asked, ROLE.format("SG-Desk")))

    assert applied.unresolved_groups == ("SG-Desk",)
    assert "Its groups could not be looked up. 403" in applied.warnings
    assert AgentRoleMapping.objects.get().group_id is None


def test_a_wrong_secret_leaves_names_for_later(
    files: Files, asked: TenantInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTOSO_SECRET", "nobody~knows")
    applied = files.apply(asking(asked, ROLE.format("SG-Desk")))

    assert applied.unresolved_groups == ("SG-Desk",)
    assert "does not accept the client secret" in applied.warnings
    assert "nobody~knows" not in applied.warnings


def test_a_stored_secret_asks_where_the_file_names_none(
    files: Files, simulator: Simulator, asked: TenantInfo
) -> None:
    text = asking(asked, "")
    files.apply(text)
    group_id = group(simulator, asked, "SG-Desk")
    rows = ROLE.format("SG-Desk")
    files.apply(f"version: 1\nconnections:\n  - name: Contoso\n    {rows}\n")

    assert str(AgentRoleMapping.objects.get().group_id) == group_id


def test_a_group_that_is_not_there_is_warned_of(
    files: Files, asked: TenantInfo
) -> None:
    nobody = "{id: 33333333-3333-3333-3333-333333333333}"
    applied = files.apply(asking(asked, ROLE.format(nobody)))

    assert f"no group {nobody[5:-1]}" in applied.warnings
    assert str(AgentRoleMapping.objects.get().group_id) == nobody[5:-1]


def test_an_id_brings_its_name_along_and_stays_the_same(
    files: Files, simulator: Simulator, asked: TenantInfo
) -> None:
    group_id = group(simulator, asked, "SG-Desk")
    text = asking(asked, ROLE.format(f"{{id: {group_id}}}"))
    files.apply(text)

    assert files.apply(text).report.updated == []
    assert AgentRoleMapping.objects.get().group_name == "SG-Desk"


@pytest.mark.rule("R114")
def test_a_group_by_name_and_by_id_gives_a_role_once(
    files: Files, simulator: Simulator, asked: TenantInfo
) -> None:
    group_id = group(simulator, asked, "SG-Desk")
    rows = "agent_role_mappings: [{group: SG-Desk, role: Analyst}, "
    rows += f"{{group: {{id: {group_id}}}, role: Analyst}}]"

    assert "says the same as line" in files.refusal(asking(asked, rows))


def test_a_check_asks_too(files: Files, asked: TenantInfo) -> None:
    path = files.write(asking(asked, ROLE.format("SG-Ghost")))

    assert "SG-Ghost" in files.refusal_of(path)
