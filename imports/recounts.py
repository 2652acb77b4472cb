"""When whom the mappings match is counted: at a click, by a worker, one at a time."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING

from django.core.cache import cache
from django.db import transaction
from kombu.exceptions import OperationalError

from imports import tasks

if TYPE_CHECKING:
    from connections.models import TenantConnection

logger = logging.getLogger(__name__)


def start(connection: TenantConnection) -> None:
    """Ring for a count once this is committed, unless one is under way."""
    if cache.add(tasks.counting_key(connection.pk), "1", tasks.COUNTING):
        transaction.on_commit(partial(_send, connection.pk))


def is_under_way(connection: TenantConnection) -> bool:
    """Return whether a count was rung for and has not ended yet."""
    return cache.get(tasks.counting_key(connection.pk)) is not None


def _send(connection_id: int) -> None:
    try:
        tasks.count.delay(connection_id)
    except (OperationalError, OSError):
        cache.delete(tasks.counting_key(connection_id))
        logger.warning("The broker does not answer; nothing is counted", exc_info=True)
