"""The user portal: one's own records and nobody else's, in words."""

from __future__ import annotations

import datetime
import re
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from django import db
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from sso.portal_views import NEWEST, RESULTS
from sso.words import Reason
from tests.factories.accounts import AccountFactory
from tests.factories.connections import TenantConnectionFactory
from tests.factories.directory import (
    AssetFactory,
    CustomFieldFactory,
    EndUserFactory,
    LicenceFactory,
    SiteFactory,
    SoftwareAssignmentFactory,
    SoftwareFactory,
    UserRoleFactory,
)
from tests.factories.sso import SignInEventFactory, SsoConnectionFactory
from tests.hostile import MARKUP, TURNED, Page
from tests.sso.at_portal import NAMES, enter, shown

if TYPE_CHECKING:
    from directory.models import EndUser

pytestmark = pytest.mark.django_db


def identity() -> dict[str, Any]:
    """Return the columns of somebody in Entra."""
    return {"entra_tenant_id": uuid.uuid4(), "entra_object_id": uuid.uuid4()}


def fill(user: EndUser, text: str, *, count: int = 1) -> None:
    """Give the user rows of everything that names the text."""
    given_by = TenantConnectionFactory.create(name=f"{text} tenant")
    way = SsoConnectionFactory.create(name=f"{text} way")
    for at in range(count):
        site = SiteFactory.create(name=f"{text} site")
        AssetFactory.create(
            user=user, name=text, serial_number=text, status=text, site=site
        )
        product = SoftwareFactory.create(name=f"{at} {text} product")
        SoftwareAssignmentFactory.create(
            user=user,
            software=product,
            licence=LicenceFactory.create(software=product, name=f"{text} licence"),
            assigned_by=given_by,
            is_direct=False,
            inherited_from=f"{text} group",
        )
        SignInEventFactory.create(account=user.account, connection=way, upn=text)


def test_my_details_are_shown_with_where_they_come_from(client: Client) -> None:
    CustomFieldFactory.create(name="desk_number", label="Desk number")
    CustomFieldFactory.create(name="is_first_aider", label="First aider")
    CustomFieldFactory.create(name="unknown", label="Nothing of this")
    user = enter(
        client,
        name="Ada Lovelace",
        email="ada@acme.example",
        job_title="Analyst",
        manager=EndUserFactory.create(name="Mary Somerville"),
        user_role=UserRoleFactory.create(name="Approver"),
        source=TenantConnectionFactory.create(name="Acme tenant"),
        custom_values={"desk_number": "B-12", "is_first_aider": True, "gone": "old"},
        **identity(),
    )
    page = shown(client, "portal:details")

    for text in (
        *("Ada Lovelace", "ada@acme.example", "Analyst", "Mary Somerville"),
        *("Approver", "Desk number", "B-12", "First aider", "Yes"),
        *(user.site.name, user.site.organisation.name),
        "From Microsoft Entra ID, by the connection <bdi>Acme tenant</bdi>",
    ):
        assert text in page, text
    assert "Nothing of this" not in page
    assert "old" not in page
    assert f'data-signed-in="user" data-object-id="{user.entra_object_id}"' in page


@pytest.mark.parametrize(
    ("fields", "words"),
    [({}, "keeps these details by hand"), (identity(), "nothing is brought from")],
)
def test_who_follows_no_connection_is_told_so(
    client: Client, fields: dict[str, Any], words: str
) -> None:
    enter(client, **fields)

    assert words in shown(client, "portal:details")


@pytest.mark.parametrize("name", NAMES)
def test_my_own_rows_are_shown_and_nobody_elses(client: Client, name: str) -> None:
    user = enter(client, name="My own name", **identity())
    fill(user, "My own")
    other = EndUserFactory.create(
        account=AccountFactory.create(),
        name="Strange name",
        site=user.site,
        manager=user,
        **identity(),
    )
    fill(other, "Strange")
    page = shown(client, name)

    assert "My own" in page
    assert "Strange" not in page


