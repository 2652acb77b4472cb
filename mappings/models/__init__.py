"""What an administrator maps: fields, sites, roles, boards, and the policies."""

from __future__ import annotations

from mappings.models.access import (
    AgentLicensing,
    AgentRoleMapping,
    AgentSettings,
    BoardMapping,
)
from mappings.models.field import FieldMapping, MatchingField
from mappings.models.policy import (
    DeviceSettings,
    GuardLimits,
    LeaverPolicy,
    LicenceSettings,
)
from mappings.models.site import Criterion, SiteMapping

__all__ = [
    "AgentLicensing",
    "AgentRoleMapping",
    "AgentSettings",
    "BoardMapping",
    "Criterion",
    "DeviceSettings",
    "FieldMapping",
    "GuardLimits",
    "LeaverPolicy",
    "LicenceSettings",
    "MatchingField",
    "SiteMapping",
]
