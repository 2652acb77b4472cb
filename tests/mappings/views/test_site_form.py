"""One site mapping, as a browser makes and changes it."""

from __future__ import annotations

import pytest
from django.test import Client

from common.rights import Permission
from connections.models import TenantConnection
from directory.models import Site
from mappings.models import SiteMapping
from tests.desk_agents import sign_in
from tests.factories.connections import TenantConnectionFactory
from tests.factories.directory import (
    AgentRoleFactory,
    OrganisationFactory,
    SiteFactory,
    UserRoleFactory,
)
from tests.factories.mappings import SiteMappingFactory
from tests.mappings.views.making import new, sales
from tests.mappings.views.pages import filled, read, url, version


@pytest.fixture
def page(client: Client, connection: TenantConnection) -> Client:
    """A browser of somebody who may configure, and see everybody."""
    sign_in(client, Permission.VIEW, Permission.CONFIGURE)
    return client


@pytest.mark.rule("R092")
def test_the_type_is_asked_first(page: Client, connection: TenantConnection) -> None:
    html = page.get(url("mapping-types", connection)).content.decode()

    assert "Map to an existing Site" in html
    assert "Map to an existing Organization based on an Azure field" in html
    assert page.get(new(connection, "another")).status_code == 404


@pytest.mark.rule("R089")
@pytest.mark.rule("R093")
@pytest.mark.rule("R094")
@pytest.mark.rule("R096")
@pytest.mark.rule("R099")
def test_people_of_a_department_come_to_a_site(
    page: Client, connection: TenantConnection
) -> None:
    site, role = SiteFactory.create(), UserRoleFactory.create()
    sent = sales(page, new(connection), site=site.pk, user_role=role.pk)

    answer = page.post(new(connection), sent)

    assert answer.status_code == 302
    row = SiteMapping.objects.get(connection=connection)
    assert (row.site, row.user_role, row.sequence) == (site, role, 10)
    assert (row.enabled, row.nested, row.include_external) == (True, True, False)
    [criterion] = row.criteria.all()
    assert (criterion.field, criterion.value) == ("department", "Sales")
    assert version(connection) == 2


@pytest.mark.rule("R103")
@pytest.mark.rule("R104")
@pytest.mark.rule("R105")
@pytest.mark.rule("R107")
def test_sites_are_named_by_a_field(page: Client, connection: TenantConnection) -> None:
    site = SiteFactory.create()
    address = new(connection, "organisation_by_field")
    form = filled(page, address, organisation=site.organisation_id)
    refreshed = page.post(address, form | {"refresh": "1"}).content.decode()
    sent = sales(page, address, organisation=site.organisation_id)

    page.post(address, sent | {"field": "officeLocation", "default_site": str(site.pk)})

    assert "*Agent*" not in refreshed.replace("not for *Agent*", "")
    assert f'<option value="{site.pk}">' in refreshed
    row = SiteMapping.objects.get(connection=connection)
    assert row.organisation == site.organisation
    assert (row.field, row.default_site) == ("officeLocation", site)


def test_a_default_site_is_one_of_the_organisation(
    page: Client, connection: TenantConnection
) -> None:
    organisation, foreign = OrganisationFactory.create(), SiteFactory.create()
    address = new(connection, "organisation_by_field")
    sent = sales(page, address, organisation=organisation.pk, field="city")

    answer = page.post(address, sent | {"default_site": str(foreign.pk)})

    assert f"This is no site of {organisation.name}." in answer.content.decode()
    assert not SiteMapping.objects.exists()


@pytest.mark.rule("R095")
def test_a_sequence_is_used_once(page: Client, connection: TenantConnection) -> None:
    SiteMappingFactory.create(connection=connection, sequence=10)
    site = SiteFactory.create()
    sent = sales(page, new(connection), site=site.pk)

    answer = page.post(new(connection), sent | {"sequence": "10"})

    assert sent["sequence"] == ["20"]
    assert "Another mapping has the sequence 10" in answer.content.decode()
    assert "the next free one is 20" in answer.content.decode()


@pytest.mark.rule("R094")
def test_an_inactive_site_is_not_offered(
    page: Client, connection: TenantConnection
) -> None:
    site = SiteFactory.create(is_active=False)
    sent = sales(page, new(connection), site=site.pk)

    answer = page.post(new(connection), sent)

    assert "Choose a site, or *Agent*." in answer.content.decode()


