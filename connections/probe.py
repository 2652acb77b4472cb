"""Which permissions an application has been granted, found out by using them.

A token's claims are not for us to read, and a grant is worth nothing that Graph does
not honour: so each endpoint is asked for one row. Free of Django.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from common.types import JsonObject
from connections.graph.client import GraphClient
from connections.graph.errors import LacksPermission, MalformedAnswer, Rejected
from connections.graph.groups import READ_GROUPS
from connections.graph.reading import READ_USERS

ONE = {"$top": "1", "$select": "id"}


class Need(StrEnum):
    """What a connection does that takes a permission."""

    USERS = "users"
    GROUPS = "groups"
    LICENCES = "licences"
    LICENCE_CHANGES = "licence_changes"
    DEVICES = "devices"


@dataclass(frozen=True, slots=True)
class Permission:
    """One permission: granted, not granted, or None: it cannot be found out."""

    name: str
    needed_for: str
    granted: bool | None


@dataclass(frozen=True, slots=True)
class _Probe:
    name: str
    needed_for: str
    path: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    then: str = ""
    """A path below the first row found, `{id}`, where the permission really shows."""


_PROBES: Mapping[Need, _Probe] = {
    Need.USERS: _Probe(READ_USERS, "Import users and agents", "/users", ONE),
    Need.GROUPS: _Probe(
        READ_GROUPS,
        "Read groups and their members, for mappings",
        "/groups",
        ONE,
        "/groups/{id}/members",
    ),
    Need.LICENCES: _Probe(
        "LicenseAssignment.Read.All",
        "Import licences",
        "/subscribedSkus",
        {"$select": "skuId"},
    ),
    Need.LICENCE_CHANGES: _Probe(
        "LicenseAssignment.ReadWrite.All", "Assign licences from the desk"
    ),
    Need.DEVICES: _Probe(
        "DeviceManagementManagedDevices.Read.All",
        "Import Intune devices",
        "/deviceManagement/managedDevices",
        ONE,
    ),
}


def probe(client: GraphClient, needs: Sequence[Need]) -> list[Permission]:
    """Return for each need whether its permission is granted, in the order given.

    Raises the GraphError if no token can be had or Graph is not available.
    """
    return [permission(need, granted=_granted(client, _PROBES[need])) for need in needs]


def permission(need: Need, *, granted: bool | None) -> Permission:
    """Return the permission of a need, granted or not."""
    return Permission(_PROBES[need].name, _PROBES[need].needed_for, granted)


def _granted(client: GraphClient, each: _Probe) -> bool | None:
    # Asking by changing something is no way to find out about a write permission.
    if not each.path:
        return None
    try:
        found = client.get(each.path, each.params, permission=each.name)
        row = _first_id(found)
        if each.then and row:
            client.get(each.then.format(id=row), ONE, permission=each.name)
    except LacksPermission:
        return False
    except (Rejected, MalformedAnswer):
        return None
    return True


def _first_id(content: JsonObject) -> str:
    listed = content.get("value")
    first = listed[0] if isinstance(listed, list) and listed else None
    found = first.get("id") if isinstance(first, dict) else None
    return found if isinstance(found, str) else ""
