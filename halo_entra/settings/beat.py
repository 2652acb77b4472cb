"""What Celery's beat starts, and the queues that its workers listen to."""

from __future__ import annotations

from typing import Any

from celery.schedules import crontab
from kombu import Queue

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
