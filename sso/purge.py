"""Retention of the sign-in log: who signed in, and from where, is kept for a while."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING

from sso.models import SignInEvent

if TYPE_CHECKING:
    from datetime import datetime

DAYS = 180
KEPT = timedelta(days=DAYS)
"""For how long an attempt to sign in is kept (design §6)."""
BATCH = 500
"""How many rows one transaction takes."""


def purge(now: datetime) -> int:
    """Remove the attempts that are older; return how many.

    In small transactions, with rests in which others write: it may be killed anywhere
    and repeated.
    """
    removed = 0
    over = SignInEvent.objects.filter(at__lt=now - KEPT).order_by("at")
    while ids := list(over.values_list("pk", flat=True)[:BATCH]):
        begun = time.monotonic()
        removed += SignInEvent.objects.filter(pk__in=ids).delete()[0]
        time.sleep(time.monotonic() - begun)
    return removed
