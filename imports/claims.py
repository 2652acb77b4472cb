"""One run at a time on a connection, by compare-and-swap.

A claim is a random token on the connection. Every transaction of a run begins by
renewing it; a run that has lost its claim stops without writing.
"""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from common.errors import AppError
from connections.models import TenantConnection
from imports.models import Run
from imports.words import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SILENT = timedelta(minutes=5)
"""A claim that has not beaten for this long may be taken over."""


class ClaimLost(AppError):
    """Another worker has taken the connection over; nothing more may be written."""


class Cancelled(AppError):
    """Somebody asked for the run to stop."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The right of one attempt of one run to write."""

    run_id: int
    connection_id: int
    token: uuid.UUID

    def beat(self) -> None:
        """Renew the claim; raises ClaimLost, or Cancelled if that was asked."""
        self._renew()
        if Run.objects.filter(pk=self.run_id, cancel_asked=True).exists():
            raise Cancelled("The run was cancelled.")

    def _renew(self) -> None:
        renewed = TenantConnection.objects.filter(
            pk=self.connection_id, claim_token=self.token
        ).update(claim_beat_at=timezone.now())
        if not renewed:
            raise ClaimLost("Another worker has taken this run over.")

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Open a transaction that writes only while the claim holds.

        Its commit does not wait for the disk: a machine that fails may lose the last
        of them, together and in order, and the run goes on from the one before. The
        end of a run is waited for, and with it all that came before.
        """
        with transaction.atomic():
            if connection.vendor == "postgresql":  # SQLite is set up so.
                with connection.cursor() as cursor:
                    cursor.execute("SET LOCAL synchronous_commit TO off")
            self.beat()
            yield

    @contextmanager
    def ending(self) -> Iterator[None]:
        """Open the last transaction: it writes how the run ended, and releases."""
        with transaction.atomic():
            self._renew()
            yield
            self.release()

    def release(self) -> None:
        """Give the claim back, if it is still ours."""
        TenantConnection.objects.filter(
            pk=self.connection_id, claim_token=self.token
        ).update(claim_token=None, claim_beat_at=None)


def free() -> Q:
    """Return the condition that nobody is at work on a connection."""
    return Q(claim_token=None) | Q(claim_beat_at__lt=timezone.now() - SILENT)


def take(
    run: Run,
    *,
    expected: Status = Status.QUEUED,
    mark: Callable[[Run], None] | None = None,
) -> Claim | None:
    """Make the run *running* and claim its connection; None: busy, or not ours.

    Two callers never both succeed: the connection's row decides. What `mark` writes
    comes with the claim, or not at all.
    """
    now = timezone.now()
    claim = Claim(run.pk, run.connection_id, uuid.uuid4())
    with transaction.atomic():
        taken = TenantConnection.objects.filter(free(), pk=run.connection_id).update(
            claim_token=claim.token, claim_beat_at=now
        )
        if not taken:
            return None
        # A run whose worker died is taken over by whoever rings for it again.
        Run.objects.filter(connection=run.connection_id, status=Status.RUNNING).exclude(
            pk=run.pk
        ).update(status=Status.QUEUED)
        started = Run.objects.filter(
            pk=run.pk, status__in=[expected, Status.RUNNING]
        ).update(status=Status.RUNNING)
        if not started:
            transaction.set_rollback(True)
            return None
        run.refresh_from_db()
        if mark is not None:
            mark(run)
    if run.started_at is None:
        run.started_at = now
        run.save(update_fields=["started_at"])
    return claim


def give_up_silent() -> int:
    """Put runs whose claim has fallen silent back into the queue; return how many."""
    return Run.objects.filter(
        status=Status.RUNNING,
        connection__claim_beat_at__lt=timezone.now() - SILENT,
    ).update(status=Status.QUEUED)
