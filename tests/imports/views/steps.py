"""What tests of the screens do again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone

from imports import tasks
from imports.models import Run, RunItem
from imports.words import Status

if TYPE_CHECKING:
    from django.test import Client

    from tests.bench import Desk


def authorised(desk: Desk) -> Desk:
    """Let the connection be open: somebody has authorised it."""
    desk.connection.authorised_at = timezone.now()
    desk.connection.save(update_fields=["authorised_at"])
    return desk


def worker() -> None:
    """Let a worker take every run that waits in the queue."""
    for run in Run.objects.filter(status=Status.QUEUED).order_by("id"):
        tasks.ring(run.pk)


def page(run: Run, name: str = "run", query: str = "") -> str:
    """Return the address of a page of a run."""
    return reverse(f"imports:{name}", args=[run.pk]) + query


def read(client: Client, run: Run, query: str = "") -> str:
    """Return the page of a run."""
    answer = client.get(page(run, query=query))
    assert answer.status_code == 200
    return answer.content.decode()


def item(run: Run, upn: str) -> RunItem:
    """Return the row of somebody."""
    return run.items.get(upn__startswith=f"{upn}@")
