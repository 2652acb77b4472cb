"""End users: the people the desk serves. Shown as "User"."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from common import fields
from connections.models import TenantConnection
from directory.models.access import UserRole
from directory.models.organisation import Site
from directory.models.synced import SyncedRecord


class EndUser(SyncedRecord):
    """A person of a site.

    `site_set_by`, `user_role_set_by` and `manager_set_by` name the connection that
    gave the value; empty: set by hand, and left alone by every run.
    """

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="users")
    site_set_by = models.ForeignKey(
        TenantConnection,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
    )
    name = fields.text()
    name_key = fields.KeyField(source="name", db_index=True)
    first_name = fields.text(blank=True)
    last_name = fields.text(blank=True)
    email = fields.text(blank=True)
    email_key = fields.KeyField(source="email", db_index=True)
    network_login = fields.text(blank=True)
    login_key = fields.KeyField(source="network_login", db_index=True)
    job_title = fields.text(blank=True)
    department = fields.text(blank=True)
    phone = fields.text(blank=True)
    mobile = fields.text(blank=True)
    manager = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="reports"
    )
    manager_set_by = models.ForeignKey(
        TenantConnection,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
    )
    user_role = models.ForeignKey(
        UserRole, on_delete=models.PROTECT, null=True, blank=True, db_index=False
    )
    user_role_set_by = models.ForeignKey(
        TenantConnection,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
    )
    custom_values = models.JSONField(default=dict, blank=True)

    class Meta(SyncedRecord.Meta):
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.name
