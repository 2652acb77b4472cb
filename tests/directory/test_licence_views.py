"""The page of a licence: seats, state, people by the page, and its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django import db
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common.rights import Permission
from directory.models import Licence, SoftwareAssignment
from tests.desk_agents import sign_in
from tests.factories.connections import TenantConnectionFactory
from tests.factories.directory import (
    EndUserFactory,
    LicenceFactory,
    SiteFactory,
)

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def licence() -> Licence:
    """A licence with seats, held by Ann directly and by Ben through a group."""
    site = SiteFactory.create()
    made = LicenceFactory.create(
        name="Office 365 E3",
        imported_name="Office 365 E3",
        organisation=site.organisation,
        total=25,
        consumed=14,
        available=11,
        state="enabled",
    )
    giver = TenantConnectionFactory.create()
    for name, group in (("Ann", ""), ("Ben", "SG-Licensed")):
        SoftwareAssignment.objects.create(
            user=EndUserFactory.create(name=name, site=site),
            software=made.software,
            licence=made,
            assigned_by=giver,
            is_direct=not group,
            inherited_from=group,
        )
    return made


def address(licence: Licence, name: str = "licence") -> str:
    return reverse(f"directory:{name}", args=[licence.pk])


@pytest.mark.rule("R163")
def test_a_licence_tells_its_seats_its_state_and_its_people(
    client: Client, licence: Licence
) -> None:
    sign_in(client, Permission.VIEW)
    html = client.get(address(licence)).content.decode()
    for seats in (25, 14, 11):
        assert f'<dd class="num">{seats}</dd>' in html
    assert "Enabled" in html
    assert "through the group <bdi>SG-Licensed</bdi>" in html
    assert "directly" in html
    assert "2, 1 of them through a group only" in html
    assert "Save the name" not in html
    listed = client.get(reverse("directory:licences")).content.decode()
    assert address(licence) in listed


def test_many_people_come_by_the_page_at_the_same_cost(
    client: Client, licence: Licence
) -> None:
    sign_in(client, Permission.VIEW)
    with CaptureQueriesContext(db.connection) as few:
        client.get(address(licence))
    site = SiteFactory.create(organisation=licence.organisation)
    for _ in range(60):
        SoftwareAssignment.objects.create(
            user=EndUserFactory.create(site=site),
            software=licence.software,
            licence=licence,
        )
    with CaptureQueriesContext(db.connection) as many:
        html = client.get(address(licence)).content.decode()
    assert len(many) == len(few)
    assert html.count('<th scope="row">') == 50
    assert 'rel="next"' in html


def test_a_licence_is_named_and_takes_its_own_name_back(
    client: Client, licence: Licence
) -> None:
    sign_in(client, Permission.VIEW, Permission.LICENCES)
    client.post(address(licence, "licence-rename"), {"name": "  Office  for all "})
    licence.refresh_from_db()
    assert (licence.name, licence.imported_name) == ("Office for all", "Office 365 E3")
    client.post(address(licence, "licence-rename"), {"name": " "})
    licence.refresh_from_db()
    assert licence.name == "Office 365 E3"
    Licence.objects.update(imported_name="")
    client.post(address(licence, "licence-rename"), {"name": ""})
    licence.refresh_from_db()
    assert licence.name == "Office 365 E3"


def test_a_licence_of_another_organisation_is_not_there(
    client: Client, licence: Licence
) -> None:
    others = SiteFactory.create().organisation
    sign_in(client, Permission.VIEW, Permission.LICENCES, organisations=[others])
    assert client.get(address(licence)).status_code == 404
    answer = client.post(address(licence, "licence-rename"), {"name": "Mine"})
    assert answer.status_code == 404


def test_a_person_shows_how_they_hold_a_licence(
    client: Client, licence: Licence
) -> None:
    sign_in(client, Permission.VIEW)
    ben = SoftwareAssignment.objects.get(is_direct=False).user
    html = client.get(reverse("directory:user", args=[ben.pk])).content.decode()
    assert address(licence) in html
    assert "through the group <bdi>SG-Licensed</bdi>" in html


def test_a_licence_that_is_gone_in_entra_says_so(
    client: Client, licence: Licence
) -> None:
    Licence.objects.update(state="gone", is_active=False)
    sign_in(client, Permission.VIEW)
    assert "Gone in Entra" in client.get(address(licence)).content.decode()
