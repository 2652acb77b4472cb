"""What a run left behind, so that a killed one can be compared with an undisturbed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import F, Q

from connections.models import TenantConnection
from imports.models import Run, RunItem
from mappings.words import Kind
from tests import dumps, snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.dumps import Dump

ITEM = ("kind", "stage", "object_id", "action", "reason", "outcome", "error", "changes")
KEYS = {"id", "planned"}
FEW = 3


def outcome(run_id: int) -> Dump:
    """Return directory, mappings, mirror and run, without keys and times."""
    run = Run.objects.select_related("connection").get(pk=run_id)
    return {
        **dumps.by_value(),
        **snapshot.mirror(run.connection),
        "items": sorted(_items(run)),
        "unsettled": sorted(_unsettled(run.connection)),
        "run": [(run.kind, run.status, run.walk, run.reason, run.traceback)],
        "counts": [
            (kind, repr(sorted(of_kind.items())))
            for kind, of_kind in run.counts.items()
        ],
        "claim": [(repr(run.connection.claim_token),)],
    }


def differences(expected: Dump, found: Dump) -> Iterator[str]:
    """Say of each table which rows are missing, and which are too many."""
    for table in sorted(expected.keys() | found.keys()):
        mine, theirs = list(expected[table]), list(found[table])
        if mine == theirs:
            continue
        missing, more = set(mine) - set(theirs), set(theirs) - set(mine)
        yield f"{table}: {len(theirs)} rows instead of {len(mine)}"
        yield from (f"  missing: {row}" for row in sorted(missing)[:FEW])
        yield from (f"  too many: {row}" for row in sorted(more)[:FEW])


def _items(run: Run) -> Iterator[tuple[str, ...]]:
    for *row, changes in RunItem.objects.filter(run=run).values_list(*ITEM):
        yield (*map(repr, row), repr(_without_keys(changes)))


def _without_keys(value: Any) -> Any:
    """Return JSON without the keys of records, sorted."""
    if isinstance(value, list):
        return [_without_keys(one) for one in value]
    if isinstance(value, dict):
        return sorted(
            (name, _without_keys(one))
            for name, one in value.items()
            if name not in KEYS
        )
    return value


def _unsettled(connection: TenantConnection) -> Iterator[tuple[str, ...]]:
    """Yield who would be due again in the next run, as far as the mirror tells."""
    for kind in Kind:
        mirror = f"settled_{kind}_mirror"
        due = connection.mirror_users.filter(
            Q(**{mirror: None}) | ~Q(**{mirror: F("revision")})
        )
        for person in due.values_list("object_id", flat=True):
            yield kind.value, str(person)
