"""The desk's own records: organisations, sites, people and what they hold."""

from __future__ import annotations

from directory.models.access import (
    AgentRole,
    AgentRoleGrant,
    BoardSeat,
    ChangeAdvisoryBoard,
    Team,
    UserRole,
)
from directory.models.agent import Agent
from directory.models.asset import Asset
from directory.models.custom_field import CustomField
from directory.models.organisation import Organisation, Site
from directory.models.software import Licence, Software, SoftwareAssignment
from directory.models.user import EndUser

__all__ = [
    "Agent",
    "AgentRole",
    "AgentRoleGrant",
    "Asset",
    "BoardSeat",
    "ChangeAdvisoryBoard",
    "CustomField",
    "EndUser",
    "Licence",
    "Organisation",
    "Site",
    "Software",
    "SoftwareAssignment",
    "Team",
    "UserRole",
]
