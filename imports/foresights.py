"""What undoing a run would do: at once if it is small, else found out by a worker."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from django.core.cache import cache
from kombu.exceptions import OperationalError

from common.errors import InvalidInput
from imports import tasks, undo, undo_told

if TYPE_CHECKING:
    from accounts.models import Account
    from imports.models import Run

logger = logging.getLogger(__name__)
AT_ONCE = 2000
"""Up to so many items a page looks itself."""


def told(run: Run, account: Account) -> dict[str, Any] | None:
    """Return what undoing would do, in words; None while a worker finds it out.

    Raises InvalidInput, in words, if the run cannot be undone.
    """
    if run.items.order_by()[: AT_ONCE + 1].count() <= AT_ONCE:
        return undo_told.told(undo.forecast(run, started_by=account))
    undo.refuse_impossible(run)
    key = tasks.foreseen_key(run.pk, account.pk)
    found: dict[str, Any] | None = cache.get(key)
    if found is None and cache.add(f"{key}.asked", "1", tasks.FORESEEN):
        _ask(run, account, f"{key}.asked")
    if found is not None and "trouble" in found:
        raise InvalidInput(found["trouble"])
    return found


def _ask(run: Run, account: Account, key: str) -> None:
    try:
        tasks.foresee.delay(run.pk, account.pk)
    except (OperationalError, OSError):
        cache.delete(key)
        logger.warning(
            "The broker does not answer; nothing is looked at", exc_info=True
        )
