"""What users and agents have in common: the Entra identity and what a run may do."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from common import fields
from connections.models import TenantConnection
from directory.states import EntraState


class SyncedRecord(models.Model):
    """A person's record that may follow a person in Entra.

    `revision` grows with every write, by hand or by a run: a plan made on an older
    revision is stale.
    """

    account = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="%(class)s",
    )
    is_active = models.BooleanField(default=True)
    entra_tenant_id = models.UUIDField(null=True, blank=True)
    entra_object_id = models.UUIDField(null=True, blank=True)
    # Provenance is read with the record, never looked up: no index is worth its cost.
    source = models.ForeignKey(
        TenantConnection,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
    )
    entra_state = fields.choice(EntraState, blank=True)
    entra_state_at = models.DateTimeField(null=True, blank=True)
    keep_active = models.BooleanField(
        default=False, help_text="No run deactivates this person."
    )
    deactivated_by = models.ForeignKey(
        TenantConnection,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
    )
    deactivated_reason = fields.text(blank=True)
    revision = models.PositiveBigIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(
                fields=["entra_tenant_id", "entra_object_id"],
                name="%(class)s_entra_once",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    entra_tenant_id__isnull=True, entra_object_id__isnull=True
                )
                | models.Q(
                    entra_tenant_id__isnull=False, entra_object_id__isnull=False
                ),
                name="%(class)s_entra_ids_both",
            ),
            models.CheckConstraint(
                condition=models.Q(entra_state="")
                | fields.one_of("entra_state", EntraState),
                name="%(class)s_entra_state",
            ),
            models.CheckConstraint(
                condition=~models.Q(name_key=""), name="%(class)s_named"
            ),
        ]
