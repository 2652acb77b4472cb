"""What Celery's beat starts, and where its workers listen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from celery.schedules import crontab
from kombu import Queue

if TYPE_CHECKING:
    from pathlib import Path

QUEUES = [Queue(name, routing_key=name) for name in ("celery", "long")]
"""A worker listens to both, unless `--queues` says otherwise (imports/lanes.py)."""
SCHEDULE: dict[str, dict[str, Any]] = {
    "tick": {"task": "imports.tick", "schedule": 60.0},
    # At night, each once; the quick queue must not wait for them.
    **{
        name: {"task": name, "schedule": crontab(40, 2), "options": {"queue": "long"}}
        for name in ("imports.purge", "sso.purge")
    },
}


def embedded(folder: Path) -> dict[str, Any]:
    """Return the options of the broker that needs no server: messages are files."""
    return {
        "data_folder_in": str(folder),
        "data_folder_out": str(folder),
        "control_folder": str(folder / "control"),
        "polling_interval": 0.2,
    }
