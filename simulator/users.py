"""/users: the list, one person, their manager."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from simulator import errors, lists, paging, profile_card
from simulator.ask import Ask
from simulator.exchange import Answer, json_answer
from simulator.lists import Place, Walk
from simulator.query import Expand, Query
from simulator.tenant import Tenant

_USER = "#microsoft.graph.user"
_SECRET_SIGNS = "signInActivity"


def list_users(ask: Ask) -> Answer:
    """GET /users."""
    query = ask.query("user")
    _check_select(ask, query.select)
    return lists.answer(ask, query, people_walk(ask, query))


def count_users(ask: Ask) -> Answer:
    """GET /users/$count."""
    return lists.count(ask, people_walk(ask, ask.query("user")))


def get_user(ask: Ask) -> Answer:
    """GET /users/{id or UPN}."""
    query = ask.query("user")
    _check_select(ask, query.select)
    position = find(ask)
    card = renderer(ask.tenant, query)(position)
    return json_answer({"@odata.context": ask.context("users/$entity"), **card})


def get_manager(ask: Ask) -> Answer:
    """GET /users/{id}/manager."""
    query = ask.query("user")
    manager = ask.tenant.directory.manager(find(ask))
    if manager is None:
        raise errors.not_found("manager")
    card = renderer(ask.tenant, query)(manager)
    context = ask.context("directoryObjects/$entity")
    return json_answer({"@odata.context": context, "@odata.type": _USER, **card})


def find(ask: Ask) -> int:
    """Return the position of the person in the path; 404 if not present."""
    position = ask.tenant.directory.find(ask.keys[0])
    if position is None:
        raise errors.not_found(ask.keys[0])
    return position


def people_walk(ask: Ask, query: Query) -> Walk:
    """Return the walk over all people present whom the filter lets through."""
    directory = ask.tenant.directory
    test, names = lists.test_of(query)
    reading = profile_card.readers(names)

    def start(place: Place) -> Iterator[tuple[int, int]]:
        for key, position in _positions(ask.tenant, query, place):
            if directory.is_present(position) and (
                test is None or test(directory.card(position, reading))
            ):
                yield key, position

    return Walk("users", directory.size, start, renderer(ask.tenant, query))


def _positions(tenant: Tenant, query: Query, place: Place) -> Iterator[tuple[int, int]]:
    directory = tenant.directory
    chosen = query.filter.ids if query.filter is not None else None
    if chosen is not None:
        found = [directory.position_of(object_id) for object_id in chosen]
        yield from list(enumerate(p for p in found if p is not None))[place.key :]
        return
    if query.orderby:
        yield from list(enumerate(_sorted(tenant, query.orderby)))[place.key :]
        return
    position_at = paging.order(place.size, seed=tenant.settings.get("order_seed"))
    for key in range(place.key, directory.size):
        yield key, position_at(key)


def _sorted(tenant: Tenant, orderby: str) -> list[int]:
    name, _, direction = orderby.partition(" ")
    if name not in ("displayName", "userPrincipalName"):
        raise errors.unsupported(f"Sorting by '{name}' is not supported.")
    reading = profile_card.readers([name])
    directory = tenant.directory
    return sorted(
        range(directory.size),
        key=lambda position: str(directory.card(position, reading)[name]).casefold(),
        reverse=direction.strip().lower() == "desc",
    )


def renderer(tenant: Tenant, query: Query) -> Callable[[int], dict[str, Any]]:
    """Return the function that turns a position into what the query selects."""
    directory = tenant.directory
    reading = profile_card.readers(query.select)
    expand = query.expand
    if expand is None:
        return lambda position: directory.card(position, reading)

    def render(position: int) -> dict[str, Any]:
        card = directory.card(position, reading)
        manager = _managers(tenant, position, expand)
        return {**card, "manager": manager} if manager else card

    return render


def _managers(tenant: Tenant, position: int, expand: Expand) -> dict[str, Any] | None:
    """Return the nested chain of managers, stopping where it would go in a circle."""
    reading = profile_card.readers(expand.select)
    chain: list[int] = []
    below = position
    while len(chain) < expand.levels:
        above = tenant.directory.manager(below)
        if above is None or above in chain:
            break
        chain.append(above)
        below = above
    nested: dict[str, Any] | None = None
    for manager in reversed(chain):
        card = {"@odata.type": _USER, **tenant.directory.card(manager, reading)}
        nested = {**card, "manager": nested} if nested else card
    return nested


def _check_select(ask: Ask, select: tuple[str, ...]) -> None:
    if _SECRET_SIGNS in select and not ask.may("AuditLog.Read.All"):
        raise errors.denied()
