"""A stored plan handed to a worker: the page that asks for it need not wait.

The run goes back into the queue, marked with what is to be done; whoever rings for it
does it as it stands. A plan is handed over once, however often somebody asks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from common.errors import InvalidInput
from connections.models import TenantConnection
from imports.models import Run
from imports.words import APPLIED, RunKind, Status

if TYPE_CHECKING:
    from accounts.models import Account

HANDED, APPROVED = "handed", "approved"
"""The marks at a run's place: a worker applies its plan; and its losses, too."""
MARKS: dict[Status, dict[str, bool]] = {
    Status.PLANNED: {HANDED: True, "managers_unread": True},
    Status.WAITING_FOR_APPROVAL: {HANDED: True, APPROVED: True, "guarded": False},
}
"""By what a plan waited as, the marks of what is to be done."""
TAKEN = {
    Status.QUEUED: "it waits for a worker already",
    Status.RUNNING: "it is at work already",
    **dict.fromkeys(APPLIED, "it has been applied already"),
}
"""Why a plan that was to be applied is not: somebody was quicker."""


def apply_later(run: Run, *, by: Account | None = None) -> None:
    """Queue a preview to be imported as it stands: the same run becomes an import.

    Raises InvalidInput if it is no preview that waits, or if the configuration has
    changed since.
    """
    _hand(run, Status.PLANNED, by)


def approve_later(run: Run, *, by: Account | None = None) -> None:
    """Queue a plan that waits for approval: somebody has looked at its losses.

    Raises InvalidInput if it does not wait, or if the configuration has changed.
    """
    _hand(run, Status.WAITING_FOR_APPROVAL, by)


def mark(run: Run, waiting: Status) -> None:
    """Say at a plan that waited what is to be done; the caller holds the transaction.

    Whoever takes it up after a worker that died does the same, and asks nobody again.
    """
    run.place = {**run.place, **MARKS[waiting]}
    if waiting is Status.PLANNED:
        run.kind = RunKind.IMPORT
    run.save(update_fields=["kind", "place"])


def refuse_moved_rules(run: Run) -> None:
    """Raise InvalidInput if the configuration has changed since the plan was made."""
    version = TenantConnection.objects.values_list("rules_version", flat=True).get(
        pk=run.connection_id
    )
    if version != run.rules_version:
        raise InvalidInput(
            f"The configuration has changed since run {run.pk} was previewed. "
            "Preview again, then apply the new run."
        )


def refused(run: Run, otherwise: str) -> InvalidInput:
    """Return why the plan of a run is not applied now."""
    reason = TAKEN.get(Status(run.status), otherwise)
    return InvalidInput(f"Run {run.pk} is {run.status}: {reason}.")


@transaction.atomic
def _hand(run: Run, waiting: Status, by: Account | None) -> None:
    refuse_moved_rules(run)
    handed = Run.objects.filter(pk=run.pk, status=waiting).update(
        status=Status.QUEUED, decided_by=by, cancel_asked=False
    )
    run.refresh_from_db()
    if not handed:
        raise refused(run, "its plan waits for nobody")
    mark(run, waiting)
