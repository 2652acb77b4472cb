"""SSO connections: made, refused and published by the rules of the guide."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest

from common.rights import Permission
from connections.models import Module
from sso.models import SsoConnection
from tests.desk_agents import sign_in
from tests.factories.connections import TenantConnectionFactory
from tests.factories.directory import SiteFactory
from tests.factories.sso import SsoConnectionFactory

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
MODULE = "/configuration/integrations/microsoft-entra-id/"
TENANT_ID = "11111111-2222-4333-8444-555555555555"
APPLICATION_ID = "99999999-2222-4333-8444-555555555555"


@pytest.fixture
def administrator(client: Client) -> Client:
    """A client whose agent may configure, with the module on."""
    Module.objects.create(slug="microsoft-entra-id", enabled=True)
    sign_in(client, Permission.VIEW, Permission.CONFIGURE)
    return client


def typed(*tenants: str, **fields: Any) -> dict[str, Any]:
    """Return a filled form with these allowed tenants."""
    rows = {f"tenants-{at}-tenant_id": one for at, one in enumerate(tenants)}
    return {
        "name": "Staff",
        "cloud": "global",
        "tenant_type": "single",
        "tenant_id": TENANT_ID,
        "application_id": APPLICATION_ID,
        "secret": "a-secret",
        "allow": "agents_and_users",
        "second_factor": "ours",
        "tenants-TOTAL_FORMS": str(len(tenants)),
        "tenants-INITIAL_FORMS": "0",
        **rows,
        **fields,
    }


@pytest.mark.rule("R002", "R040", "R041", "R043", "R045", "R047", "R048", "R050")
def test_a_new_connection_is_off_and_shown_with_the_guides_labels(
    administrator: Client,
) -> None:
    form = administrator.get(f"{MODULE}sso/new/").content.decode()
    for label in (
        "Tenant/Application Type",
        "Allow Single Sign-On for Agents and/or Users",
        "Automatically redirect Agents and Users to Azure without showing the service "
        "desk login screen.",
    ):
        assert label in form
    assert '<option value="single" selected>Single Tenant</option>' in form

    administrator.post(f"{MODULE}sso/new/", typed())

    made = SsoConnection.objects.get()
    assert (made.published, made.auto_redirect, made.allow) == (
        False,
        False,
        "agents_and_users",
    )
    assert made.registration is not None
    assert made.registration.credentials.get().reveal() == "a-secret"
    page = administrator.get(MODULE).content.decode()
    assert "Staff" in page
    assert "Not published" in page


@pytest.mark.rule("R044", "R046")
@pytest.mark.parametrize(
    ("fields", "field", "told"),
    [
        (
            {"published": "on", "tenant_id": "", "application_id": ""},
            "published",
            "needs tenant_id, application_id",
        ),
        ({"published": "on", "secret": ""}, "secret", "nobody could sign in"),
        ({"tenant_id": ""}, "tenant_id", "together"),
        ({"create_users": "on"}, "create_site", "the site of people"),
        ({"tenant_type": "multi", "link_by_address": "on"}, "link_by_address", "only"),
        ({"name": " "}, "name", "required"),
    ],
)
def test_what_does_not_go_together_is_told_at_its_field(
    administrator: Client, fields: dict[str, str], field: str, told: str
) -> None:
    SiteFactory.create()
    answer = administrator.post(f"{MODULE}sso/new/", typed(**fields))
    page = answer.content.decode()

    assert answer.status_code == 400
    assert told in page[page.index(f'id="id_{field}_error"') :][:400]
    assert not SsoConnection.objects.exists()


@pytest.mark.rule("R044")
def test_a_multi_tenant_connection_is_published_only_with_its_list(
    administrator: Client,
) -> None:
    multi = {"tenant_type": "multi", "published": "on"}
    refused = administrator.post(f"{MODULE}sso/new/", typed(**multi))
    assert refused.status_code == 400
    assert "at least one tenant" in " ".join(refused.content.decode().split())

    administrator.post(f"{MODULE}sso/new/", typed(str(uuid.uuid4()), **multi))

    made = SsoConnection.objects.get()
    assert made.published
    assert made.allowed_tenants.count() == 1


def test_a_bad_tenant_of_the_list_is_told_in_its_row(administrator: Client) -> None:
    answer = administrator.post(
        f"{MODULE}sso/new/", typed("common", tenant_type="multi")
    )

    assert answer.status_code == 400
    assert "Give the ID of one tenant" in answer.content.decode()
    assert not SsoConnection.objects.exists()


@pytest.mark.rule("R010")
def test_one_application_may_serve_both(administrator: Client) -> None:
    tenant = TenantConnectionFactory.create(cloud="global")
    tenant.registration.cloud = "global"
    tenant.registration.save()
    administrator.post(
        f"{MODULE}sso/new/",
        typed(
            tenant_id=str(tenant.tenant_id),
            application_id=str(tenant.registration.application_id),
        ),
    )

    assert SsoConnection.objects.get().registration == tenant.registration
    page = administrator.get(f"{MODULE}tenants/{tenant.pk}/details/").content.decode()
    assert "The same application is also used by Staff" in page


def test_an_empty_secret_keeps_the_stored_one(administrator: Client) -> None:
    administrator.post(f"{MODULE}sso/new/", typed())
    made = SsoConnection.objects.get()
    administrator.post(f"{MODULE}sso/{made.pk}/", typed(secret="", name="People"))

    made.refresh_from_db()
    assert made.name == "People"
    assert made.registration is not None
    assert made.registration.credentials.count() == 1


def test_a_published_connection_is_not_deleted(administrator: Client) -> None:
    tenant = TenantConnectionFactory.create()
    made = SsoConnectionFactory.create(published=True, registration=tenant.registration)
    administrator.post(f"{MODULE}sso/{made.pk}/delete/")
    assert SsoConnection.objects.exists()

    SsoConnection.objects.update(published=False)
    administrator.post(f"{MODULE}sso/{made.pk}/delete/")
    assert not SsoConnection.objects.exists()
