"""Runs and their items, and the local copy of what we asked the tenant for."""

from __future__ import annotations

from imports.models.decision import Decision
from imports.models.mirror import (
    MemberRead,
    MirrorDevice,
    MirrorGroup,
    MirrorMembership,
    MirrorSku,
    MirrorUser,
)
from imports.models.reported import Reported
from imports.models.run import PlannedSite, Run, RunItem
from imports.models.schedule import Cursor, SyncSchedule

__all__ = [
    "Cursor",
    "Decision",
    "MemberRead",
    "MirrorDevice",
    "MirrorGroup",
    "MirrorMembership",
    "MirrorSku",
    "MirrorUser",
    "PlannedSite",
    "Reported",
    "Run",
    "RunItem",
    "SyncSchedule",
]
