"""What a form asks the tenant while somebody waits: groups, and how many people.

A tenant that cannot be asked is no error of the form: the text says so, and a group
known by its name only is resolved by the first run.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from common import keys
from common.errors import AppError
from connections import access
from connections.graph import groups as graph
from connections.graph import reading
from connections.graph.errors import NoSuchObject
from connections.graph.retry import Policy
from connections.graph.wire import GraphGroup
from mappings import groups
from mappings.groups import GroupRefused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connections.graph.client import GraphClient
    from connections.models import TenantConnection

PATIENCE = Policy(tries=2, cap=2.0, patience=8.0)
"""Somebody waits for a page; a run is more patient."""


@dataclass(frozen=True, slots=True)
class Found:
    """The groups that a search found, or why the tenant cannot be searched."""

    groups: Sequence[GraphGroup] = ()
    trouble: str = ""
    text: str = ""
    """What was searched for; empty: nothing was."""


@dataclass(frozen=True, slots=True)
class Settled:
    """A group as it is stored; `group` as the tenant knows it, None if unasked."""

    group_id: UUID | None
    name: str
    group: GraphGroup | None = None
    trouble: str = ""


def search(connection: TenantConnection, text: str) -> Found:
    """Return the groups whose name begins with the text, or that have it as id."""
    text = keys.tidy(text)
    if not text:
        return Found()
    try:
        with access.open_client(connection, policy=PATIENCE) as client:
            group_id = as_id(text)
            if group_id is None:
                return Found(graph.group_search(client, text), text=text)
            found = graph.groups(client, [group_id])[group_id]
    except AppError as exc:
        return Found(trouble=str(exc), text=text)
    return Found([found] if isinstance(found, GraphGroup) else [], text=text)


def settle(connection: TenantConnection, group_id: UUID | None, name: str) -> Settled:
    """Return the group of that id, else of that exact name (R097, AM-23).

    Raises GroupRefused if the tenant has none, or several of the name.
    """
    try:
        with access.open_client(connection, policy=PATIENCE) as client:
            found = _find(client, group_id, name)
    except GroupRefused:
        raise
    except AppError as exc:
        return Settled(group_id, name, trouble=str(exc))
    return Settled(found.object_id, keys.cut(keys.tidy(found.name)), found)


def _find(client: GraphClient, group_id: UUID | None, name: str) -> GraphGroup:
    if group_id is None:
        return groups.find(client, name)
    found = graph.groups(client, [group_id])[group_id]
    if isinstance(found, NoSuchObject):
        raise GroupRefused(
            f"The tenant has no group {group_id}. Choose another one, or none."
        )
    if not isinstance(found, GraphGroup):
        raise found
    return found


def count_people(connection: TenantConnection) -> int | None:
    """Return how many people the tenant has; None if it cannot say."""
    try:
        with access.open_client(connection, policy=PATIENCE) as client:
            return reading.count_people(client)
    except AppError:
        return None


def as_id(text: str) -> UUID | None:
    """Return what was typed as an Object ID; None: it is a name."""
    try:
        return UUID(text.strip())
    except ValueError:
        return None