def test_bad_input_keeps_what_was_typed(
    page: Client, connection: TenantConnection
) -> None:
    site = SiteFactory.create(name="<b>Oslo</b>")
    sent = sales(page, new(connection), site=site.pk)
    typed = sent | {"sequence": "-3", "criteria-0-value": "A\nB"}

    answer = page.post(new(connection), typed)
    html = answer.content.decode()

    assert answer.status_code == 400
    assert "For several choose “is one of”" in html
    assert "greater than or equal to 0" in html
    assert f'<option value="{site.pk}" selected>' in html
    assert "&lt;b&gt;Oslo&lt;/b&gt;" in html
    assert read(html)["criteria-0-value"] == ["A\nB"]


@pytest.mark.rule("R090")
def test_everybody_is_meant_only_if_that_is_said(
    page: Client, connection: TenantConnection
) -> None:
    site = SiteFactory.create()
    sent = filled(page, new(connection), site=site.pk)

    asked = page.post(new(connection), sent)
    page.post(new(connection), sent | {"everybody": "on"})

    assert "selects everybody in the tenant" in asked.content.decode()
    row = SiteMapping.objects.get(connection=connection)
    edit = url("mapping", connection, row.pk)
    assert page.post(edit, filled(page, edit, sequence="5")).status_code == 302


def test_what_somebody_else_saved_meanwhile_is_shown(
    page: Client, connection: TenantConnection
) -> None:
    old, new_ = SiteFactory.create(name="Old"), SiteFactory.create(name="New")
    row = SiteMappingFactory.create(connection=connection, site=old)
    edit = url("mapping", connection, row.pk)
    mine = filled(page, edit, sequence="3")
    page.post(edit, filled(page, edit, site=new_.pk))

    answer = page.post(edit, mine)
    html = answer.content.decode()

    assert "Somebody changed the rules" in html
    assert "Saved now" in html
    assert f"<bdi>{new_}</bdi>" in html
    assert read(html)["sequence"] == ["3"]
    row.refresh_from_db()
    assert row.site == new_


def test_a_mapping_of_another_organisation_is_not_found(
    client: Client, connection: TenantConnection
) -> None:
    mine, foreign = SiteFactory.create(), SiteFactory.create()
    sign_in(client, Permission.CONFIGURE, organisations=[mine.organisation])
    row = SiteMappingFactory.create(connection=connection, site=foreign)

    edit = client.get(url("mapping", connection, row.pk))
    page = client.get(new(connection)).content.decode()
    sent = sales(client, new(connection), site=foreign.pk)

    assert edit.status_code == 404
    assert f'value="{mine.pk}"' in page
    assert f"/ {foreign.name}" not in page
    assert client.post(new(connection), sent).status_code == 400


def test_a_mapping_of_another_connection_is_not_found(
    page: Client, connection: TenantConnection
) -> None:
    row = SiteMappingFactory.create(connection=TenantConnectionFactory.create())

    assert page.get(url("mapping", connection, row.pk)).status_code == 404


def test_many_sites_are_narrowed_by_a_search(
    page: Client, connection: TenantConnection
) -> None:
    organisation = OrganisationFactory.create(name="Acme")
    Site.objects.bulk_create(
        Site(organisation=organisation, name=f"Shop {n:03}", name_key=f"shop {n:03}")
        for n in range(250)
    )
    form = filled(page, new(connection))

    found = page.post(
        new(connection), form | {"refresh": "1", "site_find": "shop 249"}
    ).content.decode()

    assert "site_find" in form
    assert found.count("Acme / Shop") == 1
    assert "Nothing was saved" not in found


@pytest.mark.rule("R100")
def test_agents_are_offered_agent_roles(
    page: Client, connection: TenantConnection
) -> None:
    UserRoleFactory.create(name="Reader")
    AgentRoleFactory.create(name="Analyst")
    form = filled(page, new(connection))

    html = page.get(new(connection)).content.decode()
    agents = page.post(
        new(connection), form | {"site": "*Agent*", "refresh": "1"}
    ).content.decode()

    first = html.index("Choose…")
    assert html.index("*Agent*", first) < html.index("</select>", first)
    assert "Reader" in html
    assert "Analyst" not in html
    assert "Analyst" in agents
    assert "Reader" not in agents
