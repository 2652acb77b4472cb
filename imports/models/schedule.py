"""When a connection is synced, and where its delta stands."""

from __future__ import annotations

from datetime import timedelta

from django.db import models

from common import fields
from connections.models import TenantConnection


class SyncSchedule(models.Model):
    """The Integrator's settings of one connection; off by default (R134)."""

    connection = models.OneToOneField(
        TenantConnection, on_delete=models.CASCADE, related_name="schedule"
    )
    enabled = models.BooleanField(default=False)
    kinds = models.JSONField(default=list, blank=True)
    full_every = models.DurationField(default=timedelta(hours=24))
    delta = models.BooleanField(default=False)
    delta_every = models.DurationField(default=timedelta(minutes=15))
    quiet = models.JSONField(default=list, blank=True)
    """Windows in which nothing runs: ["22:00-06:00", …] in `time_zone`."""
    time_zone = fields.text(default="UTC")
    full_due_at = models.DateTimeField(null=True, blank=True)
    delta_due_at = models.DateTimeField(null=True, blank=True)
    log_full = models.BooleanField(default=False)
    """Whether full syncs write to Inbound Requests too, not only deltas (AM-40)."""
    failures = models.PositiveIntegerField(default=0)
    """How many of the Integrator's runs have failed since the last that did not."""
    failing_since = models.DateTimeField(null=True, blank=True)
    failed_run = models.ForeignKey(
        "imports.Run",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    """The last of those that failed: its cause and reason are told."""
    retry_at = models.DateTimeField(null=True, blank=True)
    """Nothing starts before: the more failures, the later."""
    succeeded_at = models.DateTimeField(null=True, blank=True)
    """When last a whole run came to its end, whoever started it."""

    def __str__(self) -> str:
        return f"Schedule of {self.connection}"


class Cursor(models.Model):
    """Where the delta of one kind, and part of it, stands.

    `select` is what it was made with: properties, or the groups of the part. `link` is
    replaced only when a chain is complete; `position` is the page in progress. Manual
    imports never touch it (R146).
    """

    connection = models.ForeignKey(
        TenantConnection, on_delete=models.CASCADE, related_name="cursors"
    )
    kind = fields.text()
    part = models.PositiveIntegerField(default=0)
    select = models.JSONField(default=list)
    link = models.TextField(blank=True)
    position = models.TextField(blank=True)
    skipped = models.PositiveIntegerField(default=0)
    """*Reset Deltas: latest* has skipped changes: of people whom no run above this
    number has read, nothing is certain. Of the cursor of people; 0: nothing skipped."""
    updated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "kind", "part"], name="cursor_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.part} of {self.connection}"
