"""Groups that give agents roles and seats, and what every imported agent gets."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from common import fields
from connections.models import TenantConnection
from directory.models import AgentRole, ChangeAdvisoryBoard, Site, Team, UserRole


class AgentRoleMapping(models.Model):
    """Agents of the group hold the role (R110). The same pair once (R114)."""

    connection = models.ForeignKey(
        TenantConnection, on_delete=models.CASCADE, related_name="role_mappings"
    )
    position = models.PositiveSmallIntegerField(default=0)
    group_id = models.UUIDField(null=True, blank=True)
    group_name = fields.text(blank=True)
    group_key = fields.KeyField(source="group_name")
    nested = models.BooleanField(default=False)
    role = models.ForeignKey(AgentRole, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["connection", "position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "group_id", "role"], name="role_group_once"
            ),
            models.UniqueConstraint(
                fields=["connection", "group_key", "role"],
                condition=Q(group_id=None),
                name="role_group_name_once",
            ),
            models.CheckConstraint(
                condition=Q(group_id__isnull=False) | ~Q(group_key=""),
                name="role_group_named",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.group_name} → {self.role}"


class BoardMapping(models.Model):
    """Agents of the group sit on the change advisory board (R116)."""

    connection = models.ForeignKey(
        TenantConnection, on_delete=models.CASCADE, related_name="board_mappings"
    )
    position = models.PositiveSmallIntegerField(default=0)
    group_id = models.UUIDField(null=True, blank=True)
    group_name = fields.text(blank=True)
    group_key = fields.KeyField(source="group_name")
    nested = models.BooleanField(default=False)
    board = models.ForeignKey(
        ChangeAdvisoryBoard, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["connection", "position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "group_id", "board"], name="board_group_once"
            ),
            models.UniqueConstraint(
                fields=["connection", "group_key", "board"],
                condition=Q(group_id=None),
                name="board_group_name_once",
            ),
            models.CheckConstraint(
                condition=Q(group_id__isnull=False) | ~Q(group_key=""),
                name="board_group_named",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.group_name} → {self.board}"


class AgentSettings(models.Model):
    """What agents of a connection get that no mapping says (AM-27, AM-31)."""

    connection = models.OneToOneField(
        TenantConnection, on_delete=models.CASCADE, related_name="agent_settings"
    )
    default_team = models.ForeignKey(
        Team, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    user_site = models.ForeignKey(
        Site, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    user_role = models.ForeignKey(
        UserRole, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    remove_roles = models.BooleanField(
        default=True, help_text="Remove roles when no longer in the group."
    )

    def __str__(self) -> str:
        return f"Agents of {self.connection}"


class AgentLicensing(models.Model):
    """Whether licensed roles decide if an agent is active (AM-34)."""

    connection = models.OneToOneField(
        TenantConnection, on_delete=models.CASCADE, related_name="agent_licensing"
    )
    enabled = models.BooleanField(default=False)
    licensed_roles = models.ManyToManyField(AgentRole, blank=True, related_name="+")

    def __str__(self) -> str:
        return f"Agent licensing of {self.connection}"
