"""People whom a delta has reported, until a run has planned them (R149d).

The caller holds the transaction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from common import bulk
from connections.graph.wire import Unread
from imports.models import Reported

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from uuid import UUID

    from common.types import JsonObject
    from imports.mirror import Seen


def keep(connection_id: int, sent: Mapping[UUID, JsonObject]) -> None:
    """Keep what was sent of people; of two words on one person the last counts."""
    rows = ((connection_id, object_id, one) for object_id, one in sent.items())
    columns = ("connection_id", "object_id", "sent")
    bulk.upsert(Reported, columns, rows, key=("connection_id", "object_id"))


def sent(connection_id: int, object_ids: Iterable[UUID]) -> Mapping[UUID, JsonObject]:
    """Return what was sent of those of the people who were reported."""
    rows = Reported.objects.filter(
        connection_id=connection_id, object_id__in=list(object_ids)
    )
    return dict(rows.values_list("object_id", "sent"))


def forget(connection_id: int) -> None:
    """Forget all of it: it is planned."""
    Reported.objects.filter(connection_id=connection_id).delete()


def as_sent(seen: Seen) -> JsonObject:
    """Return what is kept of a person as an inbound entry shows it."""
    if isinstance(seen.manager, Unread):
        return seen.properties
    manager = None if seen.manager is None else str(seen.manager)
    return {**seen.properties, "manager": manager}
