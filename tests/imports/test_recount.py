"""Whom each mapping matches is counted anew, and kept (R109)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from imports import coverage, recount
from imports.models import MatchPattern, MirrorUser, PersonMatch, Recount

if TYPE_CHECKING:
    from mappings.models import SiteMapping
    from tests.bench import Desk


@pytest.fixture
def london(desk: Desk) -> SiteMapping:
    """Sales come to London, everybody else to Leeds; Ann and Eve sell."""
    for upn, department in (("ann", "Sales"), ("bob", "Legal"), ("eve", "Sales")):
        desk.person(upn, department=department)
    london = desk.map_site(10, "London")
    london.criteria.create(field="department", operator="equals", value="Sales")
    desk.map_site(20, "Leeds")
    desk.run()
    return london


def numbers(desk: Desk) -> dict[int, tuple[int, int, int]]:
    """Count and return matched, won and unknown of each mapping, by sequence."""
    assert recount.recount(desk.connection)
    found = coverage.stored(desk.connection)
    assert found is not None
    sequences = dict(desk.connection.site_mappings.values_list("pk", "sequence"))
    return {
        sequences[pk]: (one.matched, one.won, one.unknown)
        for pk, one in found.mappings.items()
    }


def written(desk: Desk) -> int:
    """Return how many statements that write matches a count sends."""
    with CaptureQueriesContext(database) as sent:
        assert recount.recount(desk.connection)
    table = PersonMatch._meta.db_table
    return sum(f'INSERT INTO "{table}"' in one["sql"] for one in sent)


@pytest.mark.rule("R109")
def test_each_mapping_is_counted_with_those_it_wins(
    desk: Desk, london: SiteMapping
) -> None:
    assert numbers(desk) == {10: (2, 2, 0), 20: (3, 1, 0)}


@pytest.mark.rule("R109")
def test_an_edit_is_seen_by_the_next_count(desk: Desk, london: SiteMapping) -> None:
    recount.recount(desk.connection)
    london.criteria.update(value="Legal")
    desk.rules_changed()

    assert numbers(desk) == {10: (1, 1, 0), 20: (3, 2, 0)}


def test_reordered_mappings_win_others(desk: Desk, london: SiteMapping) -> None:
    recount.recount(desk.connection)
    london.sequence = 30
    london.save()
    desk.rules_changed()

    assert numbers(desk) == {30: (2, 0, 0), 20: (3, 3, 0)}


def test_a_mapping_that_is_switched_off_matches_nobody(
    desk: Desk, london: SiteMapping
) -> None:
    recount.recount(desk.connection)
    london.enabled = False
    london.save()
    desk.rules_changed()

    assert numbers(desk) == {20: (3, 3, 0)}
    assert MatchPattern.objects.count() == 1


def test_an_agents_mapping_matches_and_wins_nobody(
    desk: Desk, london: SiteMapping
) -> None:
    ann = MirrorUser.objects.get(upn__startswith="ann").object_id
    desk.map_agents(30, desk.group("G", [ann]))
    desk.rules_changed()
    desk.run()

    assert numbers(desk)[30] == (1, 0, 0)


def test_a_mapping_that_cannot_be_judged_is_unknown(
    desk: Desk, london: SiteMapping
) -> None:
    desk.map_site(5, "Hidden", group_id=UUID(int=5), group_name="G")
    desk.rules_changed()

    assert numbers(desk) == {5: (0, 0, 3), 10: (2, 0, 0), 20: (3, 0, 0)}


def test_who_leaves_the_tenant_is_no_longer_counted(
    desk: Desk, london: SiteMapping
) -> None:
    recount.recount(desk.connection)
    eve = MirrorUser.objects.get(upn__startswith="eve").object_id
    desk.admin.delete_user(desk.tenant.tenant_id, str(eve))
    desk.run()

    assert numbers(desk) == {10: (1, 1, 0), 20: (2, 1, 0)}


def test_only_people_who_moved_are_looked_at_while_the_rules_stay(
    desk: Desk, london: SiteMapping
) -> None:
    recount.recount(desk.connection)
    bob = MirrorUser.objects.get(upn__startswith="bob").object_id
    desk.change(bob, department="Sales")
    desk.run()
    told: list[tuple[int, int]] = []

    assert recount.recount(
        desk.connection, progress=lambda done, total: told.append((done, total))
    )

    assert told == [(1, 1)]
    assert numbers(desk) == {10: (3, 3, 0), 20: (3, 0, 0)}


def test_an_edit_that_moves_nobody_writes_nobody(
    desk: Desk, london: SiteMapping
) -> None:
    assert written(desk) > 0
    desk.rules_changed()

    assert written(desk) == 0


def test_progress_is_told_chunk_by_chunk(
    desk: Desk, london: SiteMapping, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recount, "CHUNK", 2)
    told: list[tuple[int, int]] = []

    recount.recount(
        desk.connection, progress=lambda done, total: told.append((done, total))
    )

    assert told == [(2, 3), (3, 3)]


def test_a_count_gives_way_to_one_that_began_later(
    desk: Desk, london: SiteMapping, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recount, "CHUNK", 2)

    def another(done: int, total: int) -> None:
        if done == 2:
            london.criteria.update(value="Legal")
            desk.rules_changed()
            assert recount.recount(desk.connection)

    assert not recount.recount(desk.connection, progress=another)
    counted = Recount.objects.get()
    desk.connection.refresh_from_db()
    assert counted.rules_version == desk.connection.rules_version
    found = coverage.stored(desk.connection)
    assert found is not None
    assert found.mappings[london.pk].matched == 1


def test_a_count_that_broke_off_leaves_the_last_one_in_force(
    desk: Desk, london: SiteMapping
) -> None:
    recount.recount(desk.connection)
    london.criteria.update(value="Legal")
    desk.rules_changed()

    def stop(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        recount.recount(desk.connection, progress=stop)

    found = coverage.stored(desk.connection)
    assert found is not None
    assert (found.is_current, found.mappings[london.pk].matched) == (False, 2)
    assert numbers(desk)[10] == (1, 1, 0)
