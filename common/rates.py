"""How often something may be tried from one place: counted in the shared cache."""

from __future__ import annotations

import hashlib
import time

from django.core.cache import cache

WINDOW = 60
"""Seconds over which attempts are counted."""


def count(scope: str, who: str) -> int:
    """Count one attempt; return how many there were in this minute, this one too."""
    minute = int(time.time()) // WINDOW
    place = hashlib.sha256(f"{scope} {who} {minute}".encode()).hexdigest()
    name = f"rates.{place}"
    for _ in range(2):
        try:
            return int(cache.incr(name))
        except ValueError:  # the first of this minute, nearly always
            if cache.add(name, 1, 2 * WINDOW):
                return 1
    return 1  # cleared between the two
