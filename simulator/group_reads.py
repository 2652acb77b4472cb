"""/groups: the list, one group, and its members, direct and transitive."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from simulator import errors, lists, profile_card, query, schema
from simulator.ask import Ask
from simulator.exchange import Answer, json_answer
from simulator.groups import GROUP_BASE, Group
from simulator.lists import Place, Walk
from simulator.query import Query

_CASTS = ("microsoft.graph.user", "microsoft.graph.group")


def list_groups(ask: Ask) -> Answer:
    """GET /groups."""
    asked = ask.query("group")
    return lists.answer(ask, asked, _walk(ask, asked))


def count_groups(ask: Ask) -> Answer:
    """GET /groups/$count."""
    return lists.count(ask, _walk(ask, ask.query("group")))


def _walk(ask: Ask, asked: Query) -> Walk:
    test, names = lists.test_of(asked)
    select = list(asked.select)
    found = [
        group
        for group in ask.tenant.groups.all
        if group.is_present and (test is None or test(group.card(names)))
    ]
    if asked.orderby:
        name, _, direction = asked.orderby.partition(" ")
        if name != "displayName":
            raise errors.unsupported(f"Sorting by '{name}' is not supported.")
        found.sort(key=lambda group: str(group.properties[name]).casefold())
        if direction.strip().lower() == "desc":
            found.reverse()

    def start(place: Place) -> Iterator[tuple[int, Group]]:
        yield from list(enumerate(found))[place.key :]

    return Walk("groups", len(found), start, lambda group: group.card(select))


def get_group(ask: Ask) -> Answer:
    """GET /groups/{id}."""
    card = find(ask).card(list(ask.query("group").select))
    return json_answer({"@odata.context": ask.context("groups/$entity"), **card})


def find(ask: Ask) -> Group:
    """Return the group in the path; 404 if not present."""
    group = ask.tenant.groups.find(ask.keys[0])
    if group is None:
        raise errors.not_found(ask.keys[0])
    return group


def list_members(ask: Ask) -> Answer:
    """GET /groups/{id}/members."""
    asked = ask.query("user")
    return lists.answer(ask, asked, _members(ask, asked))


def count_members(ask: Ask) -> Answer:
    """GET /groups/{id}/members/$count."""
    return lists.count(ask, _members(ask, ask.query("user")))


def list_members_of_type(ask: Ask) -> Answer:
    """GET /groups/{id}/members/microsoft.graph.user, or …group."""
    asked = ask.query("user")
    return lists.answer(ask, asked, _members(ask, asked, cast=_cast(ask)))


def list_transitive_members(ask: Ask) -> Answer:
    """GET /groups/{id}/transitiveMembers: flat, nested groups among them."""
    asked = ask.query("user")
    return lists.answer(ask, asked, _members(ask, asked, is_transitive=True))


def list_transitive_members_of_type(ask: Ask) -> Answer:
    """GET /groups/{id}/transitiveMembers/microsoft.graph.user: an advanced query."""
    asked = ask.query("user")
    cast = _cast(ask)
    if not asked.has_count:
        raise errors.unsupported(
            "The cast of transitiveMembers needs ConsistencyLevel: eventual and "
            "$count=true."
        )
    return lists.answer(ask, asked, _members(ask, asked, is_transitive=True, cast=cast))


def _cast(ask: Ask) -> str:
    cast = ask.keys[1].lower()
    if cast not in _CASTS:
        raise errors.unsupported(f"The cast to {ask.keys[1]} is not supported.")
    return cast


def _members(
    ask: Ask, asked: Query, *, is_transitive: bool = False, cast: str = ""
) -> Walk:
    if asked.filter is not None or asked.search or asked.orderby:
        raise errors.unsupported("Members cannot be filtered, searched or sorted here.")
    group, groups = find(ask), ask.tenant.groups
    walk = groups.transitive_members if is_transitive else groups.members
    is_hidden = group.hides_members and not ask.may("Member.Read.Hidden")

    def start(place: Place) -> Iterator[tuple[int, int]]:
        for key in () if is_hidden else walk(group, place.key):
            if not cast or (key >= GROUP_BASE) == cast.endswith("group"):
                yield key, key

    what = {"": "directoryObjects", _CASTS[0]: "users", _CASTS[1]: "groups"}[cast]
    return Walk(what, 0, start, _member_card(ask, asked, has_type=not cast))


def _member_card(
    ask: Ask, asked: Query, *, has_type: bool
) -> Callable[[int], dict[str, Any]]:
    """Return how members are shown; people we may not read are but their id."""
    is_default = "$select" not in ask.parameters
    names = schema.DEFAULT_GROUP if is_default else list(asked.select)
    group_names = [name for name in names if name in schema.properties("group")]
    reading = profile_card.readers(asked.select)
    may_read = ask.may_read_people()

    def render(key: int) -> dict[str, Any]:
        if key >= GROUP_BASE:
            card = ask.tenant.groups.all[key - GROUP_BASE].card(group_names)
            kind = "#microsoft.graph.group"
        else:
            card = ask.tenant.directory.card(key, reading)
            kind = "#microsoft.graph.user"
            if not may_read:
                card = dict.fromkeys(card) | {"id": card["id"]}
        return {"@odata.type": kind, **card} if has_type else card

    return render


def check_member_groups(ask: Ask) -> Answer:
    """POST /users/{id}/checkMemberGroups: which of at most 20 groups hold them."""
    position = ask.tenant.directory.find(ask.keys[0])
    if position is None:
        raise errors.not_found(ask.keys[0])
    wanted = query.json_body(ask.call).get("groupIds")
    if not isinstance(wanted, list) or not 1 <= len(wanted) <= 20:
        raise errors.bad_request("groupIds must hold 1 to 20 ids.")
    groups = [ask.tenant.groups.find(str(group_id)) for group_id in wanted]
    holding = [
        group.id
        for group in groups
        if group is not None
        and (not group.hides_members or ask.may("Member.Read.Hidden"))
        and ask.tenant.groups.holds(group, position)
    ]
    context = ask.context("Collection(Edm.String)")
    return json_answer({"@odata.context": context, "value": holding})
