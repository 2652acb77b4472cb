"""Is this person still in the tenant? Evidence for and against, by direct look-up.

Only Graph's own "no such resource" counts as absence, and only in a batch whose
control, a person known to be there, was found in the same breath.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote
from uuid import UUID

from connections.graph import reading, wire
from connections.graph.batch import MOST, Part, PartAnswer
from connections.graph.client import GraphClient
from connections.graph.errors import GraphError, MalformedAnswer, NoSuchObject
from connections.graph.wire import GraphPerson, PersonPlan

PEOPLE_A_BATCH = (MOST - 1) // 2
ABSENT = "request_resourcenotfound"
CONTROL = "control"


class Whereabouts(StrEnum):
    """Where somebody was found."""

    ACTIVE = "active"
    DELETED = "deleted"
    """Among the deleted, and can be restored."""
    NOWHERE = "nowhere"
    """Graph knows no such person, neither here nor among the deleted."""
    UNPROVEN = "unproven"
    """Graph did not say, or cannot be relied on at the moment."""


NOT_ACTIVE = frozenset({Whereabouts.DELETED, Whereabouts.NOWHERE})
"""Proven not to be among the tenant's people."""


@dataclass(frozen=True, slots=True)
class LookUp:
    """What one look-up showed; `person` as of now if active, `error` if unproven."""

    object_id: UUID
    whereabouts: Whereabouts
    person: GraphPerson | None = None
    error: GraphError | None = None
    request_id: str = ""


def deleted_people(
    client: GraphClient,
    ids: Sequence[UUID],
    *,
    control: UUID,
    select: Sequence[str],
    managers: bool,
) -> Iterator[LookUp]:
    """Yield where each of `ids` is; `control` is somebody seen in this very walk.

    Where the control is not found, the whole batch is unproven.
    """
    plan = wire.person_plan(tuple(select), managers=managers)
    query = "&".join(
        f"{name}={quote(value, safe='$,()')}"
        for name, value in reading.asked(select, managers=managers).items()
    )
    rest = list(dict.fromkeys(ids))
    for first in range(0, len(rest), PEOPLE_A_BATCH):
        asked = rest[first : first + PEOPLE_A_BATCH]
        answers = client.batch(_parts(asked, control, query))
        yield from _read(asked, answers, control, plan)


def _parts(asked: Sequence[UUID], control: UUID, query: str) -> list[Part]:
    parts = [_part(CONTROL, f"/users/{control}?$select=id")]
    for each in asked:
        deleted = f"/directory/deletedItems/{each}?$select=id"
        parts.append(_part(f"user {each}", f"/users/{each}?{query}"))
        parts.append(_part(f"deleted {each}", deleted))
    return parts


def _part(name: str, path: str) -> Part:
    return Part(name, path, permission=reading.READ_USERS)


def _read(
    asked: Sequence[UUID],
    answers: Sequence[PartAnswer],
    control: UUID,
    plan: PersonPlan,
) -> Iterator[LookUp]:
    found = {answer.id: answer for answer in answers}
    is_proof = _is_there(found[CONTROL], control)
    for each in asked:
        user, deleted = found[f"user {each}"], found[f"deleted {each}"]
        yield (
            _look(each, user, deleted, plan)
            if is_proof
            else LookUp(each, Whereabouts.UNPROVEN, error=found[CONTROL].error)
        )


def _look(
    object_id: UUID, user: PartAnswer, deleted: PartAnswer, plan: PersonPlan
) -> LookUp:
    if user.error is None:
        return _active(object_id, user, plan)
    if not _is_absent(user):
        return LookUp(object_id, Whereabouts.UNPROVEN, error=user.error)
    if _is_there(deleted, object_id):
        where = Whereabouts.DELETED
    elif _is_absent(deleted):
        where = Whereabouts.NOWHERE
    else:
        return LookUp(object_id, Whereabouts.UNPROVEN, error=deleted.error)
    return LookUp(object_id, where, request_id=deleted.request_id)


def _active(object_id: UUID, user: PartAnswer, plan: PersonPlan) -> LookUp:
    try:
        person = wire.person(user.body, plan, request_id=user.request_id)
    except MalformedAnswer as error:
        return LookUp(object_id, Whereabouts.UNPROVEN, error=error)
    if person.object_id != object_id:
        return LookUp(object_id, Whereabouts.UNPROVEN)
    return LookUp(object_id, Whereabouts.ACTIVE, person, request_id=user.request_id)


def _is_there(answer: PartAnswer, object_id: UUID) -> bool:
    if answer.error is not None:
        return False
    found = answer.body.get("id")
    return isinstance(found, str) and found.lower() == str(object_id)


def _is_absent(answer: PartAnswer) -> bool:
    error = answer.error
    return isinstance(error, NoSuchObject) and error.code.lower() == ABSENT
