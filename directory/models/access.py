"""What people may do: roles of users and agents, boards and teams.

Grants and seats remember who gave them: a connection, or, where that is empty, a
person by hand. A run takes back only what its own connection gave.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from common import fields
from common.rights import Permission
from connections.models import TenantConnection
from directory.models.organisation import Organisation


class UserRole(models.Model):
    """What a user may do in the portal."""

    name = fields.text()
    name_key = fields.KeyField(source="name", unique=True)

    class Meta:
        ordering: ClassVar = ["name_key"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(name_key=""), name="user_role_named"
            )
        ]

    def __str__(self) -> str:
        return self.name


class AgentRole(models.Model):
    """What an agent may do, and for which organisations (none named = all)."""

    name = fields.text()
    name_key = fields.KeyField(source="name", unique=True)
    permissions = models.JSONField(default=list, blank=True)
    organisations = models.ManyToManyField(Organisation, blank=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["name_key"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(name_key=""), name="agent_role_named"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_administrator(self) -> bool:
        """Return whether the role may administer the product."""
        return Permission.ADMINISTER in self.permissions


class Team(models.Model):
    """A group of agents that work together."""

    name = fields.text()
    name_key = fields.KeyField(source="name", unique=True)

    class Meta:
        ordering: ClassVar = ["name_key"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(name_key=""), name="team_named")
        ]

    def __str__(self) -> str:
        return self.name


class ChangeAdvisoryBoard(models.Model):
    """Agents who approve changes."""

    name = fields.text()
    name_key = fields.KeyField(source="name", unique=True)
    approvals_needed = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering: ClassVar = ["name_key"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(name_key=""), name="board_named")
        ]

    def __str__(self) -> str:
        return self.name


class AgentRoleGrant(models.Model):
    """One role of one agent, and who gave it."""

    agent = models.ForeignKey(
        "directory.Agent", on_delete=models.CASCADE, related_name="role_grants"
    )
    role = models.ForeignKey(AgentRole, on_delete=models.PROTECT, related_name="grants")
    granted_by = models.ForeignKey(
        TenantConnection,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agent", "role"], name="role_granted_once")
        ]

    def __str__(self) -> str:
        return f"{self.agent}: {self.role}"


class BoardSeat(models.Model):
    """One agent's seat on one board, and who gave it."""

    board = models.ForeignKey(
        ChangeAdvisoryBoard, on_delete=models.CASCADE, related_name="seats"
    )
    agent = models.ForeignKey(
        "directory.Agent", on_delete=models.CASCADE, related_name="board_seats"
    )
    granted_by = models.ForeignKey(
        TenantConnection,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["board", "agent"], name="seat_once")
        ]

    def __str__(self) -> str:
        return f"{self.agent} on {self.board}"
