"""Agents: the people who work at the desk."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from common import fields
from directory.models.access import AgentRole, Team
from directory.models.synced import SyncedRecord
from directory.models.user import EndUser


class Agent(SyncedRecord):
    """A person of the desk; `user` is the same person's user record, if any."""

    name = fields.text()
    name_key = fields.KeyField(source="name", db_index=True)
    first_name = fields.text(blank=True)
    last_name = fields.text(blank=True)
    email = fields.text(blank=True)
    email_key = fields.KeyField(source="email", db_index=True)
    ad_login = fields.text(blank=True)
    login_key = fields.KeyField(source="ad_login", db_index=True)
    job_title = fields.text(blank=True)
    mobile = fields.text(blank=True)
    default_team = models.ForeignKey(
        Team, on_delete=models.PROTECT, null=True, blank=True, related_name="agents"
    )
    user = models.OneToOneField(
        EndUser, on_delete=models.SET_NULL, null=True, blank=True, related_name="agent"
    )
    roles = models.ManyToManyField(
        AgentRole, through="directory.AgentRoleGrant", related_name="agents"
    )

    class Meta(SyncedRecord.Meta):
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.name
