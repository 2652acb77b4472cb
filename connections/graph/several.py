"""Some people by their ids, many to a request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import quote
from uuid import UUID

from connections.graph import reading, wire
from connections.graph.batch import Part
from connections.graph.client import GraphClient
from connections.graph.errors import NoSuchObject
from connections.graph.wire import GraphPerson


def people(
    client: GraphClient, ids: Iterable[UUID], *, select: Sequence[str], managers: bool
) -> Iterator[GraphPerson]:
    """Yield those of the people who are in the tenant; any other trouble is raised."""
    plan = wire.person_plan(tuple(select), managers=managers)
    query = "&".join(
        f"{name}={quote(value, safe='$,()')}"
        for name, value in reading.asked(select, managers=managers).items()
    )
    parts = [
        Part(
            str(each),
            f"{reading.user_path(each)}?{query}",
            permission=reading.READ_USERS,
        )
        for each in dict.fromkeys(ids)
    ]
    for answer in client.batch(parts):
        if answer.error is None:
            yield wire.person(answer.body, plan, request_id=answer.request_id)
        elif not isinstance(answer.error, NoSuchObject):
            raise answer.error
