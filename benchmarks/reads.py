"""What screens ask: why somebody is where they are, and whom a mapping matches."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from benchmarks import processes
from benchmarks.imports import IMPORTED
from benchmarks.tenant import NAME, edited

if TYPE_CHECKING:
    from benchmarks.bench import Bench
    from benchmarks.processes import Measures


def measure(bench: Bench) -> dict[str, Measures]:
    """Count matches, edit the mappings, count again and read; on IMPORTED.

    Times are those inside a process that is up: milliseconds, medians, and seconds of
    the recount, each with its statements.
    """
    first = _reads(bench)
    bench.configure(IMPORTED, edited(bench.tenant))
    second = _reads(bench)
    return {"reads": {**second, "first_count_seconds": first["recount_seconds"]}}


def _reads(bench: Bench) -> Measures:
    answer = processes.manage(bench.at(IMPORTED), "measure_reads", NAME)
    found: Measures = json.loads(answer)
    return found
