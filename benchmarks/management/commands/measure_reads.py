"""`measure_reads CONNECTION`: the times of what screens ask, inside one process."""

from __future__ import annotations

import json
import time
from statistics import median
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand

from benchmarks.statements import Statements
from halo_entra import runs_cli
from imports import coverage, explaining, recount
from imports.models import MirrorUser

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django.core.management.base import CommandParser

    from benchmarks.processes import Measures
    from connections.models import TenantConnection
    from mappings.models import SiteMapping

TIMES = 30


class Command(BaseCommand):
    """Count whom the mappings match, then read numbers, lists and explanations."""

    help = "Print what explaining, counting and listing take, as one JSON object."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the connection."""
        parser.add_argument("connection")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        """Measure and print."""
        connection = runs_cli.connection(options["connection"])
        measures = _recounted(connection)
        upns = _some(connection)
        lists = _lists(connection)
        readings: dict[str, Iterable[Callable[[], object]]] = {
            "explain": [_explaining(connection, upn) for upn in upns],
            "stored": [lambda: coverage.stored(connection)] * TIMES,
            "who": lists * TIMES,
        }
        for name, reads in readings.items():
            measures |= {f"{name}_{key}": one for key, one in _read(reads).items()}
        self.stdout.write(json.dumps(measures))


def _recounted(connection: TenantConnection) -> Measures:
    """Count anew; return the seconds, and how often progress was told."""
    told: list[int] = []
    statements = Statements()
    begun, busy = time.perf_counter(), time.process_time()
    with statements.counted():
        recount.recount(connection, progress=lambda done, _total: told.append(done))
    return {
        "recount_seconds": round(time.perf_counter() - begun, 3),
        "recount_processor_seconds": round(time.process_time() - busy, 3),
        "recount_statements": dict(statements.kinds),
        "recount_progress": len(told),
        "people": told[-1] if told else 0,
    }


def _read(reads: Iterable[Callable[[], object]]) -> Measures:
    """Return median and longest milliseconds, those of our own work, and statements.

    Our own work leaves out the server's and the neighbours' (SQLite works inside us).
    """
    times, busy, sent = [], [], []
    for read in reads:
        statements = Statements()
        begun, worked = time.perf_counter(), time.process_time()
        with statements.counted():
            read()
        times.append((time.perf_counter() - begun) * 1000)
        busy.append((time.process_time() - worked) * 1000)
        sent.append(statements.kinds.total())
    return {
        "ms": round(median(times), 2),
        "processor_ms": round(median(busy), 2),
        "longest_ms": round(max(times), 2),
        "statements": max(sent),
    }


def _explaining(connection: TenantConnection, upn: str) -> Callable[[], object]:
    """Return what finds somebody and explains them."""
    return lambda: explaining.explanation(connection, explaining.find(connection, upn))


def _some(connection: TenantConnection) -> list[str]:
    """Return the names of people from all over the mirror."""
    people = MirrorUser.objects.filter(connection=connection).order_by("pk")
    step = max(1, people.count() // TIMES)
    return list(people.values_list("upn", flat=True)[::step])


def _lists(connection: TenantConnection) -> list[Callable[[], object]]:
    """Return what reads a page of each list, its first and one from the middle."""
    people = MirrorUser.objects.filter(connection=connection).order_by("pk")
    middle = people.values_list("pk", flat=True)[people.count() // 2]
    mappings = connection.site_mappings.select_related("connection")
    lists = [_listing(one, after) for one in mappings for after in (0, middle)]
    others = (coverage.unmatched, coverage.several, coverage.undecided)
    return lists + [_other(one, connection) for one in others]


def _listing(mapping: SiteMapping, after: int) -> Callable[[], object]:
    return lambda: coverage.matched_by(mapping, after=after)


def _other(
    read: Callable[[TenantConnection], object], connection: TenantConnection
) -> Callable[[], object]:
    return lambda: read(connection)
