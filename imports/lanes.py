"""Which of Celery's two queues a run waits in, so that large tenants starve nobody.

A plain worker listens to both. Where there are several, one that listens to `celery`
alone is never held by a walk of a large tenant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imports.models import Run
from imports.words import RunKind, Walk

if TYPE_CHECKING:
    from imports.models import Run as RunRow

QUICK, LONG = "celery", "long"
LARGE = 50_000
"""Walks of more people than this are long (design §6)."""


def lane(run: RunRow) -> str:
    """Return the queue of a run; a tenant that was never walked may be a large one."""
    if run.only or run.kind == RunKind.UNDO or run.walk != Walk.FULL:
        return QUICK
    walks = Run.objects.filter(connection=run.connection_id, walk=Walk.FULL, only="")
    last = walks.exclude(fetched={}).values_list("fetched", flat=True).first()
    is_large = last is None or int(last.get("users", 0)) > LARGE
    return LONG if is_large else QUICK
