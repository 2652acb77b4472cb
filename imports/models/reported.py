"""What a delta has told of people, until a run has planned them."""

from __future__ import annotations

from django.db import models

from connections.models import TenantConnection


class Reported(models.Model):
    """One person whom Microsoft has reported, with what it sent last (R149d)."""

    connection = models.ForeignKey(
        TenantConnection, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    object_id = models.UUIDField()
    sent = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "object_id"], name="reported_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.object_id} reported"
