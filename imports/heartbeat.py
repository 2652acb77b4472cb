"""When the tick was last heard: where it falls silent, nothing starts any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imports.models import Heartbeat

if TYPE_CHECKING:
    from datetime import datetime

TICK = "tick"


def beat(name: str, now: datetime) -> None:
    """Keep that something was heard of just now."""
    Heartbeat.objects.bulk_create(
        [Heartbeat(name=name, at=now)],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["at"],
    )


def last(name: str) -> datetime | None:
    """Return when something was last heard of; None: never yet."""
    return Heartbeat.objects.filter(name=name).values_list("at", flat=True).first()
