"""What screens ask is measured on a desk as it is."""

from __future__ import annotations

import json
from io import StringIO
from typing import TYPE_CHECKING

from benchmarks.management.commands.measure_reads import Command
from imports import coverage

if TYPE_CHECKING:
    from tests.bench import Desk


def test_the_count_is_made_anew_and_everything_is_timed(desk: Desk) -> None:
    for upn in ("ann", "bob", "eve"):
        desk.person(upn)
    desk.map_site(10, "London")
    desk.run()
    said = StringIO()

    Command(stdout=said).handle(connection=desk.connection.name)

    found = json.loads(said.getvalue())
    assert (found["people"], found["recount_progress"]) == (3, 1)
    assert (found["stored_statements"], found["who_statements"]) == (5, 2)
    for name in ("explain_ms", "stored_ms", "who_ms", "recount_seconds"):
        assert found[name] > 0
    counted = coverage.stored(desk.connection)
    assert counted is not None
    assert counted.people == 3
