"""A run, its stored plan, and what became of each item.

The Run table is the queue: a message only rings for a run that is queued here.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from common import fields
from connections.models import TenantConnection
from directory.models import Organisation, Site
from imports.engine.types import Action, Reason
from imports.words import Cause, Outcome, RunKind, Stage, Status, Trigger, Walk
from mappings.words import Kind

STILL_OPEN = [
    status.value
    for status in (Status.QUEUED, Status.RUNNING, Status.WAITING_FOR_APPROVAL)
]
"""Where somebody, or a worker, has still something to do."""
BROKEN_OFF = [
    status.value
    for status in (Status.BUSY, Status.CANCELLED, Status.CRASHED, Status.FAILED)
]
"""How an undo ends that did not get through."""


class Run(models.Model):
    """One import, preview, delta or undo of one connection.

    `rules` is the snapshot it decides by. `place` is where the fetch stands, written
    with the page it belongs to. `counts` is filled at the end, as `--json` prints it.
    """

    connection = models.ForeignKey(
        TenantConnection, on_delete=models.CASCADE, related_name="runs"
    )
    kind = fields.choice(RunKind)
    trigger = fields.choice(Trigger)
    walk = fields.choice(Walk, default=Walk.FULL)
    status = fields.choice(Status, default=Status.QUEUED)
    stage = fields.choice(Stage, blank=True)
    reason = models.TextField(blank=True)
    """Why it ended so, or why it walks in full, in the administrator's words."""
    cause = fields.choice(Cause, blank=True)
    """Of a run that failed or crashed: what mends it."""
    traceback = models.TextField(blank=True)
    kinds = models.JSONField(default=list)
    only = fields.text(blank=True)
    """One person (UPN, address or object id) whom the run is limited to."""
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    """Who imported the preview, or approved or rejected the plan that waited."""
    undoes = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="undos"
    )
    superseded_by = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    rules = models.JSONField(default=dict)
    rules_version = models.PositiveBigIntegerField(default=0)
    generation = models.PositiveIntegerField(default=0)
    """The number of the full walk that this run makes."""
    place = models.JSONField(default=dict)
    progress_done = models.PositiveIntegerField(default=0)
    progress_total = models.PositiveIntegerField(null=True, blank=True)
    cancel_asked = models.BooleanField(default=False)
    fetched = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    breakdown = models.JSONField(default=list)
    """How many items there are of each sort (imports.breakdown), for its page."""
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes = [
            # Each minute asks for those, among all runs of 90 days.
            models.Index(
                fields=["connection", "status"],
                condition=Q(status__in=STILL_OPEN),
                name="run_open",
            ),
            models.Index(fields=["connection", "generation"], name="run_generation"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=fields.one_of("kind", RunKind)
                & fields.one_of("trigger", Trigger)
                & fields.one_of("walk", Walk)
                & fields.one_of("status", Status)
                & (Q(stage="") | fields.one_of("stage", Stage))
                & (Q(cause="") | fields.one_of("cause", Cause)),
                name="run_words",
            ),
            # One run at a time, and one plan that waits for approval.
            models.UniqueConstraint(
                fields=["connection"],
                condition=Q(status=Status.RUNNING),
                name="run_one_running",
            ),
            models.UniqueConstraint(
                fields=["connection"],
                condition=Q(status=Status.WAITING_FOR_APPROVAL),
                name="run_one_waiting",
            ),
            # A run is undone once; an undo that broke off may be followed by another.
            models.UniqueConstraint(
                fields=["undoes"],
                condition=~Q(status__in=BROKEN_OFF),
                name="run_undone_once",
            ),
        ]

    def __str__(self) -> str:
        return f"Run {self.pk}"


class PlannedSite(models.Model):
    """A site that a plan would make: one row a run and key (R106)."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="planned_sites")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="+"
    )
    name = fields.text()
    name_key = fields.KeyField(source="name")
    site = models.ForeignKey(
        Site, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    """The site, once the import has made it."""
    was_created = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["run", "organisation", "name_key"], name="planned_site_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation} / {self.name}"


class RunItem(models.Model):
    """One record's part of a plan: what, why, on which revisions, and what became.

    `changes` is {field: [before, after]}; a reference is {"id", "name"}, a site still
    to be made {"planned", "name"} with the id of its PlannedSite.
    """

    run = models.ForeignKey(
        Run, on_delete=models.CASCADE, related_name="items", db_index=False
    )
    kind = fields.choice(Kind)
    stage = fields.choice(Stage, default=Stage.APPLY)
    """APPLY, or MANAGERS for the second pass."""
    object_id = models.UUIDField()
    upn = fields.text(blank=True)
    name = fields.text(blank=True)
    action = fields.choice(Action)
    reason = fields.choice(Reason, blank=True)
    record_id = models.BigIntegerField(null=True, blank=True)
    """The EndUser or Agent; empty until it is created."""
    mapping = models.PositiveIntegerField(null=True, blank=True)
    """The sequence of the mapping that won."""
    changes = models.JSONField(default=dict)
    behind = models.JSONField(null=True, blank=True)
    """Columns that go with `before` (who gave it, since when), as an import found
    them; in an undo, as they come back."""
    notes = models.JSONField(default=list)
    trace = models.JSONField(default=dict)
    sent = models.JSONField(null=True, blank=True)
    """What Microsoft sent, in a delta run, or in a full one that is logged (R149d)."""
    evidence = models.JSONField(null=True, blank=True)
    mirror_revision = models.PositiveBigIntegerField()
    rules_version = models.PositiveBigIntegerField()
    record_revision = models.PositiveBigIntegerField(null=True, blank=True)
    is_ticked = models.BooleanField(default=True)
    outcome = fields.choice(Outcome, default=Outcome.PLANNED)
    error = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "kind", "stage", "object_id"], name="run_item_once"
            ),
            models.CheckConstraint(
                condition=fields.one_of("kind", Kind)
                & fields.one_of("stage", Stage)
                & fields.one_of("action", Action)
                & fields.one_of("outcome", Outcome),
                name="run_item_words",
            ),
        ]
        indexes = [
            models.Index(fields=["object_id"], name="run_item_person"),
            # The pages of a run: its groups, each in the order of its items.
            models.Index(
                fields=["run", "kind", "mapping", "action", "id"], name="run_item_group"
            ),
            models.Index(
                fields=["run", "id"],
                condition=Q(is_ticked=False),
                name="run_item_unticked",
            ),
            models.Index(
                fields=["id"], condition=Q(action=Action.REVIEW), name="run_item_review"
            ),
            # What filters ask for stands in it, so that they need not look at the rows.
            models.Index(
                fields=["run", "id", "action", "outcome", "kind", "record_id"],
                condition=Q(sent__isnull=False),
                name="run_item_inbound",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.upn or self.object_id}"
