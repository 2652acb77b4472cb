"""Measure: `python -m benchmarks --people 100000 --rounds 3 --database both`."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import (
    deltas,
    goals,
    growth,
    imports,
    page_table,
    processes,
    quiet_round,
    reads,
    report,
    sign_in_table,
    sign_ins,
)
from benchmarks.bench import Bench
from benchmarks.databases import Databases, PostgresDatabases, SqliteFiles
from benchmarks.tenant import NAME, PROPERTIES, Tenant
from simulator.process import Simulator

if TYPE_CHECKING:
    from collections.abc import Callable

RESULTS = Path(__file__).resolve().parent / "results"
NO_SERVER = (
    "PostgreSQL is left out: name a server with --server, or in DATABASE_URL "
    "(postgresql://user:password@host/database). The benchmark makes databases of its "
    "own there and removes them."
)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--database", choices=["sqlite", "postgresql", "both"], default="both"
    )
    parser.add_argument(
        "--growth",
        type=int,
        nargs="*",
        metavar="PEOPLE",
        help="import tenants of these sizes too, for memory (a tenth of --people)",
    )
    _add_others(parser)
    parser.add_argument(
        "--broker",
        default=os.environ.get("CELERY_BROKER_URL", ""),
        help="URL of Redis, for the round; else the embedded broker",
    )
    parser.add_argument("--server", default=_server(), help="URL of PostgreSQL")
    parser.add_argument("--output", type=Path, help="a file for the JSON")
    return parser.parse_args()


def _add_others(parser: argparse.ArgumentParser) -> None:
    """Add what is measured instead of imports."""
    parser.add_argument(
        "--pages",
        action="store_true",
        help="measure the desk's pages instead, with five run items a person",
    )
    parser.add_argument(
        "--sign-in",
        type=int,
        nargs="?",
        const=20,
        metavar="SECONDS",
        help="measure signing in with Microsoft instead, for so long (20)",
    )
    parser.add_argument(
        "--round",
        type=int,
        nargs="?",
        const=500,
        metavar="TENANTS",
        help="measure a quiet round of so many tenants instead (500)",
    )


def _server() -> str:
    url = os.environ.get("DATABASE_URL", "")
    return url if url.startswith(("postgres://", "postgresql://")) else ""


def _databases(
    arguments: argparse.Namespace, folder: Path, stack: ExitStack
) -> list[Databases]:
    """Return the databases to measure on; says so if PostgreSQL is left out."""
    chosen: list[Databases] = []
    if arguments.database != "postgresql":
        chosen.append(SqliteFiles(folder))
    if arguments.database != "sqlite":
        if arguments.server:
            chosen.append(
                stack.enter_context(closing(PostgresDatabases(arguments.server)))
            )
        else:
            print(NO_SERVER, file=sys.stderr)
    return chosen


def _pages(arguments: argparse.Namespace) -> int:
    """Print what the pages of a full desk cost, on each database; 1: one is broken."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        variables = processes.plain_environment(folder)
        for databases in _databases(arguments, folder, stack):
            databases.create("pages")
            there = {**variables, "DATABASE_URL": databases.url("pages")}
            processes.manage(there, "migrate", "--verbosity", "0")
            processes.manage(there, "createcachetable")
            said = processes.manage(there, "measure_pages", str(arguments.people))
            print(
                databases.kind, page_table.table(json.loads(said)), sep="\n", end="\n\n"
            )
    return 0


def _sign_ins(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return what signing in with Microsoft costs, on each database."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        return _head() | {
            "databases": {
                one.kind: sign_in_table.report(
                    sign_ins.measure(one, folder, arguments.sign_in)
                )
                for one in _databases(arguments, folder, stack)
            }
        }


def _round(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return what a quiet round of many tenants takes, on each database."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        return _head() | {
            "databases": {
                one.kind: quiet_round.report(
                    quiet_round.measure(
                        one, folder, tenants=arguments.round, broker=arguments.broker
                    )
                )
                for one in _databases(arguments, folder, stack)
            }
        }


def _head() -> dict[str, Any]:
    """Return when and where it was measured."""
    return {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": report.machine(),
    }


def measure(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return the figures of all rounds; the databases take turns."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        databases = _databases(arguments, folder, stack)
        grown = _grown(arguments, databases, folder)
        rounds = _rounds(arguments, databases, folder)
    return {
        **_head(),
        "people": arguments.people,
        "properties": len(PROPERTIES),
        "databases": {
            kind: report.summary(
                each, {people: one[kind] for people, one in grown.items()}
            )
            for kind, each in rounds.items()
        },
    }


def _grown(
    arguments: argparse.Namespace, databases: list[Databases], folder: Path
) -> dict[int, dict[str, processes.Measures]]:
    """Return a first import of each other size, by database."""
    sizes = arguments.growth
    if sizes is None:
        sizes = [max(1, arguments.people // 10)]
    found = {}
    for people in sizes:
        print(f"A tenant of {people:,} …", file=sys.stderr)
        found[people] = growth.measure(people, databases, folder)
    return found


def _rounds(
    arguments: argparse.Namespace, databases: list[Databases], folder: Path
) -> dict[str, list[goals.Round]]:
    """Return everything else, round by round, by database."""
    with Simulator(tenants=(f"{NAME}:{arguments.people}",)) as simulator:
        tenant = Tenant.of(simulator)
        variables = processes.environment(tenant, folder)
        benches = [Bench(tenant, one, folder, variables) for one in databases]
        for bench in benches:
            bench.prepare()
        rounds: dict[str, list[goals.Round]] = {one.kind: [] for one in databases}
        for number in range(1, arguments.rounds + 1):
            for bench in benches:
                kind = bench.databases.kind
                print(f"Round {number}, {kind} …", file=sys.stderr)
                measured = imports.measure(bench)
                measured |= deltas.measure(bench, f"{kind} {number}")
                measured |= reads.measure(bench)
                rounds[kind].append(measured)
    return rounds


def _asked(
    arguments: argparse.Namespace,
) -> tuple[str, Callable[[argparse.Namespace], dict[str, Any]], Callable[..., str]]:
    """Return what is measured: its word, how, and how it is told."""
    if arguments.sign_in is not None:
        return "sign-in", _sign_ins, sign_in_table.table
    if arguments.round is not None:
        return "round", _round, quiet_round.table
    return str(arguments.people), measure, report.table


def main() -> int:
    """Measure, print a table, write the JSON; 1 if a run did not end as it should."""
    arguments = _arguments()
    try:
        if arguments.pages:
            return _pages(arguments)
        word, go, table = _asked(arguments)
        found = go(arguments)
    except processes.CommandFailed as exc:
        print(exc, file=sys.stderr)
        return 1
    for kind, one in found["databases"].items():
        print(table(kind, one), end="\n\n")
    stamp = found["measured_at"].replace(":", "").partition("+")[0]
    file = arguments.output or RESULTS / f"{stamp}-{word}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(f"Written to {file}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