def test_sign_ins_are_mine_by_account_or_by_identity(client: Client) -> None:
    user = enter(client, **identity())
    mine = {
        "entra_tenant_id": user.entra_tenant_id,
        "entra_object_id": user.entra_object_id,
    }
    SignInEventFactory.create(account=user.account, address="192.0.2.1")
    SignInEventFactory.create(**mine, address="192.0.2.2")
    SignInEventFactory.create(**{**mine, **identity()}, address="198.51.100.1")
    SignInEventFactory.create(
        entra_tenant_id=uuid.uuid4(),
        entra_object_id=user.entra_object_id,
        address="198.51.100.2",
    )
    SignInEventFactory.create(address="198.51.100.3")
    page = shown(client, "portal:sign-ins")

    assert re.findall(r"192\.0\.2\.\d", page) == ["192.0.2.2", "192.0.2.1"]
    assert "198.51.100" not in page


def test_who_has_no_identity_sees_no_sign_in_without_one(client: Client) -> None:
    enter(client)
    SignInEventFactory.create(address="198.51.100.3")

    assert "No sign-in with Microsoft" in shown(client, "portal:sign-ins")


def test_the_newest_sign_ins_come_first_and_no_more_than_fit(client: Client) -> None:
    user, now = enter(client), timezone.now()
    for at in range(NEWEST + 5):
        SignInEventFactory.create(
            account=user.account,
            at=now + datetime.timedelta(minutes=at),
            address=f"192.0.2.{at}",
        )
    rows = re.findall(r"192\.0\.2\.(\d+)", shown(client, "portal:sign-ins"))

    assert rows == [str(at) for at in range(NEWEST + 4, 4, -1)]


@pytest.mark.parametrize("reason", ["", *Reason, "a word of later"])
def test_each_result_is_told_in_words(client: Client, reason: str) -> None:
    user = enter(client)
    SignInEventFactory.create(account=user.account, reason=reason, audience="agent")
    page = shown(client, "portal:sign-ins")

    assert RESULTS.get(reason, "Refused") in page
    assert "the agents' desk" in page
    assert set(RESULTS) == {"", *Reason}


def test_how_a_licence_was_given_is_told(client: Client) -> None:
    user = enter(client)
    entra = TenantConnectionFactory.create()
    SoftwareAssignmentFactory.create(user=user)
    SoftwareAssignmentFactory.create(user=user, assigned_by=entra)
    SoftwareAssignmentFactory.create(
        user=user, assigned_by=entra, is_direct=False, inherited_from="Sales"
    )
    page = shown(client, "portal:licences")

    assert "by the service desk" in page
    assert "to you directly in Microsoft Entra ID" in page
    assert "through the group <bdi>Sales</bdi>" in page


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("portal:devices", "No device is recorded as yours"),
        ("portal:licences", "No licence is recorded as yours"),
        ("portal:sign-ins", "No sign-in with Microsoft is on record"),
    ],
)
def test_an_empty_page_says_what_that_means(
    client: Client, name: str, words: str
) -> None:
    enter(client)

    assert words in shown(client, name)


@pytest.mark.parametrize("text", [MARKUP[:60], TURNED])
@pytest.mark.parametrize("name", NAMES)
def test_text_from_outside_stays_text(client: Client, name: str, text: str) -> None:
    CustomFieldFactory.create(name="field", label=text)
    columns = ("name", "first_name", "last_name", "job_title", "department", "email")
    user = enter(
        client,
        **dict.fromkeys((*columns, "phone", "mobile", "network_login"), text),
        site=SiteFactory.create(name=text, organisation__name=text),
        manager=EndUserFactory.create(name=text),
        user_role=UserRoleFactory.create(name=text),
        source=TenantConnectionFactory.create(name=f"{text} source"),
        custom_values={"field": text},
    )
    fill(user, text)
    page = Page(client.get(reverse(name)).content.decode())

    assert page.faults == []
    assert page.seen > 1


@pytest.mark.parametrize("name", NAMES)
def test_a_page_costs_the_same_however_much_is_on_it(client: Client, name: str) -> None:
    user = enter(client, **identity())
    costs = []
    for count in (1, 20):
        fill(user, f"Text {count}", count=count)
        with CaptureQueriesContext(db.connection) as queries:
            shown(client, name)
        costs.append(len(queries))

    assert costs[0] == costs[1] <= 4
