"""A run costs what it must: no write without a change, no request too many."""

from __future__ import annotations

from collections import Counter
from math import ceil
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from benchmarks.statements import Statements
from imports import apply, managers, undo_load
from imports.words import Stage, Status
from mappings.words import Kind
from tests import snapshot
from tests.factories.imports import RunFactory
from tests.imports import staff

if TYPE_CHECKING:
    from simulator.process import Simulator
    from tests.bench import Desk

PEOPLE, MORE = 2000, 3000
PAGE = 999
GROUPS = 2
"""Groups that the desk's mappings name."""
PER_CHUNK = 15
"""Statements of one chunk at most: claim, savepoints, reading, COPY, merge, items."""


@pytest.fixture
def desk(db: None, entra: Simulator) -> Desk:
    """A desk for two thousand people."""
    return staff.desk(entra.admin, people=PEOPLE)


def pages(people: int) -> int:
    """Return how many pages hold so many people."""
    return ceil(people / PAGE)


def statements(desk: Desk) -> tuple[int, int]:
    """Import; return how many statements it took, and on the directory."""
    counted = Statements()
    with counted.counted():
        assert desk.run().status in {Status.SUCCEEDED, Status.NOTHING_CHANGED}
    return sum(counted.kinds.values()), sum(counted.directory.values())


@pytest.mark.rule("R133")
def test_a_second_import_of_thousands_writes_no_directory_row(desk: Desk) -> None:
    _, written = statements(desk)
    before = snapshot.revisions()
    assert written > 0
    assert statements(desk)[1] == 0
    assert snapshot.revisions() == before


def test_a_change_of_one_person_writes_one_record(desk: Desk) -> None:
    desk.run()
    before = snapshot.revisions()
    desk.change(staff.people(desk)[0], department="Elsewhere")
    desk.run()
    assert len(set(snapshot.revisions()) - set(before)) == 1


def test_statements_grow_with_chunks_not_with_people(
    desk: Desk, entra: Simulator
) -> None:
    few, _ = statements(desk)
    many, _ = statements(staff.desk(entra.admin, name="More", people=MORE))
    more = MORE - PEOPLE
    # Pages, chunks of the plan, chunks of users and agents, pages of managers.
    chunks = 2 * ceil(more / PAGE) + 2 * ceil(more / apply.CHUNK)
    chunks += ceil(more / managers.PAGE)
    assert many - few <= PER_CHUNK * chunks


def test_requests_are_as_few_as_pages_allow(desk: Desk) -> None:
    desk.admin.reset_requests()
    run = desk.run()
    log = desk.admin.requests(desk.tenant.tenant_id)
    sent = Counter(
        one["path"] for one in log if not one["batched"] and "v1.0" in one["path"]
    )
    # The tenant itself; one batch that asks for the groups, one or two for members.
    member_pages = max(pages(PEOPLE // 3), 1)
    assert sent == {
        "/v1.0/organization": 1,
        "/v1.0/$batch": 1 + member_pages,
        "/v1.0/users": pages(PEOPLE),
    }
    assert run.fetched["graph_requests"] == sum(sent.values())


def test_parts_of_batches_are_as_few_as_pages_allow(desk: Desk) -> None:
    desk.admin.reset_requests()
    desk.run()
    log = desk.admin.requests(desk.tenant.tenant_id)
    parts = Counter(
        one["path"].rpartition("/")[2] == "members" for one in log if one["batched"]
    )
    assert parts == {True: GROUPS * pages(PEOPLE // 3), False: GROUPS}


@pytest.mark.django_db
def test_an_undo_reads_on_by_an_index_and_sorts_nothing() -> None:
    with CaptureQueriesContext(connection) as caught:
        undo_load.next_items(
            RunFactory.create(), Kind.USERS, Stage.APPLY, undo_load.FIRST
        )
    explain, stretch = "EXPLAIN", "(object_id > "
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            explain, stretch = "EXPLAIN QUERY PLAN", "object_id>?"
        else:  # small tables are read whole otherwise
            cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"{explain} {caught[-1]['sql']}")
        plan = str(cursor.fetchall())

    assert stretch in plan
    assert "B-TREE" not in plan
    assert "Sort" not in plan
