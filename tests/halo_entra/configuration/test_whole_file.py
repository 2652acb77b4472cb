"""A file that uses every part of the format, applied where its tenant can be asked."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import call_command

from connections.models import TenantConnection
from mappings.models import SiteMapping

if TYPE_CHECKING:
    from pytest_django import Settings

    from simulator.process import Simulator

WHOLE = Path(__file__).parents[2] / "samples" / "whole.yaml"
TENANT = "11111111-1111-1111-1111-111111111111"
APPLICATION = "22222222-2222-2222-2222-222222222222"
THIRD = "33333333-3333-3333-3333-333333333333"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _contoso(
    settings: Settings, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tenant that the file names, with the groups that it names."""
    settings.ENTRA_CUSTOM_AUTHORITY = simulator.origin
    settings.ENTRA_CUSTOM_GRAPH = simulator.origin
    settings.ENTRA_CA_BUNDLE = simulator.ca
    tenant = simulator.admin.create_tenant(
        name="Contoso", tenant_id=TENANT, application_id=APPLICATION
    )
    for name in ("SG-London", "SG-Admins", "SG-CAB"):
        simulator.admin.put_group(TENANT, displayName=name)
    simulator.admin.put_group(TENANT, THIRD, displayName="SG-Agents")
    monkeypatch.setenv("CONTOSO_SECRET", tenant.secret)
    monkeypatch.setenv("SSO_SECRET", "of-another-application")


def command(*words: str) -> str:
    out = io.StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def applied() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(command("apply_config", str(WHOLE), "--json"))
    return found


def test_it_is_applied_whole_and_a_second_time_changes_nothing() -> None:
    first = applied()
    version = TenantConnection.objects.get().rules_version
    second = applied()
    assert first["changed"]
    assert first["unresolved_groups"] == []
    assert (second["changed"], second["created"], second["updated"]) == (False, [], [])
    assert second["unchanged"] == len(first["created"]) + first["unchanged"]
    assert TenantConnection.objects.get().rules_version == version


def test_its_groups_are_known_by_id_from_then_on() -> None:
    applied()
    names = dict(
        SiteMapping.objects.exclude(group_id=None).values_list("sequence", "group_name")
    )
    assert names == {10: "SG-London", 30: "SG-Agents"}


def test_a_check_writes_nothing() -> None:
    told = command("apply_config", str(WHOLE), "--check")
    assert "would be created: connection Contoso" in told
    assert not TenantConnection.objects.exists()
