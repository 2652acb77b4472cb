"""/directory/deletedItems: the recycle bin, for 30 days."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from simulator import errors, lists, profile_card, query
from simulator.ask import Ask
from simulator.exchange import Answer, json_answer
from simulator.lists import Place, Walk


def _select(ask: Ask, of_type: str) -> list[str]:
    select = query.select(ask.parameters.get("$select"), of_type)
    is_default = "$select" not in ask.parameters
    return [*select, "deletedDateTime"] if is_default else list(select)


def _person(ask: Ask, position: int) -> dict[str, Any]:
    """Return a deleted person; their UPN is freed by the id in front of it."""
    reading = profile_card.readers(_select(ask, "user"))
    card = ask.tenant.directory.card(position, reading)
    if "userPrincipalName" in card:
        prefix = card["id"].replace("-", "")
        card["userPrincipalName"] = prefix + card["userPrincipalName"]
    return card


def list_users(ask: Ask) -> Answer:
    """GET /directory/deletedItems/microsoft.graph.user."""
    directory = ask.tenant.directory

    def start(place: Place) -> Iterator[tuple[int, int]]:
        for position in sorted(directory.records):
            if position >= place.key and directory.is_soft_deleted(position):
                yield position, position

    walk = Walk("users", 0, start, lambda position: _person(ask, position))
    return lists.answer(ask, ask.query("user"), walk)


def list_groups(ask: Ask) -> Answer:
    """GET /directory/deletedItems/microsoft.graph.group."""
    groups = ask.tenant.groups
    select = _select(ask, "group")

    def start(place: Place) -> Iterator[tuple[int, int]]:
        for key, group in enumerate(groups.all):
            if key >= place.key and groups.is_soft_deleted(group):
                yield key, key

    walk = Walk("groups", 0, start, lambda key: groups.all[key].card(select))
    return lists.answer(ask, ask.query("group"), walk)


def get_user(ask: Ask) -> Answer:
    """GET /directory/deletedItems/microsoft.graph.user/{id}."""
    position = ask.tenant.directory.position_of(ask.keys[0])
    if position is None or not ask.tenant.directory.is_soft_deleted(position):
        raise errors.not_found(ask.keys[0])
    context = ask.context("users/$entity")
    return json_answer({"@odata.context": context, **_person(ask, position)})


def get_object(ask: Ask) -> Answer:
    """GET /directory/deletedItems/{id}: a person or a group."""
    groups = ask.tenant.groups
    place = groups.place_of(ask.keys[0])
    context = ask.context("directoryObjects/$entity")
    if place is not None and groups.is_soft_deleted(groups.all[place]):
        kind = {"@odata.context": context, "@odata.type": "#microsoft.graph.group"}
        return json_answer({**kind, **groups.all[place].card(_select(ask, "group"))})
    position = ask.tenant.directory.position_of(ask.keys[0])
    if position is None or not ask.tenant.directory.is_soft_deleted(position):
        raise errors.not_found(ask.keys[0])
    kind = {"@odata.context": context, "@odata.type": "#microsoft.graph.user"}
    return json_answer({**kind, **_person(ask, position)})
