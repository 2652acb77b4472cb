"""Things that people use: laptops, telephones."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from common import fields
from connections.models import TenantConnection
from directory.models.organisation import Site
from directory.models.user import EndUser


class Asset(models.Model):
    """A device; from Intune if `intune_id` is set."""

    name = fields.text()
    serial_number = fields.text(blank=True)
    serial_key = fields.KeyField(source="serial_number", db_index=True)
    site = models.ForeignKey(
        Site, on_delete=models.PROTECT, null=True, blank=True, related_name="assets"
    )
    user = models.ForeignKey(
        EndUser, on_delete=models.SET_NULL, null=True, blank=True, related_name="assets"
    )
    user_set_by = models.ForeignKey(
        TenantConnection,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    source = models.ForeignKey(
        TenantConnection,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    entra_tenant_id = models.UUIDField(null=True, blank=True)
    intune_id = models.UUIDField(null=True, blank=True)
    status = fields.text(blank=True)
    properties = models.JSONField(default=dict, blank=True)
    revision = models.PositiveBigIntegerField(default=1)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["entra_tenant_id", "intune_id"], name="asset_intune_once"
            )
        ]

    def __str__(self) -> str:
        return self.name
