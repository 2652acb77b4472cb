"""The words of sign-in with Microsoft. Free of Django."""

from __future__ import annotations

from enum import StrEnum


class TenantType(StrEnum):
    """The application's type, as chosen in Entra (R043)."""

    SINGLE = "single"
    MULTI = "multi"


class AllowedAudience(StrEnum):
    """Who may sign in by a connection (AM-08)."""

    AGENTS = "agents"
    USERS = "users"
    BOTH = "agents_and_users"


class SecondFactor(StrEnum):
    """Whose second factor counts: ours, or that which Entra demands."""

    OURS = "ours"
    ENTRA = "entra"


class Reason(StrEnum):
    """Why a sign-in is refused; pages carry it as `data-denied`."""

    NOT_PUBLISHED = "not_published"
    AUDIENCE = "audience"
    UNKNOWN_STATE = "unknown_state"
    TENANT_NOT_ALLOWED = "tenant_not_allowed"
    TOKEN_INVALID = "token_invalid"
    NOT_IMPORTED = "not_imported"
    INACTIVE = "inactive"
    GUEST = "guest"
    RATE_LIMITED = "rate_limited"
    CANCELLED = "cancelled"
    CONSENT_REQUIRED = "consent_required"
    PROVIDER_ERROR = "provider_error"
    PROVIDER_UNREACHABLE = "provider_unreachable"
