"""Runs and their items, and the local copy of what we asked the tenant for."""

from __future__ import annotations

from imports.models.coverage import MatchPattern, PersonMatch, Recount
from imports.models.decision import Decision
from imports.models.health import Heartbeat, Notice, Tally
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
    "Heartbeat",
    "MatchPattern",
    "MemberRead",
    "MirrorDevice",
    "MirrorGroup",
    "MirrorMembership",
    "MirrorSku",
    "MirrorUser",
    "Notice",
    "PersonMatch",
    "PlannedSite",
    "Recount",
    "Reported",
    "Run",
    "RunItem",
    "SyncSchedule",
    "Tally",
]
