"""Set-based writes to the mirror of people. The caller holds the transaction."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import orjson
from django.db import models
from django.db.models import F

from common import bulk, keys
from common.lookups import any_of
from connections.graph.wire import UNREAD, Unread
from imports.models import MirrorUser
from imports.words import MirrorState

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from uuid import UUID

    from common.types import JsonObject

COLUMNS = (
    "connection_id",
    "object_id",
    "upn",
    "upn_key",
    "mail_key",
    "properties",
    "digest",
    "state",
    "manager_id",
    "manager_known",
    "revision",
    "generation",
)


@dataclass(frozen=True, slots=True)
class Seen:
    """A person as a page had them, cut down to what the mirror keeps.

    Every property that was asked for has a key; null where the tenant had none.
    """

    object_id: UUID
    properties: JsonObject
    manager: UUID | Unread | None = UNREAD


class Known(NamedTuple):
    """What the mirror has of a person, as far as a page may change it."""

    digest: int
    state: str
    manager_id: UUID | None
    manager_known: bool


def digest(properties: JsonObject) -> int:
    """Return a 64-bit hash of the properties, whatever their order."""
    content = orjson.dumps(properties, option=orjson.OPT_SORT_KEYS)
    raw = hashlib.blake2b(content, digest_size=8).digest()
    return int.from_bytes(raw, "big", signed=True)


def store(connection_id: int, generation: int, people: Iterable[Seen]) -> int:
    """Write one page: new and changed people whole, the others only stamped.

    Of two entries for one person the last counts. Returns how many were new or
    changed. A manager that was not read stays as it was.
    """
    page = {person.object_id: person for person in people}
    known = _known(connection_id, list(page))
    restorable = _restorable(connection_id, page, known)
    changed, same = [], []
    for object_id, person in page.items():
        pk, before = known.get(object_id, (0, None))
        row = _row(person, before, restorable)
        if row is None:
            same.append(pk)
        else:
            changed.append((connection_id, object_id, *row, 1, generation))
    if changed:
        bulk.upsert(
            MirrorUser,
            COLUMNS,
            changed,
            key=("connection_id", "object_id"),
            add=("revision",),
        )
    if same:
        MirrorUser.objects.filter(any_of("pk", same)).update(generation=generation)
    return len(changed)


def _known(
    connection_id: int, object_ids: Sequence[UUID]
) -> dict[UUID, tuple[int, Known]]:
    """Return the row of each person, and what it holds."""
    rows = (
        of_connection(connection_id)
        .filter(any_of("object_id", object_ids))
        .values_list(
            *("object_id", "pk", "digest", "state", "manager_id", "manager_known")
        )
    )
    return {
        object_id: (pk, Known._make(held)) for object_id, pk, *held in rows.iterator()
    }


def _restorable(
    connection_id: int,
    page: Mapping[UUID, Seen],
    known: Mapping[UUID, tuple[int, Known]],
) -> Collection[UUID]:
    """Return the deleted whom people on the page named as their manager before.

    Once they are restored, Entra names them again, and no delta says so. Until then
    whoever is deleted is nobody's manager (`imports.managers`).
    """
    lost = {
        before.manager_id
        for object_id, (_, before) in known.items()
        if before.manager_id is not None and page[object_id].manager is None
    }
    if not lost:
        return ()
    deleted = of_connection(connection_id).filter(state=MirrorState.DELETED)
    chosen = deleted.filter(any_of("object_id", lost))
    return set(chosen.values_list("object_id", flat=True))


def _row(
    person: Seen, known: Known | None, restorable: Collection[UUID]
) -> tuple[object, ...] | None:
    """Return the columns from `upn` to `manager_known`; None: nothing changed."""
    fresh = digest(person.properties)
    held = known.manager_id if known else None
    if isinstance(person.manager, Unread):
        manager = (held, known.manager_known if known else False)
    elif person.manager is None and held in restorable:
        manager = (held, True)
    else:
        manager = (person.manager, True)
    now = Known(fresh, MirrorState.PRESENT, *manager)
    if known == now:
        return None
    upn = str(person.properties.get("userPrincipalName") or "")
    mail = person.properties.get("mail")
    return (
        keys.cut(upn),
        keys.key(upn),
        keys.key(mail if isinstance(mail, str) else ""),
        person.properties,
        *now,
    )


def store_managers(
    connection_id: int, managers: Mapping[UUID, UUID | Unread | None]
) -> None:
    """Write who reports to whom for people of the mirror; others are passed over.

    The plan that is being applied asked for it, so nobody's revision grows: the
    second pass looks at everybody's manager by itself.
    """
    rows = of_connection(connection_id).filter(object_id__in=list(managers))
    moved = [
        (pk, manager, True)
        for pk, object_id, *before in rows.values_list(
            "id", "object_id", "manager_id", "manager_known"
        )
        for manager in (managers[object_id],)
        if not isinstance(manager, Unread) and before != [manager, True]
    ]
    bulk.update(MirrorUser, "id", ("manager_id", "manager_known"), moved)


def of_connection(connection_id: int) -> models.QuerySet[MirrorUser]:
    """Return the people of one connection."""
    return MirrorUser.objects.filter(connection_id=connection_id)


def mark_absent(connection_id: int, generation: int) -> int:
    """Mark who was not in the complete walk `generation`; return how many."""
    return (
        of_connection(connection_id)
        .filter(generation__lt=generation, state=MirrorState.PRESENT)
        .update(state=MirrorState.ABSENT, revision=F("revision") + 1)
    )


def mark_removed(connection_id: int, object_ids: Iterable[UUID]) -> int:
    """Mark whom a delta reported as removed: absent until a look-up proves more.

    People whom the mirror does not have, or has as gone, stay as they are.
    """
    return (
        of_connection(connection_id)
        .filter(object_id__in=list(object_ids), state=MirrorState.PRESENT)
        .update(state=MirrorState.ABSENT, revision=F("revision") + 1)
    )


def stamp(connection_id: int, generation: int, people: Iterable[UUID]) -> None:
    """Set the run that has last seen these people."""
    seen = of_connection(connection_id).filter(object_id__in=list(people))
    seen.update(generation=generation)


def touch_all(connection_id: int) -> None:
    """Make everybody due: what a mapping knows of its group has changed."""
    of_connection(connection_id).update(revision=F("revision") + 1)
