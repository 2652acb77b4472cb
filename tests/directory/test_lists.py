"""The directory's lists: found, filtered, paged, exported, and nobody else's people."""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from django import db
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common.rights import Permission
from directory.lists import LISTS
from tests.desk_agents import sign_in
from tests.factories.directory import (
    AgentFactory,
    EndUserFactory,
    OrganisationFactory,
    SiteFactory,
)

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
USERS = "/people/users/"


def page(client: Client, address: str, **headers: str) -> str:
    """Return the page at the address."""
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200, address
    return answer.content.decode()


@pytest.mark.parametrize("name", LISTS)
def test_every_list_opens_empty_and_says_so(client: Client, name: str) -> None:
    sign_in(client, Permission.VIEW)
    shown = page(client, reverse(f"directory:{name}") + "?q=nothing-like-it")

    assert "Nothing matches" in shown


@pytest.mark.parametrize("name", LISTS)
def test_every_list_needs_the_permission_to_view(client: Client, name: str) -> None:
    sign_in(client, Permission.LICENCES)

    answer = client.get(reverse(f"directory:{name}"))

    assert answer.status_code == 403
    assert "view" in answer.content.decode()


def test_every_word_must_be_found_in_any_case(client: Client) -> None:
    sign_in(client, Permission.VIEW)
    EndUserFactory.create(name="Anna Berg", email="anna@acme.example")
    EndUserFactory.create(name="Anna Holm", email="holm@acme.example")

    shown = page(client, f"{USERS}?q=ANNA+berg")

    assert "Anna Berg" in shown
    assert "Anna Holm" not in shown


def test_the_filters_narrow_the_list(client: Client) -> None:
    sign_in(client, Permission.VIEW)
    leeds = SiteFactory.create(name="Leeds")
    EndUserFactory.create(name="Here", site=leeds)
    EndUserFactory.create(name="Gone", site=leeds, is_active=False)
    EndUserFactory.create(name="Elsewhere")

    assert "Gone" not in page(client, f"{USERS}?place=leeds&active=true")
    assert "Elsewhere" not in page(client, f"{USERS}?place=leeds")
    assert "Here" in page(client, f"{USERS}?place=leeds&active=true")


def test_people_of_other_organisations_are_in_no_list_and_no_export(
    client: Client,
) -> None:
    seen = EndUserFactory.create(name="Seen")
    hidden = EndUserFactory.create(name="Hidden")
    sign_in(client, Permission.VIEW, organisations=[seen.site.organisation])

    for address in (USERS, f"{USERS}?format=csv", "/search/?q=d", "/sites/"):
        answer = client.get(address)
        shown = b"".join(answer) if answer.streaming else answer.content
        assert b"Hidden" not in shown
        assert hidden.site.name.encode() not in shown
    assert client.get(f"{USERS}{hidden.pk}/").status_code == 404
    assert client.get(f"{USERS}{seen.pk}/").status_code == 200


def test_a_list_costs_the_same_however_many_rows(client: Client) -> None:
    sign_in(client, Permission.VIEW)
    costs = []
    for _ in range(2):
        EndUserFactory.create_batch(20)
        with CaptureQueriesContext(db.connection) as queries:
            page(client, USERS)
        costs.append(len(queries))

    assert costs[0] == costs[1]


def test_a_fragment_is_the_list_alone(client: Client) -> None:
    sign_in(client, Permission.VIEW)
    shown = page(client, USERS, HX_Request="true")

    assert "<html" not in shown
    assert 'id="list"' in shown


def test_what_comes_from_outside_is_only_text(client: Client) -> None:
    sign_in(client, Permission.VIEW)
    EndUserFactory.create(name="<script>alert(1)</script>")
    shown = page(client, USERS)

    assert "<script>alert" not in shown
    assert "<bdi>&lt;script&gt;alert(1)&lt;/script&gt;</bdi>" in shown


def test_the_export_is_what_the_filter_shows_and_runs_no_formula(
    client: Client,
) -> None:
    sign_in(client, Permission.VIEW)
    EndUserFactory.create(name="=cmd()", phone="+44 1632 960001")
    EndUserFactory.create(name="Other")

    answer = client.get(f"{USERS}?q=cmd&format=csv")
    rows = list(csv.DictReader(StringIO(b"".join(answer).decode())))

    assert [row["name"] for row in rows] == ["'=cmd()"]
    assert rows[0]["phone"] == "+44 1632 960001"


def test_the_search_finds_people_and_places_together(client: Client) -> None:
    sign_in(client, Permission.VIEW)
    AgentFactory.create(name="Nora North")
    OrganisationFactory.create(name="North Ltd")
    shown = page(client, "/search/?q=north")

    assert "Nora North" in shown
    assert "North Ltd" in shown
    assert "Nothing found" in page(client, "/search/?q=zzz")
