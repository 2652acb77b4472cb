"""Sums over all runs that have ended, which stay when the runs themselves go."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from common import bulk
from imports.models import Tally
from imports.words import Measure, RunKind
from mappings.words import Kind

if TYPE_CHECKING:
    from imports.models import Run

COLUMNS = ("connection_id", "measure", "label", "value")
KEY = ("connection_id", "measure", "label")
PEOPLE = (Kind.USERS, Kind.AGENTS)


def count(run: Run) -> None:
    """Add what an ended run came to; once a run, in the transaction that ends it.

    Rows are written in one order, so that runs of a connection that end at the same
    time wait for each other and never for ever.
    """
    found = sorted(amounts(run).items())
    rows = ((run.connection_id, *key, float(value)) for key, value in found if value)
    bulk.upsert(Tally, COLUMNS, rows, key=KEY, add=("value",))


def amounts(run: Run) -> dict[tuple[str, str], float]:
    """Return what an ended run adds, by measure and label.

    A preview is a run and nothing more: what it foresaw has not happened, and the run
    that it becomes when it is imported counts what it read.
    """
    found: dict[tuple[str, str], float] = {(Measure.RUNS.value, run.status): 1}
    if run.kind == RunKind.PREVIEW:
        return found
    people: Counter[str] = Counter()
    for kind in PEOPLE:
        people.update(run.counts.get(kind.value, {}))
    found |= {(Measure.PEOPLE.value, name): people[name] for name in people}
    for measure in (Measure.GRAPH_REQUESTS, Measure.THROTTLED_SECONDS):
        found[measure.value, ""] = run.fetched.get(measure.value, 0)
    return found
