"""Celery's entry points. A message is a doorbell: the Run table is the queue."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from imports import approval, claims, runs
from imports.models import Run
from imports.words import Status


@shared_task(name="imports.ring")
def ring(run_id: int) -> None:
    """Take the run to its end, if it is queued and nobody else has it."""
    run = Run.objects.filter(pk=run_id, status=Status.QUEUED).first()
    if run is not None:
        runs.ring(run)


@shared_task(name="imports.tick")
def tick() -> None:
    """Ring for every run that waits: a lost message harms nothing.

    Runs whose worker fell silent wait again, too; plans that nobody approved expire.
    """
    approval.expire(timezone.now())
    claims.give_up_silent()
    waiting = Run.objects.filter(status=Status.QUEUED).order_by("id")
    for run_id in waiting.values_list("id", flat=True):
        ring.delay(run_id)
