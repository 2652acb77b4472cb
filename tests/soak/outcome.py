"""What people have, what they lost, and whether they should have."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from directory.models import Agent, AgentRoleGrant, BoardSeat, EndUser

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from uuid import UUID

    from connections.models import TenantConnection

USER = ("is_active", "site__name", "user_role__name", "entra_state", "name", "email")
AGENT = ("is_active", "entra_state", "name", "email", "default_team__name")


class Loss(StrEnum):
    """The gravest of what became of somebody."""

    REMOVED = "removed"
    MOVED = "moved"
    STRIPPED = "stripped"
    CHANGED = "changed"


@dataclass(slots=True)
class Standing:
    """What one person has here."""

    user: tuple[Any, ...] = ()
    agent: tuple[Any, ...] = ()
    held: set[str] = field(default_factory=set)
    """Roles and seats."""

    @property
    def active(self) -> set[str]:
        """Say which of the person's records are active."""
        records = {"user": self.user, "agent": self.agent}
        return {name for name, row in records.items() if row and row[0]}


Standings = dict["UUID", Standing]


def standings(connection: TenantConnection) -> Standings:
    """Return what each person of the tenant has."""
    found: Standings = defaultdict(Standing)
    for person, *row in _rows(EndUser, connection, USER):
        found[person].user = tuple(row)
    for person, *row in _rows(Agent, connection, AGENT):
        found[person].agent = tuple(row)
    grants = AgentRoleGrant.objects.values_list("agent__entra_object_id", "role__name")
    seats = BoardSeat.objects.values_list("agent__entra_object_id", "board__name")
    for known, name in [*grants, *seats]:
        if known:
            found[known].held.add(name)
    return dict(found)


def losses(before: Standings, now: Standings) -> dict[UUID, Loss]:
    """Return what became of those who are not as they were; nobody is forgotten."""
    everybody = before.keys() | now.keys()
    found = {
        person: _loss(before.get(person, Standing()), now.get(person, Standing()))
        for person in everybody
    }
    return {person: loss for person, loss in found.items() if loss is not None}


def undue(found: Mapping[UUID, Loss], truth: Mapping[UUID, Loss]) -> dict[UUID, Loss]:
    """Return the losses that nothing in the tenant accounts for.

    Who truly left may lose one thing after the other.
    """
    return {
        person: loss
        for person, loss in found.items()
        if truth.get(person) not in {loss, Loss.REMOVED}
    }


def lingering(now: Standings, truth: Mapping[UUID, Loss]) -> dict[UUID, set[str]]:
    """Return who left and still has an active record."""
    left = [person for person, loss in truth.items() if loss is Loss.REMOVED]
    return {one: now[one].active for one in left if now[one].active}


def _loss(before: Standing, now: Standing) -> Loss | None:
    if before == now:
        return None
    if before.active - now.active:
        return Loss.REMOVED
    if before.user[1:3] != now.user[1:3]:
        return Loss.MOVED
    if before.held - now.held:
        return Loss.STRIPPED
    return Loss.CHANGED


def _rows(
    model: type[EndUser | Agent], connection: TenantConnection, columns: Sequence[str]
) -> Iterable[tuple[Any, ...]]:
    mine = model._default_manager.filter(entra_tenant_id=connection.tenant_id)
    return mine.values_list("entra_object_id", *columns)
