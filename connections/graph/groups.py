"""The questions about groups and who is in them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from uuid import UUID

from common.types import JsonObject
from connections.graph import batch, links, wire
from connections.graph.batch import Part, PartAnswer
from connections.graph.client import GraphClient
from connections.graph.errors import GraphError, MalformedAnswer
from connections.graph.paging import read_page
from connections.graph.reading import PAGE_SIZE
from connections.graph.sending import Reply
from connections.graph.wire import GROUP_SELECT, GraphGroup, Member

READ_GROUPS = "GroupMember.Read.All"
MEMBERS_QUERY = f"$select=id&$top={PAGE_SIZE}"
FOUND = 20
"""How many groups a search shows."""
MOST_CHECKED = 20
"""Groups of one checkMemberGroups, by Graph's own limit."""


@dataclass(frozen=True, slots=True)
class MembersPage:
    """Some direct members of a group.

    `complete` stands on the last page of a group that was read to its end; `error`
    on the last of one that was not, and then nothing may be said of its leavers.
    """

    group_id: UUID
    members: list[Member] = field(repr=False)
    complete: bool = False
    error: GraphError | None = None


def groups(
    client: GraphClient, ids: Iterable[UUID]
) -> dict[UUID, GraphGroup | GraphError]:
    """Return each group by its id, or what Graph says instead (NoSuchObject: gone)."""
    parts = [
        Part(
            str(each), f"/groups/{each}?$select={GROUP_SELECT}", permission=READ_GROUPS
        )
        for each in dict.fromkeys(ids)
    ]
    return {UUID(answer.id): _group(answer) for answer in client.batch(parts)}


def _group(answer: PartAnswer) -> GraphGroup | GraphError:
    if answer.error is not None:
        return answer.error
    try:
        return wire.group(answer.body, request_id=answer.request_id)
    except MalformedAnswer as error:
        return error


def groups_named(client: GraphClient, name: str) -> list[GraphGroup]:
    """Return the groups of that name, whatever its case; there may be several."""
    wanted = name.strip().casefold()
    if not wanted:
        return []
    asked = {
        "$filter": f"displayName eq '{_literal(name.strip())}'",
        "$select": GROUP_SELECT,
        "$top": PAGE_SIZE,
    }
    return [
        group
        for page in client.pages("/groups", asked, permission=READ_GROUPS)
        for item in page.items
        if (group := wire.group(item, request_id=page.request_id))
        .name.strip()
        .casefold()
        == wanted
    ]


def group_search(client: GraphClient, prefix: str) -> list[GraphGroup]:
    """Return the first groups whose name begins with `prefix`, by name."""
    asked = {"$select": GROUP_SELECT, "$top": str(FOUND)}
    if prefix.strip():
        asked["$filter"] = f"startswith(displayName,'{_literal(prefix.strip())}')"
    pages = client.pages("/groups", asked, permission=READ_GROUPS, ahead=False)
    found = [wire.group(item) for page in islice(pages, 1) for item in page.items]
    return sorted(found, key=lambda group: (group.name.casefold(), group.object_id))


def _literal(text: str) -> str:
    return text.replace("'", "''")


def members(client: GraphClient, group_ids: Iterable[UUID]) -> Iterator[MembersPage]:
    """Yield the direct members of many groups, page by page, groups mixed.

    Each group ends with exactly one page that is complete or has an error. Only what
    is under way is held.
    """
    waiting = _Waiting(client.graph, group_ids)
    for answers in client.batches(waiting.take):
        for answer in answers:
            yield waiting.page(answer)


class _Waiting:
    """Groups not yet asked for, and further pages, which go first."""

    def __init__(self, graph: str, group_ids: Iterable[UUID]) -> None:
        self._graph = graph
        self._fresh = iter(group_ids)
        self._further: deque[Part] = deque()
        self._trails: dict[str, links.Trail] = {}

    def take(self) -> list[Part]:
        parts = batch.take(self._further)
        for group_id in islice(self._fresh, batch.MOST - len(parts)):
            path = f"/groups/{group_id}/members?{MEMBERS_QUERY}"
            parts.append(Part(str(group_id), path, permission=READ_GROUPS))
        return parts

    def page(self, answer: PartAnswer) -> MembersPage:
        """Return what `answer` says, and queue the page after it."""
        group_id = UUID(answer.id)
        try:
            if answer.error is not None:
                raise answer.error
            found, next_path = self._read(answer)
        except GraphError as error:
            self._trails.pop(answer.id, None)
            return MembersPage(group_id, [], error=error)
        if next_path:
            self._further.append(
                Part(answer.id, next_path, permission=READ_GROUPS, is_link=True)
            )
        else:
            self._trails.pop(answer.id, None)
        return MembersPage(group_id, found, complete=not next_path)

    def _read(self, answer: PartAnswer) -> tuple[list[Member], str]:
        reply = Reply(answer.body, answer.request_id)
        page = read_page(reply, link="", graph=self._graph)
        found = [wire.member(item, request_id=answer.request_id) for item in page.items]
        if not page.next_link:
            return found, ""
        trail = self._trails.setdefault(answer.id, links.Trail())
        trail.follow(page.next_link, request_id=answer.request_id)
        return found, links.relative(page.next_link, self._graph)


def check_member_groups(
    client: GraphClient, people: Sequence[UUID], group_ids: Sequence[UUID]
) -> dict[UUID, frozenset[UUID] | GraphError]:
    """Return for each person in which of at most 20 groups they are, nested included.

    What Graph says instead stands for those whom it does not answer.
    """
    if len(group_ids) > MOST_CHECKED:
        raise ValueError(f"at most {MOST_CHECKED} groups, not {len(group_ids)}")
    body: JsonObject = {"groupIds": [str(each) for each in group_ids]}
    parts = [
        Part(
            str(each),
            f"/users/{each}/checkMemberGroups",
            method="POST",
            body=body,
            permission=READ_GROUPS,
        )
        for each in dict.fromkeys(people)
    ]
    return {UUID(answer.id): _checked(answer) for answer in client.batch(parts)}


def _checked(answer: PartAnswer) -> frozenset[UUID] | GraphError:
    if answer.error is not None:
        return answer.error
    try:
        listed = answer.body["value"]
        return frozenset(UUID(each) for each in listed)
    except (KeyError, TypeError, ValueError, AttributeError):
        return MalformedAnswer("checkMemberGroups did not answer with a list of ids.")
