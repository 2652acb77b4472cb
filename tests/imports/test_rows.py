"""The items of a run by the page."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from common.rights import Permission, Rights
from imports import breakdown, row_filter, rows
from imports.engine.types import Action
from imports.models import Run, RunItem
from imports.row_filter import Filter
from mappings.words import Kind
from tests.factories.imports import RunFactory, RunItemFactory

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db
SEEING = Rights(1, frozenset(Permission), None)


@pytest.fixture
def run() -> Run:
    """A run with rows of several sorts, in no order."""
    made = RunFactory.create(kinds=["users", "agents"])
    sorts = [
        *[(Kind.USERS, 10, Action.CREATE)] * 70,
        *[(Kind.USERS, 10, Action.MOVE)] * 3,
        *[(Kind.USERS, 20, Action.CREATE)] * 60,
        *[(Kind.USERS, None, Action.DEACTIVATE)] * 2,
        *[(Kind.AGENTS, 30, Action.UPDATE)] * 30,
    ]
    random.Random(7).shuffle(sorts)
    RunItem.objects.bulk_create(
        RunItemFactory.build(
            run=made, kind=kind, mapping=mapping, action=action, name=f"P{number}"
        )
        for number, (kind, mapping, action) in enumerate(sorts)
    )
    made.breakdown = breakdown.count(made)
    made.save()
    return made


def forwards(run: Run, asked: Filter) -> Iterator[rows.Rows]:
    page = rows.page(run, asked, SEEING)
    yield page
    while page.later:
        page = rows.page(run, asked, SEEING, at=page.later)
        yield page


def keys(pages: list[rows.Rows]) -> list[int]:
    return [item.pk for page in pages for item in page.items]


def test_rows_come_by_kind_mapping_and_the_gravest_action_first(run: Run) -> None:
    pages = list(forwards(run, Filter()))
    assert [len(page.items) for page in pages] == [50, 50, 50, 15]
    groups = [(i.kind, i.mapping, i.action) for page in pages for i in page.items]
    assert list(dict.fromkeys(groups)) == [
        ("users", 10, "move"),
        ("users", 10, "create"),
        ("users", 20, "create"),
        ("users", None, "deactivate"),
        ("agents", 30, "update"),
    ]
    assert sorted(keys(pages)) == sorted(run.items.values_list("pk", flat=True))
    assert {page.number for page in pages} == {165}


@pytest.mark.parametrize("asked", [Filter(), Filter(query="P1"), Filter(mapping="20")])
def test_the_way_back_shows_the_same_pages(run: Run, asked: Filter) -> None:
    pages = list(forwards(run, asked))
    back = [pages[-1]]
    while back[0].earlier:
        back.insert(0, rows.page(run, asked, SEEING, at=back[0].earlier))
    assert keys(back) == keys(pages)
    assert len(back) == len(pages)


@pytest.mark.parametrize(
    ("asked", "number"),
    [
        (Filter(action="create"), 130),
        (Filter(mapping="10", action="create"), 70),
        (Filter(mapping="none"), 2),
        (Filter(kind="agents"), 30),
        (Filter(outcome="applied"), 0),
    ],
)
def test_a_page_shows_and_a_tick_reaches_the_same_rows(
    run: Run, asked: Filter, number: int
) -> None:
    assert len(keys(list(forwards(run, asked)))) == number
    assert row_filter.matching(run, asked, SEEING).count() == number
    assert rows.page(run, asked, SEEING).number == number


@pytest.mark.parametrize(
    "at", ["", "nonsense", "e30", "WyJhIiwgMSwgMiwgMywgNF0", "WyJhIl0"]
)
def test_nonsense_is_the_first_page(run: Run, at: str) -> None:
    first = rows.page(run, Filter(), SEEING)
    assert keys([rows.page(run, Filter(), SEEING, at=at)]) == keys([first])


def test_a_page_costs_two_statements_wherever_it_begins(
    run: Run, django_assert_num_queries: object
) -> None:
    at = ""
    for _ in range(3):
        with django_assert_num_queries(2):  # type: ignore[operator]
            page = rows.page(run, Filter(), SEEING, at=at)
        at = page.later
