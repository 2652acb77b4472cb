"""People of whom changes may have been skipped: read again before they lose anything.

*Reset Deltas: latest* skips what was before it, so that "in no group" may be wrong for
whoever joined one then. Of those who have a record and are due, each is read again and
asked for by group; whoever is not where the mirror has them stays as they are until
the next full walk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from connections.graph import groups as graph_groups
from imports import membership, records
from imports.words import MirrorState
from mappings.words import Kind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from imports.engine.types import Groups
    from imports.load import Person
    from imports.work import Work


def recorded(work: Work, people: Sequence[Person]) -> set[UUID]:
    """Return those of the people whom a record carries, and who may lose by it."""
    ids = [one.object_id for one in people if one.state == MirrorState.PRESENT]
    return {
        object_id
        for kind in Kind
        for object_id in records.linked(work.connection, kind, ids)
    }


def out_of_step(work: Work, people: Collection[UUID], known: Groups) -> set[UUID]:
    """Return who is in other groups than the mirror has them in, or cannot be asked."""
    ids = sorted(people)
    readable = sorted(set(known.inside) - set(known.errors))
    mirrored = membership.direct_groups(work.connection.pk, ids)
    found: dict[UUID, set[UUID]] = {one: set() for one in ids}
    doubtful: set[UUID] = set()
    for group_ids in _slices(readable):
        answers = graph_groups.check_member_groups(work.graph, ids, group_ids)
        for person, answer in answers.items():
            if isinstance(answer, frozenset):
                found[person] |= answer
            else:
                doubtful.add(person)
    for person in ids:
        direct = mirrored.get(person, frozenset()) - set(known.errors)
        closed = frozenset[UUID]().union(*(known.inside[one] for one in direct))
        if found[person] != closed & set(readable):
            doubtful.add(person)
    return doubtful


def _slices(group_ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    size = graph_groups.MOST_CHECKED
    return (group_ids[at : at + size] for at in range(0, len(group_ids), size))
