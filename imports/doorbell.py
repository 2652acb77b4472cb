"""Ringing for a worker: a message that names a run which waits in the queue.

A message that gets lost costs a minute: the tick rings for every run that waits.
"""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from kombu.exceptions import OperationalError

from imports import tasks

if TYPE_CHECKING:
    from imports.models import Run

logger = logging.getLogger(__name__)


def ring(run: Run) -> None:
    """Ring for a queued run once it is committed."""
    transaction.on_commit(partial(_send, run))


def _send(run: Run) -> None:
    try:
        tasks.send(run)
    except (OperationalError, OSError):
        # The run is in the table; the page that queued it need not fail.
        logger.warning("The broker does not answer; the tick rings", exc_info=True)
