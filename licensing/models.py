"""Licences given and taken from the desk, as they went to Entra."""

from __future__ import annotations

from enum import StrEnum

from django.conf import settings
from django.db import models
from django.utils import timezone

from common import fields
from directory.models import EndUser, Licence


class ChangeStatus(StrEnum):
    """Where a change of a licence stands (AM-42)."""

    PENDING = "pending"
    DONE = "done"
    REFUSED = "refused"
    CANCELLED = "cancelled"


class LicenceChange(models.Model):
    """One licence added to or removed from one person in Entra, by an agent."""

    user = models.ForeignKey(
        EndUser, on_delete=models.CASCADE, related_name="licence_changes"
    )
    licence = models.ForeignKey(
        Licence, on_delete=models.CASCADE, related_name="changes"
    )
    is_removal = models.BooleanField(default=False)
    status = fields.choice(ChangeStatus, default=ChangeStatus.PENDING)
    attempts = models.JSONField(default=list, blank=True)
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
            models.CheckConstraint(
                condition=fields.one_of("status", ChangeStatus),
                name="licence_change_status",
            ),
            models.UniqueConstraint(
                fields=["user", "licence"],
                condition=models.Q(status=ChangeStatus.PENDING),
                name="licence_change_one_pending",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.licence} for {self.user}: {self.status}"
