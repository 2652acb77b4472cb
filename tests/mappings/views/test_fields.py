"""The tab Field Mappings, as a browser uses it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from common.rights import Permission
from connections.models import Module, TenantConnection
from mappings.models import FieldMapping
from mappings.words import Kind
from tests.desk_agents import sign_in
from tests.factories.connections import TenantConnectionFactory
from tests.factories.directory import CustomFieldFactory
from tests.factories.mappings import FieldMappingFactory, MatchingFieldFactory
from tests.mappings.views.pages import filled, url, version

HTMX = {"HX-Request": "true"}


@pytest.fixture
def page(client: Client, connection: TenantConnection) -> Client:
    """A browser of somebody who may configure."""
    sign_in(client, Permission.VIEW, Permission.CONFIGURE)
    return client


def mapped(connection: TenantConnection, kind: Kind = Kind.USERS) -> dict[str, str]:
    """Return what is mapped: the target of each source."""
    rows = FieldMapping.objects.filter(connection=connection, kind=kind)
    return dict(rows.values_list("source", "target"))


@pytest.mark.rule("R073")
@pytest.mark.rule("R074")
@pytest.mark.rule("R079")
def test_users_and_agents_have_a_table_each(
    page: Client, connection: TenantConnection
) -> None:
    FieldMappingFactory.create(connection=connection)
    FieldMappingFactory.create(connection=connection, kind=Kind.AGENTS, source="mail")

    html = page.get(url("fields", connection)).content.decode()

    assert ">Users</h2>" in html
    assert ">Agents</h2>" in html
    assert "Add a field mapping for Users" in html
    assert "Add a field mapping for Agents" in html
    assert "Display Name" in html


@pytest.mark.rule("R080")
def test_an_azure_field_is_mapped_to_one_of_ours(
    page: Client, connection: TenantConnection
) -> None:
    before = version(connection)
    add = url("field-add", connection, "users")

    answer = page.post(add, filled(page, add, source="jobTitle", target="job_title"))

    assert answer.status_code == 302
    assert mapped(connection) == {"jobTitle": "job_title"}
    assert version(connection) == before + 1


@pytest.mark.rule("R081")
def test_what_is_used_already_is_not_offered_and_is_refused(
    page: Client, connection: TenantConnection
) -> None:
    FieldMappingFactory.create(connection=connection)
    add = url("field-add", connection, "users")

    html = page.get(add).content.decode()
    answer = page.post(add, filled(page, add, source="displayName", target="name"))

    assert 'value="displayName"' not in html
    assert 'value="name"' not in html
    assert answer.status_code == 400
    told = answer.content.decode()
    assert "Display Name is mapped to Name already" in told
    assert "Name gets Display Name already" in told
    assert version(connection) == connection.rules_version == 1


@pytest.mark.rule("R081")
def test_a_field_that_users_use_is_free_for_agents(
    page: Client, connection: TenantConnection
) -> None:
    FieldMappingFactory.create(connection=connection)
    add = url("field-add", connection, "agents")

    page.post(add, filled(page, add, source="displayName", target="name"))

    assert mapped(connection, Kind.AGENTS) == {"displayName": "name"}


@pytest.mark.rule("R075")
@pytest.mark.rule("R076")
@pytest.mark.rule("R082")
def test_custom_fields_are_for_users_and_made_elsewhere(
    page: Client, connection: TenantConnection
) -> None:
    CustomFieldFactory.create(name="badge", label="Badge <b>")
    add = url("field-add", connection, "users")

    html = page.get(add).content.decode()
    agents = page.get(url("field-add", connection, "agents")).content.decode()
    page.post(add, filled(page, add, source="employeeId", target="custom.badge"))

    assert "Badge &lt;b&gt;" in html
    assert "must be created in advance" in html
    assert f'<a href="{reverse("directory:custom-fields")}">' in html
    assert "custom.badge" not in agents
    assert mapped(connection) == {"employeeId": "custom.badge"}
    assert "Badge &lt;b&gt;" in page.get(url("fields", connection)).content.decode()


@pytest.mark.rule("R087")
def test_a_directory_extension_is_typed(
    page: Client, connection: TenantConnection
) -> None:
    add = url("field-add", connection, "users")
    name = f"extension_{'a' * 32}_costCentre"

    page.post(add, filled(page, add, extension=name, target="department"))
    answer = page.post(add, filled(page, add, extension="photo", target="phone"))

    assert mapped(connection) == {name: "department"}
    assert "no Azure field &#x27;photo&#x27;" in answer.content.decode()
    assert 'value="photo"' in answer.content.decode()


def test_a_manager_goes_with_the_manager_only(
    page: Client, connection: TenantConnection
) -> None:
    add = url("field-add", connection, "users")

    answer = page.post(add, filled(page, add, source="manager", target="name"))

    assert "goes with the target manager" in answer.content.decode()


def test_a_row_says_when_it_applies(page: Client, connection: TenantConnection) -> None:
    row = FieldMappingFactory.create(connection=connection)
    tab = url("fields", connection)
    choices = {f"when_empty-{row.pk}": "clear", f"apply-{row.pk}": "new_only"}

    page.post(tab, filled(page, tab, **choices))
    row.refresh_from_db()

    assert (row.when_empty, row.apply) == ("clear", "new_only")
    assert version(connection) == 2


def test_saving_what_is_saved_already_is_no_new_version(
    page: Client, connection: TenantConnection
) -> None:
    FieldMappingFactory.create(connection=connection)
    tab = url("fields", connection)

    page.post(tab, filled(page, tab))

    assert version(connection) == 1


def test_another_azure_field_takes_the_place_of_one(
    page: Client, connection: TenantConnection
) -> None:
    row = FieldMappingFactory.create(connection=connection)
    edit = url("field-edit", connection, "users", row.pk)

    page.post(edit, filled(page, edit, source="givenName"))

    assert mapped(connection) == {"givenName": "name"}


def test_a_row_is_removed_alone(page: Client, connection: TenantConnection) -> None:
    row = FieldMappingFactory.create(connection=connection)
    FieldMappingFactory.create(connection=connection, source="mail", target="email")
    sent = {"rules_version": version(connection)}

    page.post(url("field-remove", connection, row.pk), sent)

    assert mapped(connection) == {"mail": "email"}
    assert version(connection) == 2


def test_a_field_that_matches_is_not_removed(
    page: Client, connection: TenantConnection
) -> None:
    row = FieldMappingFactory.create(
        connection=connection, source="mail", target="email"
    )
    MatchingFieldFactory.create(connection=connection)
    sent = {"rules_version": 1}

    answer = page.post(
        url("field-remove", connection, row.pk), sent, follow=True
    ).content.decode()

    assert "Email Address is a matching field of Users" in answer
    assert mapped(connection) == {"mail": "email"}


def test_what_somebody_else_saved_meanwhile_is_not_overwritten(
    page: Client, connection: TenantConnection
) -> None:
    add = url("field-add", connection, "users")
    typed = filled(page, add, source="jobTitle", target="job_title")
    other = filled(page, add, source="mail", target="email")
    page.post(add, other)

    answer = page.post(add, typed)
    html = answer.content.decode()
    again = page.post(add, typed | {"rules_version": "2"})

    assert answer.status_code == 400
    assert "Somebody changed the rules of this connection" in html
    assert '<option value="jobTitle" selected>' in html
    assert again.status_code == 302
    assert mapped(connection) == {"mail": "email", "jobTitle": "job_title"}


def test_the_dialog_gets_a_fragment_and_is_led_back(
    page: Client, connection: TenantConnection
) -> None:
    add = url("field-add", connection, "users")
    sent = filled(page, add, source="jobTitle", target="job_title")

    shown = page.get(add, headers=HTMX).content.decode()
    wrong = page.post(add, sent | {"target": ""}, headers=HTMX)
    right = page.post(add, sent, headers=HTMX)

    assert "<html" not in shown
    assert wrong.status_code == 200
    assert "Choose a field of ours." in wrong.content.decode()
    assert right.headers["HX-Redirect"] == url("fields", connection)


def test_rows_of_another_connection_are_not_found(
    page: Client, connection: TenantConnection
) -> None:
    row = FieldMappingFactory.create(connection=TenantConnectionFactory.create())

    assert page.get(url("field-edit", connection, "users", row.pk)).status_code == 404
    assert page.post(url("field-remove", connection, row.pk)).status_code == 404
    assert page.get(url("field-add", connection, "robots")).status_code == 404


def test_only_those_who_configure_come_in(
    client: Client, connection: TenantConnection
) -> None:
    sign_in(client, *(set(Permission) - {Permission.CONFIGURE}))
    row = FieldMappingFactory.create(connection=connection)

    assert client.get(url("fields", connection)).status_code == 403
    assert client.get(url("field-add", connection, "users")).status_code == 403
    assert client.post(url("field-remove", connection, row.pk)).status_code == 403


def test_removing_takes_a_post(page: Client, connection: TenantConnection) -> None:
    row = FieldMappingFactory.create(connection=connection)

    assert page.get(url("field-remove", connection, row.pk)).status_code == 405


@pytest.mark.django_db
@pytest.mark.rule("R065")
def test_the_tab_is_locked_until_the_connection_is_authorised(client: Client) -> None:
    sign_in(client, Permission.VIEW, Permission.CONFIGURE)
    Module.objects.create(slug="microsoft-entra-id", enabled=True)
    connection = TenantConnectionFactory.create()

    answer = client.get(url("fields", connection))

    assert answer.status_code == 302
    assert answer.headers["Location"].endswith("/details/")
