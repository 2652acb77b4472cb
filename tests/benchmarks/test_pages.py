"""Every page takes the statements that `tests/baselines/pages.json` says, however full
the desk is. A page that may cost more has its new number written there by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from benchmarks import page_table, pages
from benchmarks.filled import fill
from common.rights import Permission
from tests.door_rows import DOORS

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

BASELINE = Path(__file__).resolve().parents[1] / "baselines" / "pages.json"


@pytest.mark.django_db
@pytest.mark.parametrize("people", [150, 300])
def test_a_page_costs_what_it_did_with_twice_the_rows_too(
    people: int, settings: Settings
) -> None:
    # The embedded cache is a table: what it is asked would count on SQLite alone.
    memory = "django.core.cache.backends.locmem.LocMemCache"
    settings.CACHES = {"default": {"BACKEND": memory, "LOCATION": f"pages of {people}"}}
    costs = pages.measure(fill(people), times=1)
    found = {name: cost.statements for name, cost in costs.items()}

    assert found == json.loads(BASELINE.read_text())
    assert [name for name, cost in costs.items() if cost.kilobytes > 150] == []


def test_every_list_of_the_directory_is_measured() -> None:
    lists = {f"directory:{name}" for name in pages.LISTS}
    assert lists <= {name for name, door in DOORS.items() if door.get}
    assert all(DOORS[name].get == frozenset({Permission.VIEW}) for name in lists)


def test_the_table_tells_the_slowest_first_and_marks_what_misses_a_goal() -> None:
    quick = page_table.Cost(5, median=20, slowest=30, processor=10, kilobytes=40)
    slow = page_table.Cost(5, median=101, slowest=130, processor=90, kilobytes=40)
    told = page_table.table(
        page_table.figures({"quick": quick, "slow": slow})
    ).splitlines()

    assert [line[:6].rstrip() for line in told] == ["page", "* slow", "  quic"]
