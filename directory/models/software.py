"""Software, the licences for it, and who uses them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from common import fields
from connections.models import TenantConnection
from directory.models.organisation import Organisation
from directory.models.user import EndUser
from directory.states import LicenceState


class Software(models.Model):
    """A product that people use."""

    name = fields.text()
    name_key = fields.KeyField(source="name", unique=True)

    class Meta:
        ordering: ClassVar = ["name_key"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(name_key=""), name="software_named"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Licence(models.Model):
    """Seats of a product that an organisation owns; from Entra if `sku_id` is set."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="licences"
    )
    software = models.ForeignKey(
        Software, on_delete=models.PROTECT, related_name="licences"
    )
    name = fields.text()
    source = models.ForeignKey(
        TenantConnection,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    entra_tenant_id = models.UUIDField(null=True, blank=True)
    sku_id = models.UUIDField(null=True, blank=True)
    sku_part_number = fields.text(blank=True)
    imported_name = fields.text(blank=True)
    """What imports call it: whoever names it otherwise keeps their name."""
    state = fields.choice(LicenceState, blank=True)
    """As Microsoft says; empty for a licence made by hand."""
    total = models.PositiveIntegerField(default=0)
    consumed = models.PositiveIntegerField(default=0)
    available = models.IntegerField(default=0)
    """May be below zero: Microsoft counts seats in use above those bought."""
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["entra_tenant_id", "sku_id"], name="licence_sku_once"
            ),
            models.CheckConstraint(
                condition=models.Q(entra_tenant_id__isnull=True, sku_id__isnull=True)
                | models.Q(entra_tenant_id__isnull=False, sku_id__isnull=False),
                name="licence_sku_and_tenant",
            ),
            models.CheckConstraint(
                condition=models.Q(state="") | fields.one_of("state", LicenceState),
                name="licence_state_word",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SoftwareAssignment(models.Model):
    """One user's use of a product, by a licence or without one."""

    user = models.ForeignKey(EndUser, on_delete=models.CASCADE, related_name="software")
    software = models.ForeignKey(
        Software, on_delete=models.PROTECT, related_name="assignments"
    )
    licence = models.ForeignKey(
        Licence,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="assignments",
    )
    assigned_by = models.ForeignKey(
        TenantConnection,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    is_direct = models.BooleanField(default=True)
    inherited_from = fields.text(blank=True)
    """The group that brings the licence, where it is not assigned directly."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "licence"], name="licence_assigned_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.software}"
