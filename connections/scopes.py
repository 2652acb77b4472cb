"""Delegated permissions: which were granted, and what each one that lacks costs.

Free of Django. https://learn.microsoft.com/en-us/graph/permissions-reference
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from connections import probe
from connections.probe import Need, Permission

_READ_ALL = frozenset({"directory.read.all", "directory.readwrite.all"})
OPENED_BY: Mapping[Need, frozenset[str]] = {
    Need.USERS: _READ_ALL | {"user.read.all", "user.readwrite.all"},
    Need.GROUPS: _READ_ALL
    | {
        "groupmember.read.all",
        "groupmember.readwrite.all",
        "group.read.all",
        "group.readwrite.all",
    },
    Need.LICENCES: _READ_ALL
    | {
        "licenseassignment.read.all",
        "licenseassignment.readwrite.all",
        "organization.read.all",
        "organization.readwrite.all",
    },
    Need.LICENCE_CHANGES: frozenset(
        {
            "licenseassignment.readwrite.all",
            "user.readwrite.all",
            "directory.readwrite.all",
        }
    ),
    Need.DEVICES: frozenset(
        {
            "devicemanagementmanageddevices.read.all",
            "devicemanagementmanageddevices.readwrite.all",
        }
    ),
}
"""Any one of these, in lower case, lets a connection do what it needs."""
PRIVILEGED: Mapping[str, str] = {
    "62e90394-69f5-4237-9190-012177145e10": "Global Administrator",
    "e8611ab8-c189-46e8-94e1-60213ab1f814": "Privileged Role Administrator",
    "7be44c8a-adaf-4e2a-84d6-ab2649e08a13": "Privileged Authentication Administrator",
    "fe930be7-5e62-47db-91af-98c3a49a38b1": "User Administrator",
    "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3": "Application Administrator",
    "158c047a-c907-4556-b7ef-446551a6b5f7": "Cloud Application Administrator",
    "194ae4cb-b126-40b2-bd5b-6091b380977d": "Security Administrator",
}
"""Directory roles, by template id, of whom an import should not depend (AM-05)."""


def granted(scope: object) -> list[str]:
    """Return the permissions that a token answer names, without those of OpenID.

    Microsoft writes them short or with their resource in front.
    """
    words = scope.split() if isinstance(scope, str) else []
    names = (word.rpartition("/")[2] for word in words)
    return sorted({name for name in names if name.lower().endswith((".all", ".read"))})


def permissions(names: Collection[str], needs: Sequence[Need]) -> list[Permission]:
    """Return for each need whether one of the granted permissions opens it."""
    held = {name.lower() for name in names}
    return [
        probe.permission(need, granted=not held.isdisjoint(OPENED_BY[need]))
        for need in needs
    ]


def privileged_role(role_ids: object) -> str:
    """Return the name of a privileged directory role among an ID token's `wids`.

    Empty if there is none, or if the application is not told (it has to ask for it).
    """
    listed = role_ids if isinstance(role_ids, list) else []
    return next((PRIVILEGED[one] for one in listed if one in PRIVILEGED), "")
