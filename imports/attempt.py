"""One attempt of a run: a client, the rules it decides by, and what comes of it.

Expected trouble ends the run as *failed*, in the administrator's words; a bug ends it
as *crashed*, with its traceback. While the database is away not even that can be
written: the claim falls silent, and another attempt takes the run over.
"""

from __future__ import annotations

import gc
import logging
import traceback
from contextlib import contextmanager
from time import sleep
from typing import TYPE_CHECKING, NamedTuple

from django.utils import timezone

from common.errors import AppError
from connections import access
from connections.models import TenantConnection
from imports import causes, ended, record
from imports.claims import Cancelled, Claim, ClaimLost
from imports.words import Cause, RunKind, Status
from imports.work import Progress, Work
from mappings import groups, rules
from mappings.compile import compile_rules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from connections.graph.client import GraphClient
    from imports.models import Run
    from mappings.rules import RuleSet

logger = logging.getLogger(__name__)

INTERRUPTED = (
    "The run was stopped from the keyboard. What it had written stays; the next run "
    "goes on from there."
)
CRASHED = "A fault of the product ended the run; its record holds the traceback."
DATABASE = (
    "The desk's database was away, full or refused to work. See to it; what the run "
    "had written stays, and the next run goes on from there."
)


class Ended(NamedTuple):
    """How an attempt ended, and why."""

    status: Status
    reason: str = ""
    traceback: str = ""
    cause: Cause | None = None


def attempt(
    run: Run, claim: Claim, progress: Progress, go: Callable[[Work], Status]
) -> None:
    """Run `go` with client and rules, and end the run by what comes of it.

    An attempt that has lost its claim writes nothing more, not even its end.
    """
    try:
        end = _ended(run, claim, progress, go)
        run.cause = end.cause or ""
        with claim.ending():
            record.end(run, end.status, reason=end.reason, traceback=end.traceback)
            ended.note(run, timezone.now())
    except ClaimLost:
        logger.warning("Claim lost, nothing more is written", extra={"run": run.pk})
    except causes.DATABASE_LOST:
        logger.exception("The end is not written", extra={"run": run.pk})


def _ended(
    run: Run, claim: Claim, progress: Progress, go: Callable[[Work], Status]
) -> Ended:
    worked = _here if run.kind == RunKind.UNDO else _connected
    try:
        with _fewer_collections():
            return Ended(worked(run, claim, progress, go))
    except Cancelled as exc:
        return Ended(Status.CANCELLED, str(exc))
    except KeyboardInterrupt:
        return Ended(Status.CANCELLED, INTERRUPTED)
    except ClaimLost:
        raise
    except AppError as exc:
        return Ended(Status.FAILED, str(exc), cause=causes.of(exc))
    except causes.DATABASE_LOST as exc:
        logger.exception("The database was lost", extra={"run": run.pk})
        return Ended(Status.FAILED, DATABASE, cause=causes.of(exc))
    except Exception as exc:
        logger.exception("Run crashed", extra={"run": run.pk})
        return Ended(
            Status.CRASHED, CRASHED, traceback.format_exc(), cause=causes.of(exc)
        )


@contextmanager
def _fewer_collections() -> Iterator[None]:
    """Look for cycles of garbage less often: a run makes millions of plain values."""
    before = gc.get_threshold()
    gc.set_threshold(100_000, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _connected(
    run: Run, claim: Claim, progress: Progress, go: Callable[[Work], Status]
) -> Status:
    connection = _connection(run)
    with access.open_client(connection, wait=_beating(claim)) as client:
        decided = _rules(run, connection, client, claim)
        work = Work(run, connection, claim, decided, progress, client)
        try:
            return go(work)
        finally:
            _count_requests(run, client)


def _here(
    run: Run, claim: Claim, progress: Progress, go: Callable[[Work], Status]
) -> Status:
    """Work without asking the tenant: an undo needs nothing that is not here."""
    connection = _connection(run)
    if not run.rules:
        _begin(run, connection, claim)
    decided = rules.from_json(run.rules)
    return go(Work(run, connection, claim, decided, progress))


def _connection(run: Run) -> TenantConnection:
    connections = TenantConnection.objects.select_related("registration")
    return connections.get(pk=run.connection_id)


def _rules(
    run: Run, connection: TenantConnection, client: GraphClient, claim: Claim
) -> RuleSet:
    """Return the rules that the run started with; at its start, those of now.

    Raises AppError while a group that a mapping names cannot be told.
    """
    if run.rules:
        return rules.from_json(run.rules)
    problems = groups.resolve_pending(connection, client)
    run.reason = " ".join(problem.text for problem in problems)
    return _begin(run, connection, claim)


def _begin(run: Run, connection: TenantConnection, claim: Claim) -> RuleSet:
    with claim.writing():
        connection.refresh_from_db()
        decided = compile_rules(connection)
        record.begin(run, rules.to_json(decided), decided.version)
    return decided


def _beating(claim: Claim) -> Callable[[float], None]:
    """Return a wait that keeps the claim alive (at most 20 seconds a call)."""

    def wait(seconds: float) -> None:
        sleep(seconds)
        claim.beat()

    return wait


def _count_requests(run: Run, client: GraphClient) -> None:
    """Keep what was read, over all attempts of the run."""
    before = int(run.fetched.get("graph_requests", 0))
    throttled = float(run.fetched.get("throttled_seconds", 0))
    run.fetched = {
        "users": int(run.place.get("people", 0)),
        "groups": int(run.place.get("groups", 0)),
        "graph_requests": before + client.requests,
        "throttled_seconds": throttled + client.throttled,
    }
