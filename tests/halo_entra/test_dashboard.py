"""The first page: what stands, what is wrong, and for whose eyes."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import pytest
from django import db
from django.core.cache import cache
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from common.rights import Permission
from connections.switch import ENTRA
from imports.words import Status
from tests.desk_agents import sign_in
from tests.factories.connections import (
    CredentialFactory,
    ModuleFactory,
    TenantConnectionFactory,
)
from tests.factories.directory import EndUserFactory
from tests.factories.imports import RunFactory

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh() -> None:
    """Counts of one test are not those of the next."""
    cache.clear()


def shown(client: Client) -> str:
    """Return the dashboard."""
    answer = client.get("/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_new_desk_says_what_to_do_first(client: Client) -> None:
    sign_in(client, Permission.VIEW, Permission.CONFIGURE)
    page = shown(client)

    assert "No tenant is connected yet" in page
    assert "First set-up" in page


def test_what_needs_somebody_is_told_first(client: Client) -> None:
    sign_in(client, Permission.VIEW)
    now = timezone.now()
    acme = TenantConnectionFactory.create(name="Acme", first_fetched_at=now)
    CredentialFactory.create(
        registration=acme.registration,
        expires_on=(now + datetime.timedelta(days=7)).date(),
    )
    RunFactory.create(connection=acme, status=Status.WAITING_FOR_APPROVAL)
    ModuleFactory.create(slug=ENTRA, enabled=True)
    TenantConnectionFactory.create(name="Globex <b>", authorised_at=None)
    page = shown(client)

    assert "Acme: A plan waits for approval." in page
    assert "Acme: The secret or certificate expires on" in page
    assert "Globex &lt;b&gt; is not authorised yet." in page


def test_counts_hide_other_organisations(client: Client) -> None:
    seen = EndUserFactory.create()
    hidden = EndUserFactory.create()
    sign_in(client, Permission.VIEW, organisations=[seen.site.organisation])
    page = shown(client)

    assert seen.site.name in page
    assert hidden.site.name not in page


def test_it_costs_the_same_however_many_connections(client: Client) -> None:
    sign_in(client, Permission.VIEW)
    costs = []
    for _ in range(2):
        for connection in TenantConnectionFactory.create_batch(5):
            RunFactory.create(connection=connection, status=Status.FAILED)
        cache.clear()
        with CaptureQueriesContext(db.connection) as queries:
            shown(client)
        costs.append(len(queries))

    assert costs[0] == costs[1]
