"""Which people are settled, and for which revisions.

A person is planned when the revision of the mirror, the rules or the record differs
from the one that the last settled decision was made on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from common import bulk
from imports.models import MirrorUser

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from uuid import UUID

    from mappings.words import Kind

NO_RECORD = 0
"""The record revision of somebody who has no record."""


class Settled(NamedTuple):
    """One person's counters, for one kind of record."""

    mirror_pk: int
    mirror_revision: int
    rules_version: int
    record_revision: int


def columns(kind: Kind) -> tuple[str, str, str]:
    """Return the mirror's columns for one kind: mirror, rules, record."""
    start = f"settled_{kind.value}_"
    return f"{start}mirror", f"{start}rules", f"{start}record"


def keep(kind: Kind, rows: Iterable[Settled]) -> None:
    """Store that these people are settled; the caller holds the transaction."""
    bulk.update(MirrorUser, "id", columns(kind), rows)


def follow(kind: Kind, connection_id: int, moved: Mapping[UUID, int]) -> None:
    """Keep people settled whose record the import itself took one revision further.

    `moved` is the revision before; whoever was not settled on it stays due.
    """
    column = columns(kind)[2]
    people = MirrorUser.objects.filter(
        connection=connection_id, object_id__in=list(moved)
    ).values_list("id", "object_id", column)
    bulk.update(
        MirrorUser,
        "id",
        (column,),
        [
            (pk, moved[object_id] + 1)
            for pk, object_id, settled in people
            if settled == moved[object_id]
        ],
    )


def forget(connection_id: int, kind: Kind, object_ids: Collection[UUID]) -> None:
    """Let the next run decide anew about these people; within a transaction."""
    MirrorUser.objects.filter(
        connection=connection_id, object_id__in=object_ids
    ).update(**dict.fromkeys(columns(kind)))
