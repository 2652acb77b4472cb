"""Tenants: made, changed and refused by the rules of the configuration file."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest

from common.rights import Permission
from connections.models import CloudName, Module, TenantConnection
from mappings.models import FieldMapping
from tests.desk_agents import sign_in
from tests.factories.connections import (
    AppRegistrationFactory,
    TenantConnectionFactory,
)
from tests.factories.sso import SsoConnectionFactory

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
TENANTS = "/configuration/integrations/microsoft-entra-id/tenants/"
TENANT_ID = "11111111-2222-4333-8444-555555555555"
APPLICATION_ID = "99999999-2222-4333-8444-555555555555"
SECRET = "Abc8Q~a-secret-value"


@pytest.fixture(autouse=True)
def _on() -> None:
    """The module is on."""
    Module.objects.create(slug="microsoft-entra-id", enabled=True)


@pytest.fixture
def administrator(client: Client) -> Client:
    """A client whose agent may configure."""
    sign_in(client, Permission.VIEW, Permission.CONFIGURE)
    return client


def typed(**fields: Any) -> dict[str, Any]:
    """Return a filled form; `fields` differ from what is right."""
    return {
        "name": "Contoso",
        "cloud": "global",
        "tenant_id": TENANT_ID,
        "application_id": APPLICATION_ID,
        "secret": SECRET,
        "authorisation": "application",
        **fields,
    }


@pytest.mark.rule("R062", "R063", "R064", "R077")
def test_a_new_tenant_comes_with_its_secret_and_the_defaults(
    administrator: Client,
) -> None:
    empty = administrator.get(f"{TENANTS}new/").content.decode()
    for label in ("Tenant ID", "Application ID", "Azure Application Secret (Value)"):
        assert label in empty
    assert "userPrincipalName" in empty

    answer = administrator.post(f"{TENANTS}new/", typed())
    made = TenantConnection.objects.get()

    assert answer.headers["Location"] == f"{TENANTS}{made.pk}/details/"
    assert made.registration.credentials.get().reveal() == SECRET
    assert FieldMapping.objects.filter(connection=made).count() == 16


@pytest.mark.rule("R078")
@pytest.mark.parametrize(("drop", "left"), [("users:phone", 15), ("all", 0)])
def test_removing_a_default_before_saving_is_asked_and_done(
    administrator: Client, drop: str, left: int
) -> None:
    page = administrator.get(f"{TENANTS}new/").content.decode()
    assert "removing one default removes all of them" in page
    assert f'value="{drop}">' in page

    administrator.post(f"{TENANTS}new/", typed(drop=drop))

    kept = FieldMapping.objects.values_list("kind", "target")
    assert len(kept) == left
    assert ("users", "phone") not in kept


@pytest.mark.parametrize(
    ("fields", "field", "told"),
    [
        ({"name": ""}, "name", "required"),
        ({"tenant_id": "common"}, "tenant_id", "Multi-tenanted apps cannot be used"),
        ({"tenant_id": "acme.example"}, "tenant_id", "Paste the ID as Entra shows it"),
        ({"application_id": "x"}, "application_id", "Paste the ID as Entra shows it"),
        ({"secret": TENANT_ID}, "secret", "looks like a Secret ID"),
        ({"notify": "nobody"}, "notify", "is no e-mail address"),
        ({"cloud": "mars"}, "cloud", "Select a valid choice"),
    ],
)
@pytest.mark.rule("R014", "R064")
def test_what_is_wrong_is_told_at_its_field_and_what_was_typed_stays(
    administrator: Client, fields: dict[str, str], field: str, told: str
) -> None:
    answer = administrator.post(f"{TENANTS}new/", typed(**fields))
    page = answer.content.decode()

    assert answer.status_code == 400
    assert told in page[page.index(f'id="id_{field}_error"') :][:400]
    assert f'value="{APPLICATION_ID}"' in page or field == "application_id"
    assert SECRET not in page
    assert page.count("autofocus") == 1
    assert not TenantConnection.objects.exists()


@pytest.mark.rule("R015")
def test_an_application_of_another_tenant_is_refused_with_the_reason(
    administrator: Client,
) -> None:
    AppRegistrationFactory.create(application_id=APPLICATION_ID)
    other = TenantConnectionFactory.create(
        registration=AppRegistrationFactory.create(
            application_id=uuid.uuid4(), cloud=CloudName.GLOBAL
        )
    )
    taken = str(other.registration.application_id)
    if other.cloud != CloudName.GLOBAL:
        TenantConnection.objects.update(cloud=CloudName.GLOBAL)
    page = administrator.post(f"{TENANTS}new/", typed(application_id=taken))

    assert "configure a separate application in each" in page.content.decode()
    assert TenantConnection.objects.count() == 1


@pytest.mark.rule("R042", "R063")
def test_a_name_is_used_once_over_tenants_and_sign_in(administrator: Client) -> None:
    SsoConnectionFactory.create(name="CONTOSO")
    page = administrator.post(f"{TENANTS}new/", typed()).content.decode()

    assert "is used twice" in page[page.index('id="id_name_error"') :][:300]


def test_a_tenant_can_be_renamed_and_keeps_its_secrets(administrator: Client) -> None:
    administrator.post(f"{TENANTS}new/", typed())
    made = TenantConnection.objects.get()
    details = f"{TENANTS}{made.pk}/details/"

    answer = administrator.post(details, typed(name="Contoso Ltd", secret=""))

    made.refresh_from_db()
    assert (answer.status_code, made.name) == (302, "Contoso Ltd")
    assert made.registration.credentials.count() == 1
    assert SECRET not in administrator.get(details).content.decode()


def test_another_application_loses_the_secrets_of_the_old_one(
    administrator: Client,
) -> None:
    administrator.post(f"{TENANTS}new/", typed())
    made = TenantConnection.objects.get()
    administrator.post(f"{TENANTS}{made.pk}/details/", typed(application_id=TENANT_ID))

    made.refresh_from_db()
    assert str(made.registration.application_id) == TENANT_ID
    assert not made.registration.credentials.exists()


@pytest.mark.rule("R065")
def test_other_tabs_wait_for_the_authorisation(administrator: Client) -> None:
    connection = TenantConnectionFactory.create(authorised_at=None)
    page = administrator.get(f"{TENANTS}{connection.pk}/details/").content.decode()

    assert 'aria-disabled="true" title="Save and authorise' in page
    assert f'href="{TENANTS}{connection.pk}/field-mappings/"' not in page


@pytest.mark.rule("R059")
@pytest.mark.rule("R061")
def test_the_list_stays_clear_with_hundreds_of_tenants(administrator: Client) -> None:
    TenantConnectionFactory.create_batch(120)
    TenantConnectionFactory.create(name="Wanted one")
    page = administrator.get(TENANTS).content.decode()

    assert "121 tenants" in page
    assert page.count("<tr>") == 51
    found = administrator.get(f"{TENANTS}?q=wanted").content.decode()
    assert "Wanted one" in found
    assert found.count("<tr>") == 2


def test_it_takes_the_permission_to_configure(client: Client) -> None:
    sign_in(client, Permission.VIEW)
    connection = TenantConnectionFactory.create()

    for address in (TENANTS, f"{TENANTS}new/", f"{TENANTS}{connection.pk}/details/"):
        assert client.get(address).status_code == 403
    assert client.post(f"{TENANTS}new/", typed()).status_code == 403
    assert TenantConnection.objects.count() == 1
