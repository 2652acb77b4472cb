"""Pages of runs take the same number of statements, however many rows there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common.rights import Permission
from imports import breakdown
from imports.engine.types import Action
from imports.models import Run, RunItem
from imports.words import RunKind, Status
from tests.desk_agents import EVERYTHING, sign_in
from tests.factories.connections import TenantConnectionFactory
from tests.factories.directory import EndUserFactory, OrganisationFactory
from tests.factories.imports import PlannedSiteFactory, RunFactory, RunItemFactory
from tests.imports.views.steps import page

if TYPE_CHECKING:
    from django.test import Client

    from connections.models import TenantConnection

pytestmark = pytest.mark.django_db
STATUSES = [
    (RunKind.PREVIEW, Status.PLANNED),
    (RunKind.IMPORT, Status.WAITING_FOR_APPROVAL),
    (RunKind.IMPORT, Status.SUCCEEDED),
]


def made(
    connection: TenantConnection, kind: RunKind, status: Status, number: int
) -> Run:
    """Return a run with so many rows of each of two mappings."""
    rules = {"organisations": [OrganisationFactory.create().pk]}
    run = RunFactory.create(
        connection=connection, kind=kind, kinds=["users"], rules=rules
    )
    RunItem.objects.bulk_create(
        RunItemFactory.build(run=run, mapping=mapping, action=action)
        for mapping, action in ((10, Action.CREATE), (20, Action.DEACTIVATE))
        for _ in range(number)
    )
    PlannedSiteFactory.create_batch(min(number, 30), run=run)
    run.breakdown = breakdown.count(run)
    run.counts = {"sites": {"create": number}}
    run.status = status
    run.save()
    return run


def cost(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(database) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


@pytest.mark.parametrize(("kind", "status"), STATUSES)
@pytest.mark.parametrize("query", ["", "?action=deactivate", "?query=x", "?ticked=no"])
def test_a_page_of_a_run(
    client: Client, kind: RunKind, status: Status, query: str
) -> None:
    sign_in(client, *EVERYTHING)
    connection = TenantConnectionFactory.create()
    few = made(connection, kind, status, 3)
    before = cost(client, page(few, query=query))
    Run.objects.filter(pk=few.pk).update(status=Status.CANCELLED)
    many = made(connection, kind, status, 200)
    assert cost(client, page(many, query=query)) == before
    assert before <= 20


def test_a_page_for_somebody_from_whom_organisations_are_hidden(
    client: Client,
) -> None:
    user = EndUserFactory.create()
    sign_in(client, Permission.VIEW, organisations=[user.site.organisation])
    run = made(TenantConnectionFactory.create(), RunKind.IMPORT, Status.SUCCEEDED, 5)
    assert cost(client, page(run)) <= 20


def test_the_history(client: Client) -> None:
    sign_in(client, *EVERYTHING)
    RunFactory.create()
    address = reverse("imports:runs")
    before = cost(client, address)
    RunFactory.create_batch(60)
    assert cost(client, address) == before
