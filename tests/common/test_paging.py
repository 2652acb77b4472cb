"""Pages that start after a row: complete, without doubles, forwards and backwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django import db
from django.test.utils import CaptureQueriesContext

from common import paging
from directory.models import Organisation
from tests.factories.directory import EndUserFactory, OrganisationFactory

if TYPE_CHECKING:
    from common.paging import Page

pytestmark = pytest.mark.django_db
COLUMNS = (
    paging.Column("name", "Name", order="name_key"),
    paging.Column("id", "Number", order="pk", is_number=True),
    paging.Column("note", "Note"),
)


def names(page: Page[Organisation]) -> list[str]:
    """Return what the page shows."""
    return [row.name for row in page.rows]


def walk(order: str, size: int) -> list[list[str]]:
    """Return all pages from the first to the last."""
    found, at = [], ""
    while True:
        page = paging.page(Organisation.objects.all(), order=order, at=at, size=size)
        found.append(names(page))
        if not page.later:
            return found
        at = page.later


@pytest.mark.parametrize("order", ["name_key", "-name_key", "is_active", "-is_active"])
@pytest.mark.parametrize("size", [1, 3, 7, 20])
def test_the_pages_hold_every_row_once(order: str, size: int) -> None:
    made = [
        OrganisationFactory.create(name=name, is_active=name in "aceg").name
        for name in "gcafbed"
    ]
    pages = walk(order, size)

    shown = [name for page in pages for name in page]
    assert sorted(shown) == sorted(made)
    if order.endswith("name_key"):
        assert shown == sorted(made, reverse=order.startswith("-"))


def test_back_leads_to_where_one_came_from() -> None:
    for name in "abcdefg":
        OrganisationFactory.create(name=name)
    rows = Organisation.objects.all()
    first = paging.page(rows, order="name_key", at="", size=3)
    second = paging.page(rows, order="name_key", at=first.later, size=3)
    third = paging.page(rows, order="name_key", at=second.later, size=3)
    back = paging.page(rows, order="name_key", at=third.earlier, size=3)
    start = paging.page(rows, order="name_key", at=back.earlier, size=3)

    assert names(third) == ["g"]
    assert names(back) == names(second) == ["d", "e", "f"]
    assert (names(start), start.earlier) == (["a", "b", "c"], "")
    assert not third.later


@pytest.mark.parametrize("at", ["nonsense", "W10", "WyJhIiwgbnVsbF0", "💣"])
def test_a_place_that_means_nothing_is_the_first_page(at: str) -> None:
    OrganisationFactory.create(name="a")
    page = paging.page(Organisation.objects.all(), order="name_key", at=at)

    assert names(page) == ["a"]


def test_an_unknown_sort_falls_back() -> None:
    OrganisationFactory.create(name="b")
    OrganisationFactory.create(name="a")
    rows = Organisation.objects.all()
    query = {"sort": "password"}
    found = paging.listing(rows, COLUMNS, query, sort="-name")

    assert names(found.page) == ["b", "a"]
    assert [head.direction for head in found.headings] == ["descending", "", ""]
    assert [head.sort for head in found.headings] == ["name", "id", ""]


def test_a_list_costs_two_queries_however_long() -> None:
    EndUserFactory.create_batch(60)
    with CaptureQueriesContext(db.connection) as queries:
        found = paging.listing(Organisation.objects.all(), COLUMNS, {}, sort="name")

    assert (found.count, found.is_counted, len(found.page.rows)) == (60, True, 50)
    assert len(queries) == 2
