"""Numbers and lists of whom the mappings match are read as last counted (R109)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from imports import coverage, recount
from imports.engine.types import Result
from imports.models import Run
from imports.words import RunKind, Status

if TYPE_CHECKING:
    from collections.abc import Callable

    from mappings.models import SiteMapping
    from tests.bench import Desk


@pytest.fixture
def sales(desk: Desk) -> SiteMapping:
    """Sales come to London and managers to Leeds; three people, counted."""
    desk.person("ann", department="Sales", jobTitle="Manager")
    desk.person("bob", department="Sales")
    desk.person("eve", department="Legal")
    sales = desk.map_site(10, "London")
    sales.criteria.create(field="department", operator="equals", value="Sales")
    managers = desk.map_site(20, "Leeds")
    managers.criteria.create(field="jobTitle", operator="equals", value="Manager")
    desk.run()
    recount.recount(desk.connection)
    return sales


def stored(desk: Desk) -> coverage.Coverage:
    found = coverage.stored(desk.connection)
    assert found is not None
    return found


def test_before_the_first_count_there_is_none(desk: Desk) -> None:
    assert coverage.stored(desk.connection) is None


@pytest.mark.rule("R109")
def test_the_list_of_a_mapping_names_whom_it_matches(
    desk: Desk, sales: SiteMapping
) -> None:
    ann, bob = coverage.matched_by(sales)

    assert (ann.name, ann.upn) == ("Ann", desk.address("ann"))
    assert ann.answers[sales.pk] == Result.WON
    assert sorted(ann.answers.values()) == [Result.MATCHED, Result.WON]
    assert (bob.name, bob.answers) == ("Bob", {sales.pk: Result.WON})


@pytest.mark.rule("R109")
def test_a_list_goes_on_after_its_last_person(sales: SiteMapping) -> None:
    (first,) = coverage.matched_by(sales, limit=1)
    (second,) = coverage.matched_by(sales, after=first.person_id, limit=1)

    assert (first.name, second.name) == ("Ann", "Bob")
    assert not coverage.matched_by(sales, after=second.person_id)


def test_people_whom_nothing_or_several_match_are_counted_and_listed(
    desk: Desk, sales: SiteMapping
) -> None:
    found = stored(desk)

    assert (found.people, found.unmatched, found.several) == (3, 1, 1)
    eve = desk.address("eve")
    assert [one.upn for one in coverage.unmatched(desk.connection)] == [eve]
    assert [one.name for one in coverage.several(desk.connection)] == ["Ann"]


def test_an_agents_mapping_beside_a_site_is_not_several(desk: Desk) -> None:
    ann = desk.person("ann")
    desk.map_site(10, "London")
    desk.map_agents(20, desk.group("G", [ann]))
    desk.run()
    recount.recount(desk.connection)

    assert stored(desk).several == 0
    assert not coverage.several(desk.connection)


def test_whom_an_unreadable_mapping_might_match_is_undecided(
    desk: Desk, sales: SiteMapping
) -> None:
    desk.map_site(5, "Hidden", group_id=UUID(int=5), group_name="G")
    desk.rules_changed()
    recount.recount(desk.connection)

    assert (stored(desk).undecided, stored(desk).unmatched) == (3, 0)
    assert len(coverage.undecided(desk.connection)) == 3
    assert not coverage.unmatched(desk.connection)


def test_a_count_is_current_until_the_rules_change(
    desk: Desk, sales: SiteMapping
) -> None:
    assert stored(desk).is_current
    desk.rules_changed()

    assert not stored(desk).is_current


@pytest.mark.parametrize("kind", [RunKind.PREVIEW, RunKind.IMPORT, RunKind.DELTA])
def test_a_count_is_current_until_the_tenant_is_read_again(
    desk: Desk, sales: SiteMapping, kind: RunKind
) -> None:
    desk.run(kind)
    assert not stored(desk).is_current

    recount.recount(desk.connection)
    assert stored(desk).is_current


def test_a_count_during_a_run_is_out_of_date(desk: Desk, sales: SiteMapping) -> None:
    run = desk.preview()
    Run.objects.filter(pk=run.pk).update(status=Status.RUNNING)
    recount.recount(desk.connection)
    Run.objects.filter(pk=run.pk).update(status=Status.PLANNED)

    assert not stored(desk).is_current


@pytest.mark.rule("R109")
def test_numbers_and_lists_take_few_queries_however_many_people(
    desk: Desk, sales: SiteMapping
) -> None:
    def asked(read: Callable[[], object]) -> int:
        with CaptureQueriesContext(database) as sent:
            read()
        return len(sent)

    assert asked(lambda: coverage.stored(desk.connection)) == 5
    assert asked(lambda: coverage.matched_by(sales)) == 2
