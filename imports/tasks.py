"""Celery's entry points. A message is a doorbell: the Run table is the queue."""

from __future__ import annotations

import logging

from celery import shared_task
from django.core.cache import cache
from django.utils import timezone

from accounts.models import Account
from common.errors import InvalidInput
from connections.models import TenantConnection
from imports import integrator, lanes, notices, purge, recount, runs, undo, undo_told
from imports.models import Run
from imports.words import Status

logger = logging.getLogger(__name__)

COUNTING = 300
"""For how many seconds a count that does not end keeps others waiting."""
FORESEEN = 300
"""For how many seconds a forecast of an undo may be read."""


@shared_task(name="imports.ring")
def ring(run_id: int) -> None:
    """Take the run to its end, if it is queued and nobody else has it."""
    run = Run.objects.filter(pk=run_id, status=Status.QUEUED).first()
    if run is not None:
        runs.ring(run)


@shared_task(name="imports.tick")
def tick() -> None:
    """Start what is due, and ring for every run that waits: no message need arrive.

    Then tell whoever has to know of what is wrong.
    """
    now = timezone.now()
    for run in integrator.tick(now):
        send(run)
    notices.watch(now)


def send(run: Run) -> None:
    """Leave a message for a worker that rings for the run."""
    ring.apply_async((run.pk,), queue=lanes.lane(run))


@shared_task(name="imports.count")
def count(connection_id: int) -> None:
    """Count whom the connection's mappings match; twice does no harm."""
    connection = TenantConnection.objects.filter(pk=connection_id).first()
    try:
        if connection is not None:
            recount.recount(connection)
    finally:
        cache.delete(counting_key(connection_id))


@shared_task(name="imports.foresee")
def foresee(run_id: int, account_id: int) -> None:
    """Find out what undoing a large run would do; keep it for the page that asks."""
    run = Run.objects.filter(pk=run_id).first()
    account = Account.objects.filter(pk=account_id).first()
    if run is None or account is None:
        return
    try:
        found = undo_told.told(undo.forecast(run, started_by=account))
    except InvalidInput as exc:
        found = {"trouble": str(exc)}
    cache.set(foreseen_key(run_id, account_id), found, FORESEEN)


@shared_task(name="imports.purge")
def purge_runs() -> None:
    """Remove what runs left behind and whose time is over; twice does no harm."""
    removed = purge.purge(timezone.now())
    logger.info("What is over is removed", extra={"rows": dict(removed)})


def foreseen_key(run_id: int, account_id: int) -> str:
    """Return the cache's key of what undoing the run would do, as that account."""
    return f"imports.foreseen.{run_id}.{account_id}"


def counting_key(connection_id: int) -> str:
    """Return the cache's key of a count that is under way."""
    return f"imports.count.{connection_id}"
