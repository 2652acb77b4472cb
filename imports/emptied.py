"""A group that had members and now reads as empty: is that so?

Everybody who was in it, directly or inside a group nested in it, is asked for: an
empty group holds nobody, so that one person still in it contradicts the reading.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from connections.graph import groups as graph_groups
from connections.graph import lookups
from connections.graph.errors import NoSuchObject
from imports import membership, mirror
from imports.words import MirrorState

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from connections.graph.client import GraphClient

CHUNK = 200
DOUBTFUL = (
    "It reads as empty, but Microsoft Graph does not confirm for each of its former "
    "members that they have left. Until it does, nobody loses anything by it."
)


def is_confirmed(client: GraphClient, connection_id: int, group_id: UUID) -> bool:
    """Return whether everybody whom the mirror has in the group is out of it."""
    former = iter(sorted(membership.people_inside(connection_id, group_id)))
    while people := list(islice(former, CHUNK)):
        answers = graph_groups.check_member_groups(client, people, [group_id])
        unknown = {
            object_id
            for object_id, answer in answers.items()
            if isinstance(answer, NoSuchObject)
        }
        others = [answers[object_id] for object_id in set(answers) - unknown]
        if any(answer != frozenset() for answer in others):
            return False
        if unknown and not _are_gone(client, connection_id, unknown):
            return False
    return True


def _are_gone(
    client: GraphClient, connection_id: int, people: Collection[UUID]
) -> bool:
    """Return whether none of these is active, told beside somebody who is."""
    control = (
        mirror.of_connection(connection_id)
        .filter(state=MirrorState.PRESENT)
        .exclude(object_id__in=people)
        .order_by("-generation")
        .values_list("object_id", flat=True)
        .first()
    )
    if control is None:
        return False
    found = lookups.deleted_people(
        client, sorted(people), control=control, select=(), managers=False
    )
    return all(one.whereabouts in lookups.NOT_ACTIVE for one in found)
