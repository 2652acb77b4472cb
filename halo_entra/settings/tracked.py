"""Which models the history records, and which of their columns (django-auditlog)."""

from __future__ import annotations

from typing import Any

TRACKED: list[Any] = [
    {
        "model": "connections.TenantConnection",
        "include_fields": [
            *("name", "registration", "cloud", "tenant_id", "authorisation"),
            *("own_tenant", "notify", "authorised_as", "paused_at", "paused_reason"),
        ],
    },
    "connections.AppRegistration",
    "connections.Module",
    {
        "model": "connections.Credential",
        "exclude_fields": ["binding", "certificate"],
        "mask_fields": ["value"],
    },
    *(
        f"mappings.{name}"
        for name in (
            *("FieldMapping", "MatchingField", "SiteMapping", "Criterion"),
            *("AgentRoleMapping", "BoardMapping", "AgentSettings", "LeaverPolicy"),
            *("GuardLimits", "LicenceSettings", "DeviceSettings"),
        )
    ),
    {"model": "mappings.AgentLicensing", "m2m_fields": ["licensed_roles"]},
    {
        "model": "imports.SyncSchedule",
        "exclude_fields": [
            *("full_due_at", "delta_due_at", "retry_at", "succeeded_at"),
            *("failures", "failing_since", "failed_run"),
        ],
    },
    {"model": "sso.SsoConnection", "exclude_fields": ["name_key"]},
    "sso.AllowedTenant",
    *(
        {"model": f"directory.{name}", "exclude_fields": ["name_key", "source_key"]}
        for name in ("Organisation", "Site", "UserRole", "Team", "Software")
    ),
    {"model": "directory.ChangeAdvisoryBoard", "exclude_fields": ["name_key"]},
    {
        "model": "directory.AgentRole",
        "exclude_fields": ["name_key"],
        "m2m_fields": ["organisations"],
    },
    "directory.CustomField",
    {
        "model": "accounts.Account",
        "include_fields": ["username", "email", "may_sign_in_locally", "is_active"],
    },
]
