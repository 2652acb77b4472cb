"""Groups and their direct members in the mirror; nesting is closed here.

Members of a group are read into MemberRead page by page and compared as sets in the
database once the group is complete, so that half a group never counts.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from django.db import connection as database
from django.db import models
from django.db.models import Exists, F, OuterRef

from common import bulk
from common.lookups import any_of
from connections.graph.wire import MemberKind
from imports.engine.types import Groups
from imports.mirror import of_connection
from imports.models import MemberRead, MirrorGroup, MirrorMembership
from imports.words import GroupState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from uuid import UUID

    from connections.graph.wire import Member


def keep_page(connection_id: int, group_id: UUID, members: Iterable[Member]) -> None:
    """Keep one page of a group that is being read; duplicates change nothing."""
    rows = (
        (connection_id, group_id, member.object_id, member.kind is MemberKind.GROUP)
        for member in members
        if member.kind is not MemberKind.OTHER
    )
    columns = ("connection_id", "group_id", "member_id", "is_group")
    bulk.insert(MemberRead, columns, rows, ignore=True)


def forget_pages(connection_id: int, group_id: UUID | None = None) -> None:
    """Drop what was read of a group (None: of all) and not yet compared."""
    read = MemberRead.objects.filter(connection_id=connection_id)
    if group_id is not None:
        read = read.filter(group_id=group_id)
    read.delete()


def complete(connection_id: int, group_id: UUID) -> int:
    """Make the mirror's members of a group those that were read; return how many.

    Whoever came or went, directly or inside a nested group, gets a new revision.
    """
    scope = {"connection_id": connection_id, "group_id": group_id}
    same = {name: OuterRef(name) for name in ("connection_id", "group_id", "member_id")}
    mirrored = MirrorMembership.objects.filter(**scope)
    read = MemberRead.objects.filter(**scope)
    gone = mirrored.exclude(Exists(MemberRead.objects.filter(**same)))
    come = read.exclude(Exists(MirrorMembership.objects.filter(**same)))
    nested = {
        *gone.filter(is_group=True).values_list("member_id", flat=True),
        *come.filter(is_group=True).values_list("member_id", flat=True),
    }
    for moved in (gone, come):
        _touch(connection_id, moved.filter(is_group=False))
    _touch_inside(connection_id, nested)
    gone.delete()
    _insert(come)
    count = read.count()
    read.delete()
    return count


def read_count(connection_id: int, group_id: UUID) -> int:
    """Return how many members of a group were read and not yet compared."""
    scope = {"connection_id": connection_id, "group_id": group_id}
    return MemberRead.objects.filter(**scope).count()


def nested(connection_id: int, group_ids: Iterable[UUID]) -> set[UUID]:
    """Return the groups that lie directly in any of the groups."""
    rows = MirrorMembership.objects.filter(
        connection_id=connection_id, group_id__in=list(group_ids), is_group=True
    )
    return set(rows.values_list("member_id", flat=True))


def people_inside(connection_id: int, group_id: UUID) -> set[UUID]:
    """Return everybody whom the mirror has in a group, however deep."""
    inside = _closed(group_id, _children(connection_id))
    rows = MirrorMembership.objects.filter(
        connection_id=connection_id, group_id__in=inside, is_group=False
    )
    return set(rows.values_list("member_id", flat=True))


def drop_unneeded(connection_id: int, generation: int) -> None:
    """Forget the groups that the walk `generation` no longer needed."""
    unneeded = MirrorGroup.objects.filter(
        connection_id=connection_id, generation__lt=generation
    )
    MirrorMembership.objects.filter(
        connection_id=connection_id, group_id__in=unneeded.values("group_id")
    ).delete()
    unneeded.delete()


def change(
    connection_id: int,
    group_id: UUID,
    *,
    joined: Iterable[Member],
    left: Iterable[UUID],
) -> int:
    """Let members join and leave a group; return how many it has then.

    What is so already changes nothing. Whoever comes or goes, directly or inside a
    nested group, gets a new revision.
    """
    come = {one.object_id: one for one in joined if one.kind is not MemberKind.OTHER}
    mirrored = MirrorMembership.objects.filter(
        connection_id=connection_id, group_id=group_id
    )
    here = set(
        mirrored.filter(member_id__in=list(come)).values_list("member_id", flat=True)
    )
    new = [member for object_id, member in come.items() if object_id not in here]
    gone = mirrored.filter(member_id__in=list(left))
    gone_groups = gone.filter(is_group=True).values_list("member_id", flat=True)
    nested_groups = {one.object_id for one in new if one.kind is MemberKind.GROUP}
    _touch(connection_id, gone.filter(is_group=False))
    of_connection(connection_id).filter(
        object_id__in=[one.object_id for one in new]
    ).update(revision=F("revision") + 1)
    _touch_inside(connection_id, nested_groups | set(gone_groups))
    gone.delete()
    rows = (
        (connection_id, group_id, one.object_id, one.kind is MemberKind.GROUP)
        for one in new
    )
    columns = ("connection_id", "group_id", "member_id", "is_group")
    bulk.insert(MirrorMembership, columns, rows)
    return mirrored.count()


def known(connection_id: int) -> set[UUID]:
    """Return the groups that were read, or found to be out of reach."""
    rows = MirrorGroup.objects.filter(connection_id=connection_id)
    return set(rows.exclude(state=GroupState.UNREAD).values_list("group_id", flat=True))


def closed(connection_id: int, named: Mapping[UUID, bool]) -> set[UUID]:
    """Return the groups named, and those nested in the ones where that counts."""
    children = _children(connection_id)
    return {
        inner
        for group_id, is_nested in named.items()
        for inner in (_closed(group_id, children) if is_nested else (group_id,))
    }


def drop_outside(connection_id: int, needed: Iterable[UUID]) -> None:
    """Forget every group but these."""
    groups = MirrorGroup.objects.filter(connection_id=connection_id)
    unneeded = set(groups.values_list("group_id", flat=True)) - set(needed)
    for rows in (MirrorMembership.objects, MirrorGroup.objects):
        rows.filter(connection_id=connection_id, group_id__in=unneeded).delete()


def direct_groups(
    connection_id: int, object_ids: Sequence[UUID]
) -> Mapping[UUID, frozenset[UUID]]:
    """Return, for those of the people who are in any, the groups that hold them."""
    found: dict[UUID, set[UUID]] = defaultdict(set)
    rows = MirrorMembership.objects.filter(
        any_of("member_id", object_ids), connection_id=connection_id, is_group=False
    ).values_list("member_id", "group_id")
    for member_id, group_id in rows:
        found[member_id].add(group_id)
    return {member_id: frozenset(groups) for member_id, groups in found.items()}


def known_groups(connection_id: int) -> Groups:
    """Return what the mirror knows of its groups, nesting closed."""
    rows = list(
        MirrorGroup.objects.filter(connection_id=connection_id).values_list(
            "group_id", "state", "error", "name"
        )
    )
    errors = {
        group_id: error or state
        for group_id, state, error, _ in rows
        if state != GroupState.COMPLETE
    }
    # What an unread group held once proves nothing about the groups around it.
    parents = {
        child: around - set(errors) for child, around in _parents(connection_id).items()
    }
    every = {*parents, *(group_id for group_id, *_ in rows)}
    inside = {group_id: _closed(group_id, parents) for group_id in every}
    uncertain = {around for group_id in errors for around in inside[group_id]}
    return Groups(
        inside,
        errors,
        frozenset(uncertain - set(errors)),
        names={group_id: name for group_id, *_, name in rows},
    )


def _parents(connection_id: int) -> Mapping[UUID, set[UUID]]:
    parents: dict[UUID, set[UUID]] = defaultdict(set)
    rows = MirrorMembership.objects.filter(
        connection_id=connection_id, is_group=True
    ).values_list("member_id", "group_id")
    for child, parent in rows:
        parents[child].add(parent)
    return parents


def _children(connection_id: int) -> Mapping[UUID, set[UUID]]:
    children: dict[UUID, set[UUID]] = defaultdict(set)
    for child, parents in _parents(connection_id).items():
        for parent in parents:
            children[parent].add(child)
    return children


def _closed(start: UUID, edges: Mapping[UUID, set[UUID]]) -> frozenset[UUID]:
    """Return `start` and all that can be reached from it; loops are harmless."""
    reached, waiting = {start}, [start]
    while waiting:
        for following in edges.get(waiting.pop(), ()):
            if following not in reached:
                reached.add(following)
                waiting.append(following)
    return frozenset(reached)


def _touch(connection_id: int, edges: models.QuerySet[models.Model]) -> None:
    of_connection(connection_id).filter(object_id__in=edges.values("member_id")).update(
        revision=F("revision") + 1
    )


def _touch_inside(connection_id: int, groups: Iterable[UUID]) -> None:
    """Give everybody inside the groups, however deep, a new revision."""
    children = _children(connection_id)
    affected = {inner for group_id in groups for inner in _closed(group_id, children)}
    if affected:
        _touch(
            connection_id,
            MirrorMembership.objects.filter(
                connection_id=connection_id, group_id__in=affected, is_group=False
            ),
        )


def _insert(come: models.QuerySet[MemberRead]) -> None:
    """Copy the rows inside the database."""
    columns = ["connection_id", "group_id", "member_id", "is_group"]
    select, parameters = come.values_list(*columns).query.sql_with_params()
    table = database.ops.quote_name(MirrorMembership._meta.db_table)
    names = ", ".join(database.ops.quote_name(column) for column in columns)
    with database.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({names}) {select}", parameters)
