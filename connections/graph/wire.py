"""Graph's objects as ours: every type is checked here, Graph's spelling ends here.

What is not as promised raises MalformedAnswer, which names the property and the
request. Ids are compared as UUIDs: Graph sends them in either case.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from functools import lru_cache
from typing import Final
from uuid import UUID

from common.types import JsonObject
from connections.graph import checks
from connections.graph.answers import Json
from connections.graph.properties import Kind, kind


class Unread(Enum):
    """The type of UNREAD."""

    UNREAD = "unread"


UNREAD: Final = Unread.UNREAD
"""Nobody asked, or Graph did not say: not the same as None, there is none."""


class Removal(StrEnum):
    """Why a delta says that somebody is no longer there."""

    CHANGED = "changed"
    """Deleted, but can be restored for 30 days."""
    DELETED = "deleted"
    """Gone for good."""


@dataclass(frozen=True, slots=True)
class GraphPerson:
    """A user of the tenant: every selected property, under Graph's name."""

    object_id: UUID
    properties: dict[str, Json] = field(repr=False)
    removed: Removal | None = None
    manager: UUID | Unread | None = UNREAD


class GroupKind(StrEnum):
    """What sort of group it is."""

    SECURITY = "security"
    MICROSOFT_365 = "microsoft_365"
    MAIL_SECURITY = "mail_security"
    DISTRIBUTION = "distribution"


@dataclass(frozen=True, slots=True)
class GraphGroup:
    """A group of the tenant, with what tells how far it can be trusted."""

    object_id: UUID
    name: str
    kind: GroupKind
    dynamic: bool
    membership_rule: str
    visibility: str
    synced: bool
    role_assignable: bool


GROUP_SELECT = (
    "id,displayName,groupTypes,mailEnabled,securityEnabled,membershipRule,visibility,"
    "onPremisesSyncEnabled,isAssignableToRole"
)


class MemberKind(StrEnum):
    """What a member of a group is."""

    USER = "user"
    GROUP = "group"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Member:
    """A direct member of a group."""

    object_id: UUID
    kind: MemberKind


@dataclass(frozen=True, slots=True)
class PersonPlan:
    """How to read a person of one `$select`; made once, used for every person."""

    fields: tuple[tuple[str, type, checks.Slow], ...]
    managers: bool


@lru_cache(maxsize=64)
def person_plan(select: tuple[str, ...], *, managers: bool) -> PersonPlan:
    """Return how to read people asked for `select`, and for their `managers`.

    Raises ValueError for a property that `properties` does not have.
    """
    fields = []
    for name in select:
        held = kind(name)
        if held is not None:
            fields.append((name, *checks.READERS[held]))
        elif name != "id":
            raise ValueError(name)
    return PersonPlan(tuple(fields), managers)


def person(item: JsonObject, plan: PersonPlan, *, request_id: str = "") -> GraphPerson:
    """Return the person in `item`.

    A selected property that is absent is empty: Graph leaves out what was never set.
    """
    if "@removed" in item:
        return _removed(item, request_id)
    properties: dict[str, Json] = {}
    for name, quick, slow in plan.fields:
        value: Json = item.get(name)
        properties[name] = (
            value if type(value) is quick else slow(name, value, request_id)
        )
    manager: UUID | Unread | None = UNREAD
    if plan.managers:
        found = item.get("manager")
        manager = (
            None if found is None else checks.object_id(found, "manager.id", request_id)
        )
    elif "manager@delta" in item:
        manager = _last_manager(item["manager@delta"], request_id)
    return GraphPerson(
        checks.object_id(item, "id", request_id), properties, None, manager
    )


def people(
    items: Sequence[JsonObject], plan: PersonPlan, *, request_id: str = ""
) -> list[GraphPerson]:
    """Return the people of a page; one odd value refuses the page as a whole."""
    return [person(item, plan, request_id=request_id) for item in items]


def group(item: JsonObject, *, request_id: str = "") -> GraphGroup:
    """Return the group in `item`, which was asked for with GROUP_SELECT."""
    types = checks.read(item, "groupTypes", Kind.TEXTS, request_id)
    kinds = types if isinstance(types, list) else []
    return GraphGroup(
        checks.object_id(item, "id", request_id),
        name=_text(item, "displayName", request_id),
        kind=_group_kind(
            is_unified="Unified" in kinds,
            has_mail=_says(item, "mailEnabled", request_id),
            has_rights=_says(item, "securityEnabled", request_id),
        ),
        dynamic="DynamicMembership" in kinds,
        membership_rule=_text(item, "membershipRule", request_id),
        visibility=_text(item, "visibility", request_id),
        synced=_says(item, "onPremisesSyncEnabled", request_id),
        role_assignable=_says(item, "isAssignableToRole", request_id),
    )


def member(item: JsonObject, *, request_id: str = "") -> Member:
    """Return the member in `item`.

    Without `@odata.type` nobody knows what it is; nothing is guessed.
    """
    named = item.get("@odata.type")
    if type(named) is not str:
        raise checks.odd("@odata.type", request_id)
    return Member(
        checks.object_id(item, "id", request_id),
        _MEMBERS.get(named.lower(), MemberKind.OTHER),
    )


def removal(item: JsonObject, *, request_id: str = "") -> Removal | None:
    """Return why a delta reports `item` as gone; None if it does not."""
    if "@removed" not in item:
        return None
    mark = item["@removed"]
    reason = mark.get("reason") if type(mark) is dict else None
    try:
        return Removal(str(reason))
    except ValueError as exc:
        raise checks.odd("@removed", request_id) from exc


_MEMBERS = {
    "#microsoft.graph.user": MemberKind.USER,
    "#microsoft.graph.group": MemberKind.GROUP,
}


def _says(item: JsonObject, name: str, request_id: str) -> bool:
    return checks.read(item, name, Kind.BOOLEAN, request_id) is True


def _text(item: JsonObject, name: str, request_id: str) -> str:
    return str(checks.read(item, name, Kind.TEXT, request_id) or "")


def _group_kind(*, is_unified: bool, has_mail: bool, has_rights: bool) -> GroupKind:
    if is_unified:
        return GroupKind.MICROSOFT_365
    if has_mail:
        return GroupKind.MAIL_SECURITY if has_rights else GroupKind.DISTRIBUTION
    return GroupKind.SECURITY


def _removed(item: JsonObject, request_id: str) -> GraphPerson:
    return GraphPerson(
        checks.object_id(item, "id", request_id),
        {},
        removal(item, request_id=request_id),
    )


def _last_manager(listed: object, request_id: str) -> UUID | None:
    if type(listed) is not list:
        raise checks.odd("manager@delta", request_id)
    found: UUID | None = None
    for each in listed:
        manager = checks.object_id(each, "manager@delta", request_id)
        if "@removed" not in each:
            found = manager
        elif found == manager:
            found = None
    return found
