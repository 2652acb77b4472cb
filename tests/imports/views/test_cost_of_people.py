"""Pages about people take the same number of statements, however many there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from django.utils import timezone

from common.rights import Permission
from imports.engine.types import Action, Reason
from imports.models import MatchPattern, MirrorUser, PersonMatch, Recount, RunItem
from imports.words import Outcome, RunKind
from mappings.words import Kind
from tests.desk_agents import EVERYTHING, sign_in
from tests.factories.connections import TenantConnectionFactory
from tests.factories.directory import EndUserFactory
from tests.factories.imports import (
    DecisionFactory,
    MirrorUserFactory,
    RunFactory,
    RunItemFactory,
)
from tests.factories.mappings import SiteMappingFactory
from tests.imports.views.test_cost import cost

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from connections.models import TenantConnection

pytestmark = pytest.mark.django_db


def in_review(connection: TenantConnection, number: int) -> None:
    run = RunFactory.create(connection=connection)
    RunItem.objects.bulk_create(
        RunItemFactory.build(
            run=run, action=Action.REVIEW, reason=Reason.SEVERAL_CANDIDATES
        )
        for _ in range(number)
    )


def decided(connection: TenantConnection, number: int) -> None:
    DecisionFactory.create_batch(number, connection=connection)


def reported(connection: TenantConnection, number: int) -> None:
    """Make entries of users of their own, each with a row as an agent beside it."""
    run = RunFactory.create(connection=connection, kind=RunKind.DELTA)
    for _ in range(number):
        user = EndUserFactory.create()
        for kind in Kind:
            RunItemFactory.create(
                run=run,
                kind=kind,
                object_id=person_id(user.pk),
                record_id=user.pk,
                sent={},
            )


def person_id(number: int) -> str:
    """Return the object id of somebody."""
    return f"00000000-0000-0000-0000-{number:012}"


def counted(connection: TenantConnection, number: int) -> None:
    """Count people, each matched by a mapping of its own."""
    for _ in range(number):
        mapping = SiteMappingFactory.create(connection=connection)
        pattern = MatchPattern.objects.create(
            connection=connection,
            digest=mapping.pk,
            people=1,
            answers=[[mapping.pk, "won"], [mapping.pk + 10**6, "matched"]],
        )
        person = MirrorUserFactory.create(connection=connection)
        PersonMatch.objects.create(person=person, pattern=pattern, revision=1)
    Recount.objects.update_or_create(
        connection=connection,
        defaults={"counted_at": timezone.now(), "rules_version": 1},
    )


@pytest.mark.parametrize(
    ("address", "make"),
    [
        ("/review/", in_review),
        ("/review/?show=decided", decided),
        ("/inbound-requests/", reported),
        ("/inbound-requests/?result=error", reported),
        ("/inbound-requests/?query=ann", reported),
        ("/coverage/?show=several", counted),
    ],
)
def test_a_list(
    client: Client,
    address: str,
    make: Callable[[TenantConnection, int], None],
) -> None:
    sign_in(client, *EVERYTHING)
    connection = TenantConnectionFactory.create()
    make(connection, 2)
    before = cost(client, address)
    make(connection, 30)
    assert cost(client, address) == before
    assert before <= 20


def test_entries_for_somebody_from_whom_organisations_are_hidden(
    client: Client,
) -> None:
    user = EndUserFactory.create()
    sign_in(client, Permission.VIEW, organisations=[user.site.organisation])
    reported(TenantConnectionFactory.create(), 3)
    before = cost(client, "/inbound-requests/")
    reported(TenantConnectionFactory.create(), 20)
    assert cost(client, "/inbound-requests/") == before <= 20


def test_one_person_beside_candidates(client: Client) -> None:
    sign_in(client, *EVERYTHING)
    connection = TenantConnectionFactory.create()
    person = MirrorUserFactory.create(connection=connection)
    few, many = (in_doubt(connection, person, number).pk for number in (2, 20))
    before = cost(client, reverse("imports:review-item", args=[few]))
    assert cost(client, reverse("imports:review-item", args=[many])) == before <= 50


def in_doubt(connection: TenantConnection, person: MirrorUser, number: int) -> RunItem:
    """Return a row of somebody whom so many records fit."""
    users = EndUserFactory.create_batch(number)
    return RunItemFactory.create(
        run=RunFactory.create(connection=connection),
        object_id=person.object_id,
        action=Action.REVIEW,
        trace={"mappings": [], "match": ["email", [user.pk for user in users]]},
    )


def test_where_the_values_of_a_record_come_from(client: Client) -> None:
    sign_in(client, *EVERYTHING)
    connection = TenantConnectionFactory.create()
    user = EndUserFactory.create(
        source=connection,
        entra_tenant_id=connection.tenant_id,
        entra_object_id=person_id(1),
    )
    address = reverse("imports:user-source", args=[user.pk])
    before = cost(client, address)
    for _ in range(60):
        RunItemFactory.create(
            run=RunFactory.create(connection=connection),
            object_id=person_id(1),
            changes={"name": ["a", "b"]},
            outcome=Outcome.APPLIED,
        )
    assert cost(client, address) == before <= 20
