"""What has changed since a link: people, and groups with their members.

Apply the pages in order, and each of them as often as it comes: objects repeat, large
groups spread over pages, and the last word on a member counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from common.types import JsonObject
from connections.graph import checks, reading, wire
from connections.graph.client import GraphClient
from connections.graph.errors import MalformedAnswer, trace
from connections.graph.groups import READ_GROUPS
from connections.graph.paging import Page
from connections.graph.wire import (
    GROUP_SELECT,
    GraphGroup,
    GraphPerson,
    Member,
    Removal,
)

MOST_GROUPS = 50
"""Groups that one delta can be narrowed down to, by Graph's own limit."""
LATEST = {"$deltatoken": "latest"}


@dataclass(frozen=True, slots=True)
class PeopleDelta:
    """A page of changed people; `delta_link` stands on the last one only."""

    people: list[GraphPerson] = field(repr=False)
    link: str = field(repr=False)
    next_link: str = field(repr=False)
    delta_link: str = field(repr=False)
    request_id: str


@dataclass(frozen=True, slots=True)
class GroupChange:
    """What a delta says of one group; `group` is None if the group is gone."""

    group_id: UUID
    group: GraphGroup | None
    removed: Removal | None
    joined: list[Member] = field(repr=False)
    left: list[UUID] = field(repr=False)


@dataclass(frozen=True, slots=True)
class GroupsDelta:
    """A page of changed groups; `delta_link` stands on the last one only."""

    groups: list[GroupChange] = field(repr=False)
    link: str = field(repr=False)
    next_link: str = field(repr=False)
    delta_link: str = field(repr=False)
    request_id: str


def users_delta(
    client: GraphClient, *, select: Sequence[str], managers: bool, link: str = ""
) -> Iterator[PeopleDelta]:
    """Yield the people changed since `link`; without one, everybody.

    `select` and `managers` are those that `link` was made with. A manager that a page
    does not name is unread, not gone. Raises CursorExpired: walk in full.
    """
    plan = wire.person_plan(tuple(select), managers=False)
    asked = _people_asked(select, managers=managers)
    for page in _pages(client, "/users/delta", asked, reading.READ_USERS, link):
        people = wire.people(page.items, plan, request_id=page.request_id)
        yield PeopleDelta(
            people, page.link, page.next_link, page.delta_link, page.request_id
        )


def groups_delta(
    client: GraphClient, group_ids: Sequence[UUID], *, link: str = ""
) -> Iterator[GroupsDelta]:
    """Yield what changed in at most 50 groups since `link`; without one, all of it.

    Raises CursorExpired: read their members in full.
    """
    asked = _groups_asked(group_ids)
    for page in _pages(client, "/groups/delta", asked, READ_GROUPS, link):
        changes = [_change(item, page.request_id) for item in page.items]
        yield GroupsDelta(
            changes, page.link, page.next_link, page.delta_link, page.request_id
        )


def latest_users_link(
    client: GraphClient, *, select: Sequence[str], managers: bool
) -> str:
    """Return a link to all changes of people from now on, without reading anybody."""
    asked = {**_people_asked(select, managers=managers), **LATEST}
    return _end(_pages(client, "/users/delta", asked, reading.READ_USERS, ""))


def latest_groups_link(client: GraphClient, group_ids: Sequence[UUID]) -> str:
    """Return a link to all changes of these groups from now on."""
    asked = {**_groups_asked(group_ids), **LATEST}
    return _end(_pages(client, "/groups/delta", asked, READ_GROUPS, ""))


def _people_asked(select: Sequence[str], *, managers: bool) -> dict[str, str]:
    asked = reading.asked(select, managers=False)
    if managers:
        asked["$select"] += ",manager"
    return asked


def _groups_asked(group_ids: Sequence[UUID]) -> dict[str, str]:
    if not 0 < len(group_ids) <= MOST_GROUPS:
        raise ValueError(f"1 to {MOST_GROUPS} groups, not {len(group_ids)}")
    return {
        "$select": f"{GROUP_SELECT},members",
        "$filter": " or ".join(f"id eq '{each}'" for each in group_ids),
    }


def _pages(
    client: GraphClient,
    path: str,
    asked: Mapping[str, str],
    permission: str,
    link: str,
) -> Iterator[Page]:
    pages = (
        client.pages(link, permission=permission)
        if link
        else client.pages(path, asked, permission=permission)
    )
    for page in pages:
        if not page.next_link and not page.delta_link:
            raise MalformedAnswer(
                f"A delta page has neither a next page nor an end"
                f"{trace('', page.request_id)}."
            )
        yield page


def _end(pages: Iterator[Page]) -> str:
    link = ""
    for page in pages:
        link = page.delta_link
    return link


def _change(item: JsonObject, request_id: str) -> GroupChange:
    group_id = checks.object_id(item, "id", request_id)
    removed = wire.removal(item, request_id=request_id)
    if removed is not None:
        return GroupChange(group_id, None, removed, [], [])
    listed = item.get("members@delta", [])
    if not isinstance(listed, list):
        raise checks.odd("members@delta", request_id)
    joined: dict[UUID, Member] = {}
    left: dict[UUID, None] = {}
    for each in listed:
        member_id = checks.object_id(each, "members@delta", request_id)
        joined.pop(member_id, None)
        left.pop(member_id, None)
        if "@removed" in each:
            left[member_id] = None
        else:
            joined[member_id] = wire.member(each, request_id=request_id)
    group = wire.group(item, request_id=request_id)
    return GroupChange(group_id, group, None, list(joined.values()), list(left))
