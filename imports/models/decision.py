"""What a person decided about somebody, kept for later runs."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from common import fields
from connections.models import TenantConnection
from imports.words import Verdict
from mappings.words import Kind


class Decision(models.Model):
    """One verdict on one person of a connection and one kind of record.

    `keep` holds until the person's mirror revision or the rules move.
    """

    connection = models.ForeignKey(
        TenantConnection, on_delete=models.CASCADE, related_name="decisions"
    )
    kind = fields.choice(Kind)
    object_id = models.UUIDField()
    verdict = fields.choice(Verdict)
    record_id = models.BigIntegerField(null=True, blank=True)
    """The record to link, for the verdict link."""
    reason = models.TextField(blank=True)
    mirror_revision = models.PositiveBigIntegerField(default=0)
    rules_version = models.PositiveBigIntegerField(default=0)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "kind", "object_id"], name="decision_once"
            ),
            models.CheckConstraint(
                condition=fields.one_of("verdict", Verdict)
                & fields.one_of("kind", Kind),
                name="decision_words",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verdict} {self.object_id}"
