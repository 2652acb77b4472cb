"""Secrets of a tenant, its test, and its removal."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import pytest

from common.rights import Permission
from connections import credentials
from connections.models import Credential, Module, TenantConnection
from directory.models import AgentRoleGrant, BoardSeat, EndUser
from tests.desk_agents import agent_with, sign_in
from tests.factories.connections import TenantConnectionFactory
from tests.factories.directory import (
    AgentFactory,
    AgentRoleFactory,
    EndUserFactory,
)
from tests.factories.imports import MirrorUserFactory, RunFactory, RunItemFactory

if TYPE_CHECKING:
    from django.test import Client

    from tests.bench import Desk

pytestmark = pytest.mark.django_db
TENANTS = "/configuration/integrations/microsoft-entra-id/tenants/"


@pytest.fixture(autouse=True)
def _on() -> None:
    """The module is on."""
    Module.objects.get_or_create(slug="microsoft-entra-id", defaults={"enabled": True})


@pytest.fixture
def administrator(client: Client) -> Client:
    """A client whose agent may configure and has just signed in."""
    sign_in(client, Permission.VIEW, Permission.CONFIGURE)
    return client


def test_the_newest_secret_is_tried_first_and_the_old_one_stays() -> None:
    registration = TenantConnectionFactory.create().registration
    for value in ("first", "second", "third"):
        credentials.add(registration, value)

    rows = registration.credentials.order_by("position")
    assert [row.reveal() for row in rows] == ["third", "second", "first"]


@pytest.mark.rule("R036", "R037", "R038")
def test_a_secret_is_typed_once_and_never_shown(administrator: Client) -> None:
    connection = TenantConnectionFactory.create()
    add = f"{TENANTS}{connection.pk}/secrets/add"
    answer = administrator.post(
        add, {"secret": "s3cr3t~value", "expires_on": "2027-05-01"}
    )
    page = administrator.get(answer.headers["Location"]).content.decode()

    row = connection.registration.credentials.get()
    assert row.reveal() == "s3cr3t~value"
    assert row.expires_on == datetime.date(2027, 5, 1)
    assert "s3cr3t" not in page
    assert "1 May 2027" in page


def test_a_secret_asks_who_it_is_after_a_while(client: Client) -> None:
    sign_in(client, Permission.CONFIGURE, recently=False)
    connection = TenantConnectionFactory.create()
    answer = client.post(f"{TENANTS}{connection.pk}/secrets/add", {"secret": "x"})

    assert answer.status_code in (302, 403)
    assert not Credential.objects.exists()


def test_what_is_no_certificate_is_refused(administrator: Client) -> None:
    connection = TenantConnectionFactory.create()
    answer = administrator.post(
        f"{TENANTS}{connection.pk}/certificates/new/",
        {"certificate": "x", "private_key": "y"},
    )

    assert answer.status_code == 400
    assert "no PEM certificate" in answer.content.decode()
    assert "no private key in PEM" in answer.content.decode()


def test_a_secret_of_another_tenant_is_not_found(administrator: Client) -> None:
    mine, other = TenantConnectionFactory.create_batch(2)
    secret = credentials.add(other.registration, "x")

    answer = administrator.post(f"{TENANTS}{mine.pk}/secrets/{secret.pk}/remove")

    assert answer.status_code == 404
    assert Credential.objects.filter(pk=secret.pk).exists()


def test_the_connection_is_tested_by_asking(administrator: Client, desk: Desk) -> None:
    page = administrator.post(f"{TENANTS}{desk.connection.pk}/test").content.decode()
    assert "Everything that can be found out by asking is granted" in page
    assert "User.Read.All" in page

    desk.connection.registration.credentials.all().delete()
    page = administrator.post(f"{TENANTS}{desk.connection.pk}/test").content.decode()
    assert 'role="alert"' in page


@pytest.mark.rule("R072")
@pytest.mark.parametrize("granted", ["keep", "take_back"])
def test_a_deleted_connection_leaves_its_people(
    administrator: Client, granted: str
) -> None:
    agent_with(Permission.ADMINISTER)
    connection = TenantConnectionFactory.create()
    user = EndUserFactory.create(source=connection, site_set_by=connection)
    agent = AgentFactory.create(source=connection)
    AgentRoleGrant.objects.create(
        agent=agent, role=AgentRoleFactory.create(), granted_by=connection
    )
    MirrorUserFactory.create(connection=connection)
    RunItemFactory.create(
        run=RunFactory.create(connection=connection, status="succeeded")
    )

    administrator.post(f"{TENANTS}{connection.pk}/delete/", {"granted": granted})

    assert not TenantConnection.objects.exists()
    user = EndUser.objects.get(pk=user.pk)
    assert (user.is_active, user.source, user.site_set_by) == (True, None, None)
    assert agent.role_grants.count() == (1 if granted == "keep" else 0)
    assert not BoardSeat.objects.exists()


def test_the_last_administrator_is_not_taken_back(client: Client) -> None:
    agent = sign_in(client, *Permission)
    connection = TenantConnectionFactory.create()
    agent.role_grants.update(granted_by=connection)

    page = client.post(
        f"{TENANTS}{connection.pk}/delete/", {"granted": "take_back"}, follow=True
    )

    assert "no active administrator" in page.content.decode()
    assert agent.role_grants.exists()
    assert TenantConnection.objects.exists()


def test_a_running_import_keeps_its_connection(administrator: Client) -> None:
    run = RunFactory.create(status="running")
    page = administrator.post(
        f"{TENANTS}{run.connection.pk}/delete/", {"granted": "keep"}, follow=True
    )

    assert "is under way" in page.content.decode()
    assert TenantConnection.objects.exists()
