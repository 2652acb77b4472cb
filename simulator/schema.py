"""What Graph v1.0 calls things: property names and types, from graph_types.json."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_name("graph_types.json")
_TYPES: Mapping[str, Mapping[str, str]] = json.loads(_FILE.read_text("utf-8"))

# Outside the directory's own store: Graph answers 501 when a collection selects them.
NOT_IN_STORE = frozenset(
    [
        "aboutMe",
        "birthday",
        "hireDate",
        "interests",
        "mySite",
        "pastProjects",
        "preferredName",
        "responsibilities",
        "schools",
        "skills",
        "mailboxSettings",
    ]
)

DEFAULT_USER = [
    "businessPhones",
    "displayName",
    "givenName",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
    "userPrincipalName",
    "id",
]

DEFAULT_GROUP = [
    "id",
    "deletedDateTime",
    "classification",
    "createdDateTime",
    "description",
    "displayName",
    "expirationDateTime",
    "groupTypes",
    "isAssignableToRole",
    "mail",
    "mailEnabled",
    "mailNickname",
    "membershipRule",
    "membershipRuleProcessingState",
    "onPremisesDomainName",
    "onPremisesLastSyncDateTime",
    "onPremisesNetBiosName",
    "onPremisesSamAccountName",
    "onPremisesSecurityIdentifier",
    "onPremisesSyncEnabled",
    "preferredDataLocation",
    "preferredLanguage",
    "proxyAddresses",
    "renewedDateTime",
    "resourceBehaviorOptions",
    "resourceProvisioningOptions",
    "securityEnabled",
    "securityIdentifier",
    "theme",
    "uniqueName",
    "visibility",
    "onPremisesProvisioningErrors",
    "serviceProvisioningErrors",
]


def properties(of_type: str) -> Mapping[str, str]:
    """Return name → Edm type of every property of a Graph type."""
    return _TYPES[of_type]


_SPELLING = {
    of_type: {name.lower(): name for name in names} for of_type, names in _TYPES.items()
}


def canonical(of_type: str, name: str) -> str | None:
    """Return the property's own spelling, or None if the type has no such property.

    Directory extensions (``extension_<application>_<name>``) are always known.
    """
    if name.startswith("extension_"):
        return name
    return _SPELLING[of_type].get(name.lower())


def empty(of_type: str, name: str) -> Any:
    """Return what Graph shows for a property that nobody ever set."""
    kind = _TYPES[of_type].get(name, "Edm.String")
    return [] if kind.startswith("Collection(") else None


_PYTHON_TYPES: Mapping[str, type] = {
    "Edm.String": str,
    "Edm.Boolean": bool,
    "Edm.Int32": int,
    "Edm.DateTimeOffset": str,
    "Edm.Guid": str,
}


def fits(of_type: str, name: str, value: Any) -> bool:
    """Say whether a JSON value may stand in a property of this type."""
    if value is None or name.startswith("extension_"):
        return True
    kind = _TYPES[of_type][name]
    if kind.startswith("Collection("):
        inner = _PYTHON_TYPES.get(kind[11:-1], dict)
        return isinstance(value, list) and all(isinstance(v, inner) for v in value)
    expected = _PYTHON_TYPES.get(kind, dict)
    return isinstance(value, expected) and (expected is bool or value is not True)
