"""The questions about a tenant and its people, one function each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote
from uuid import UUID

from common.types import JsonObject
from connections.graph import checks, wire
from connections.graph.client import GraphClient
from connections.graph.errors import MalformedAnswer
from connections.graph.properties import Kind
from connections.graph.wire import GraphPerson

READ_USERS = "User.Read.All"
READ_ORGANISATION = "Organization.Read.All"
PAGE_SIZE = "999"
MANAGER = "manager($select=id)"


@dataclass(frozen=True, slots=True)
class Organisation:
    """What a tenant says of itself."""

    tenant_id: UUID
    name: str
    verified_domains: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """A page of people: `link` asks for it again, `next_link` is empty on the last."""

    people: list[GraphPerson] = field(repr=False)
    link: str = field(repr=False)
    next_link: str = field(repr=False)
    request_id: str


def count_people(client: GraphClient) -> int:
    """Return how many people the tenant has, guests included.

    Only a query with eventual consistency counts:
    https://learn.microsoft.com/en-us/graph/aad-advanced-queries
    """
    content = client.get(
        "/users",
        {"$count": "true", "$top": "1", "$select": "id"},
        permission=READ_USERS,
        headers={"ConsistencyLevel": "eventual"},
    )
    found = content.get("@odata.count")
    if not isinstance(found, int):
        raise MalformedAnswer("Microsoft Graph did not say how many people there are.")
    return found


def organisation(client: GraphClient) -> Organisation:
    """Return the tenant that the token is for."""
    content = client.get(
        "/organization",
        {"$select": "id,displayName,verifiedDomains"},
        permission=READ_ORGANISATION,
    )
    listed = content.get("value")
    if not isinstance(listed, list) or len(listed) != 1:
        raise MalformedAnswer("Microsoft Graph did not name exactly one organisation.")
    item: JsonObject = listed[0]
    tenant_id = checks.object_id(item, "organization.id", "")
    domains = checks.read(item, "verifiedDomains", Kind.OBJECTS, "")
    return Organisation(
        tenant_id,
        str(checks.read(item, "displayName", Kind.TEXT, "") or ""),
        tuple(
            str(checks.read(domain, "name", Kind.TEXT, "") or "")
            for domain in (domains if isinstance(domains, list) else [])
            if isinstance(domain, dict)
        ),
    )


def people(
    client: GraphClient, *, select: Sequence[str], managers: bool, link: str = ""
) -> Iterator[PeoplePage]:
    """Yield all people of the tenant page by page, or those from `link` on.

    With `managers` each person's manager comes along. Raises CursorExpired if `link`
    is too old to go on from.
    """
    plan = wire.person_plan(tuple(select), managers=managers)
    first = {**asked(select, managers=managers), "$top": PAGE_SIZE}
    pages = (
        client.pages(link, permission=READ_USERS)
        if link
        else client.pages("/users", first, permission=READ_USERS)
    )
    for page in pages:
        found = wire.people(page.items, plan, request_id=page.request_id)
        yield PeoplePage(found, page.link, page.next_link, page.request_id)


def person(
    client: GraphClient, who: UUID | str, *, select: Sequence[str], managers: bool
) -> GraphPerson:
    """Return one person by object id or user principal name.

    Raises NoSuchObject if there is nobody of that id or name.
    """
    plan = wire.person_plan(tuple(select), managers=managers)
    content = client.get(
        user_path(who), asked(select, managers=managers), permission=READ_USERS
    )
    return wire.person(content, plan)


def user_path(who: UUID | str) -> str:
    """Return the path of one user, by id or user principal name."""
    key = str(who)
    # https://learn.microsoft.com/en-us/graph/api/user-get: "/users/$x" is no name.
    if key.startswith("$"):
        doubled = key.replace("'", "''")
        return f"/users('{quote(doubled, safe='@')}')"
    return f"/users/{quote(key, safe='@')}"


def asked(select: Sequence[str], *, managers: bool) -> dict[str, str]:
    """Return the parameters that ask for people, managers included or not."""
    names = ["id", *(name for name in select if name != "id")]
    found = {"$select": ",".join(names)}
    if managers:
        found["$expand"] = MANAGER
    return found
