"""Imports beside the floor of the same round, and the undo of the first one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks import processes
from benchmarks.bench import READY

if TYPE_CHECKING:
    from benchmarks.bench import Bench
    from benchmarks.processes import Measures

IMPORTED = "imported"
"""The database of a desk that has imported everybody."""


def measure(bench: Bench) -> dict[str, Measures]:
    """Preview, import, import again and undo; leave the database IMPORTED."""
    databases, tenant = bench.databases, bench.tenant
    databases.create("floor")
    floor = databases.floor("floor")
    databases.copy(READY, "previewed")
    databases.copy(READY, IMPORTED)
    found = {
        "floor": processes.floor("write", floor, tenant),
        "preview": bench.imported("previewed", "--preview", ends="planned"),
        "first_import": bench.imported(IMPORTED, ends="succeeded"),
    }
    databases.copy(IMPORTED, "undone")
    return found | {
        "undo": _undone(bench, "undone", found["first_import"]),
        "floor_nochange": processes.floor("compare", floor, tenant),
        "unchanged": bench.imported(IMPORTED, ends="nothing_changed"),
    }


def _undone(bench: Bench, database: str, imported: Measures) -> Measures:
    """Undo an import right after it."""
    run = str(imported["answer"]["run"])
    found = bench.measured(database, "undo_run", run, "--yes", ends="succeeded")
    return {**found, "people": imported["people"], "requests": 0}
