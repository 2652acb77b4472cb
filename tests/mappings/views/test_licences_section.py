"""Where licences go: a section of Advanced Configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from common.rights import Permission
from mappings.compile import compile_rules
from mappings.models import LicenceSettings, SiteMapping
from mappings.words import MappingType
from tests.desk_agents import EVERYTHING, sign_in
from tests.factories.directory import OrganisationFactory, SiteFactory
from tests.mappings.views.pages import url, version

if TYPE_CHECKING:
    from django.test import Client

    from connections.models import TenantConnection


@pytest.fixture
def page(client: Client, connection: TenantConnection) -> Client:
    """A browser of an administrator."""
    sign_in(client, *EVERYTHING)
    return client


def save(page: Client, connection: TenantConnection, organisation: object) -> Any:
    """Choose an organisation; return the answer."""
    sent = {
        "licences-rules_version": version(connection),
        "licences-organisation_id": str(organisation),
    }
    return page.post(url("settings", connection, "licences"), sent)


def shown(page: Client, connection: TenantConnection) -> str:
    """Return the page."""
    return page.get(url("advanced", connection)).content.decode()


@pytest.mark.rule("R151")
@pytest.mark.rule("R152")
def test_an_organisation_is_chosen_and_imports_follow_it(
    page: Client, connection: TenantConnection
) -> None:
    organisation = OrganisationFactory.create()
    before = version(connection)
    assert save(page, connection, organisation.pk).status_code == 302
    row = LicenceSettings.objects.get(connection=connection)
    assert (row.organisation, row.managed_here) == (organisation, False)
    assert version(connection) == before + 1
    assert compile_rules(connection).licences_into == organisation.pk
    save(page, connection, "")
    assert compile_rules(connection).licences_into is None


def test_what_is_no_organisation_is_refused(
    page: Client, connection: TenantConnection
) -> None:
    assert save(page, connection, 987).status_code == 400
    assert not LicenceSettings.objects.exists()


@pytest.mark.rule("R150")
def test_the_section_is_closed_until_the_permission_is_granted(
    page: Client, connection: TenantConnection
) -> None:
    organisation = OrganisationFactory.create()
    connection.granted_scopes = ["User.Read.All", "Group.Read.All"]
    connection.save(update_fields=["granted_scopes"])
    html = shown(page, connection)
    assert "LicenseAssignment.Read.All is not granted" in html
    assert "authorise this connection again" in html
    save(page, connection, organisation.pk)
    assert compile_rules(connection).licences_into is None
    connection.granted_scopes.append("LicenseAssignment.ReadWrite.All")
    connection.save(update_fields=["granted_scopes"])
    assert "is not granted" not in shown(page, connection)
    save(page, connection, organisation.pk)
    assert compile_rules(connection).licences_into == organisation.pk


@pytest.mark.rule("R153")
def test_mappings_into_another_organisation_are_told(
    page: Client, connection: TenantConnection
) -> None:
    site, other = SiteFactory.create(), SiteFactory.create()
    save(page, connection, site.organisation_id)
    for sequence, one in enumerate((site, other)):
        SiteMapping.objects.create(
            connection=connection,
            sequence=sequence,
            type=MappingType.EXISTING_SITE,
            site=one,
        )
    html = shown(page, connection)
    assert f"Mappings also bring people to {other.organisation.name}." in html


def test_whoever_may_not_configure_does_not_choose(
    client: Client, connection: TenantConnection
) -> None:
    sign_in(client, Permission.VIEW)
    assert save(client, connection, 1).status_code == 403
