"""The truth about a tenant, for tests to compare with what a client made of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from simulator import profile_card, schema
from simulator.groups import GROUP_BASE
from simulator.tenant import Tenant

_ALL_PROPERTIES = sorted(
    set(schema.properties("user")) - schema.NOT_IN_STORE - {"signInActivity"}
)


def _state(tenant: Tenant, position: int) -> str:
    if tenant.directory.is_present(position):
        return "present"
    return "deleted" if tenant.directory.is_soft_deleted(position) else "purged"


def people(tenant: Tenant) -> Iterator[dict[str, Any]]:
    """Yield everybody, deleted ones too, with all properties."""
    directory = tenant.directory
    reading = profile_card.readers(_ALL_PROPERTIES)
    for position in range(directory.size):
        manager = directory.manager(position)
        card = directory.card(position, reading)
        yield {
            "id": card.pop("id"),
            "state": _state(tenant, position),
            "manager": None if manager is None else directory.id_of(manager),
            "properties": card,
        }


def groups(tenant: Tenant) -> Iterator[dict[str, Any]]:
    """Yield every group, deleted ones too."""
    for group in tenant.groups.all:
        card = group.card(schema.DEFAULT_GROUP)
        gone = "deleted" if tenant.groups.is_soft_deleted(group) else "purged"
        yield {
            "id": card.pop("id"),
            "state": "present" if group.is_present else gone,
            "properties": card,
        }


def memberships(tenant: Tenant) -> Iterator[dict[str, Any]]:
    """Yield every direct membership, hidden ones too, of the groups present."""
    for group in tenant.groups.all:
        if group.is_present:
            for key in tenant.groups.members(group):
                yield {
                    "group": group.id,
                    "member": tenant.groups.member_id(key),
                    "type": "group" if key >= GROUP_BASE else "user",
                }


READERS: Mapping[str, Callable[[Tenant], Iterator[dict[str, Any]]]] = {
    "people": people,
    "groups": groups,
    "memberships": memberships,
}
