"""A person of Graph as a row of the floor's table: 25 columns."""

from __future__ import annotations

import hashlib
from typing import Any, TypeAlias

import orjson

from benchmarks.tenant import CUSTOM

Row: TypeAlias = "tuple[Any, ...]"

COLUMNS = (
    *("object_id", "name", "name_key", "first_name", "last_name", "email"),
    *("email_key", "network_login", "login_key", "job_title", "department", "phone"),
    *("mobile", "office", "is_active", "user_type", "company", "employee_id"),
    *("employee_type", "city", "country", "language", "custom", "digest", "read_at"),
)
INDEXED = ("name_key", "email_key", "login_key", "office")
"""Indexes beside the primary key."""
_OWN_COLUMN = {
    *("companyName", "employeeId", "employeeType", "city", "country"),
    *("preferredLanguage", "extensionAttribute1"),
}
_REST = tuple(name for name in CUSTOM if name not in _OWN_COLUMN)


def digest(person: dict[str, Any]) -> int:
    """Return a 64-bit hash of what Graph said of a person."""
    raw = hashlib.blake2b(orjson.dumps(person), digest_size=8).digest()
    return int.from_bytes(raw, "big", signed=True)


def row(person: dict[str, Any], read_at: str) -> Row:
    """Return the row of a person, in the order of COLUMNS."""
    get = person.get
    name, mail = get("displayName") or "", get("mail") or ""
    login = get("userPrincipalName") or ""
    phones = get("businessPhones")
    custom = {field: get(field) for field in _REST}
    custom |= get("onPremisesExtensionAttributes") or {}
    return (
        person["id"],
        name,
        name.casefold(),
        get("givenName"),
        get("surname"),
        mail,
        mail.casefold(),
        login,
        login.casefold(),
        get("jobTitle"),
        get("department"),
        phones[0] if phones else None,
        get("mobilePhone"),
        get("officeLocation"),
        get("accountEnabled"),
        get("userType"),
        get("companyName"),
        get("employeeId"),
        get("employeeType"),
        get("city"),
        get("country"),
        get("preferredLanguage"),
        orjson.dumps(custom).decode(),
        digest(person),
        read_at,
    )
