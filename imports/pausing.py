"""The Integrator of a connection, paused until somebody resumes it.

Paused, nothing starts by schedule; people may import and preview as they like.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from connections.models import TenantConnection
from imports import record
from imports.models import Run
from imports.words import RunKind, Status, Trigger

if TYPE_CHECKING:
    from datetime import datetime

PAUSED = "The connection is paused."


def pause(connection_id: int, reason: str) -> None:
    """Pause the Integrator, and cancel what it has queued; call in a transaction."""
    TenantConnection.objects.filter(pk=connection_id).update(
        paused_at=timezone.now(), paused_reason=reason
    )
    queued = Run.objects.select_for_update().filter(
        connection=connection_id, status=Status.QUEUED, trigger=Trigger.SCHEDULE
    )
    for run in queued:
        record.end(run, Status.CANCELLED, reason=f"{PAUSED} {reason}")


def resume(connection_id: int) -> None:
    """Let the Integrator go on."""
    TenantConnection.objects.filter(pk=connection_id).update(
        paused_at=None, paused_reason=""
    )


def is_paused(connection_id: int) -> bool:
    """Return whether the Integrator of a connection is paused."""
    return _paused_since(connection_id) is not None


def resume_after(run: Run) -> None:
    """Resume what an undo has paused, once a preview made since is applied.

    Whoever applies the whole of it has seen what comes again, and wants it.
    """
    since = _paused_since(run.connection_id)
    is_whole = not run.only and not run.items.filter(is_ticked=False).exists()
    is_done = run.status in {Status.SUCCEEDED, Status.NOTHING_CHANGED}
    if since is None or run.created_at < since or not (is_whole and is_done):
        return
    last = Run.objects.filter(connection=run.connection_id, kind=RunKind.UNDO).first()
    if last is not None and set(last.kinds) <= set(run.kinds):
        TenantConnection.objects.filter(
            pk=run.connection_id, paused_reason=undone(last)
        ).update(paused_at=None, paused_reason="")


def undone(undo: Run) -> str:
    """Return why the Integrator rests after an undo."""
    return f"Run {undo.undoes_id} was undone; preview, then resume."


def _paused_since(connection_id: int) -> datetime | None:
    return TenantConnection.objects.values_list("paused_at", flat=True).get(
        pk=connection_id
    )
