"""What has changed in groups, into the mirror: names, members, the groups themselves.

A group that is new to the mirror gets its link first and is read in full then, so that
nothing between the two is missed.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils import timezone

from connections.graph import deltas
from connections.graph.errors import LacksPermission
from connections.graph.wire import GroupKind
from imports import chains, cursors, fetch_groups, membership
from imports.engine import parts
from imports.models import MirrorGroup
from imports.words import GroupState, Stage, Walk

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from connections.graph.deltas import GroupChange
    from connections.graph.wire import GraphGroup
    from imports.models import Cursor
    from imports.work import Work


def follow(work: Work) -> None:
    """Bring the groups that mappings need in step, and the parts in shape."""
    connection_id = work.connection.pk
    named = fetch_groups.named(work.rules)
    held = cursors.groups(connection_id)
    with work.claim.writing():
        work.begin(Stage.GROUPS)
    _catch_up(work, held)
    _try_again(work)
    needed = _read_new(work, named)
    with work.claim.writing():
        membership.drop_outside(connection_id, needed)
    held = cursors.groups(connection_id)
    if not parts.is_packed([_ids(cursor) for cursor in held], needed):
        _repack(work, held, needed)
        _read_new(work, named)


def cover(work: Work, group_ids: Collection[UUID]) -> None:
    """Take a link for those of the groups that no cursor follows yet.

    Where groups may not be read at all there is none: reading them will say so.
    """
    is_apart = work.run.walk == Walk.FULL and not work.has("taken_over")
    kind = cursors.fresh(cursors.GROUPS, work.run) if is_apart else cursors.GROUPS
    rest = set(group_ids) - cursors.followed(work.connection.pk, kind)
    for ids in parts.pack(rest):
        try:
            link = deltas.latest_groups_link(work.graph, ids)
        except LacksPermission:
            return
        with work.claim.writing():
            cursors.add(work.connection.pk, kind, ids, link)


def _catch_up(work: Work, held: Iterable[Cursor]) -> None:
    for cursor in held:
        try:
            _follow_part(work, cursor)
        except LacksPermission as exc:
            with work.claim.writing():
                for group_id in _ids(cursor):
                    fetch_groups.in_error(work, group_id, exc)
                cursor.delete()


def _follow_part(work: Work, cursor: Cursor) -> None:
    ask = partial(deltas.groups_delta, work.graph, _ids(cursor))
    for page in chains.pages(work, cursor, ask):
        with work.claim.writing():
            for change in page.groups:
                _write(work, change)
            cursors.turn(cursor, page.next_link, page.delta_link)
            if page.groups:
                done = work.run.progress_done + len(page.groups)
                work.note(done, groups=done, moved=True)


def _ids(cursor: Cursor) -> list[UUID]:
    return [UUID(one) for one in cursor.select]


def _write(work: Work, change: GroupChange) -> None:
    """Write one change; a group that has yet to be read in full is passed over."""
    group_id, group = change.group_id, change.group
    row = MirrorGroup.objects.filter(
        connection=work.connection, group_id=group_id
    ).first()
    if row is None or row.state == GroupState.UNREAD:
        return
    if group is None:
        fetch_groups.keep(
            work, group_id, state=GroupState.GONE, error=fetch_groups.NO_LONGER
        )
    elif row.state == GroupState.GONE or _is_another(row, group):
        fetch_groups.keep(work, group_id, state=GroupState.UNREAD)
    elif row.state == GroupState.COMPLETE:
        count = membership.change(
            work.connection.pk, group_id, joined=change.joined, left=change.left
        )
        fetch_groups.keep(
            work,
            group_id,
            state=GroupState.COMPLETE,
            name=group.name[:256],
            properties=fetch_groups.properties(group),
            member_count=count,
            read_at=timezone.now(),
        )


def _is_another(row: MirrorGroup, group: GraphGroup) -> bool:
    """Return whether what may be read of the group has changed with it."""
    now = fetch_groups.properties(group)
    names = ("kind", "visibility")
    return any(row.properties.get(name) != now[name] for name in names)


def _try_again(work: Work) -> None:
    """Read once more what could not be read: no delta says that it can be by now.

    A full walk has just tried. A distribution list stays one until a delta says so.
    """
    rows = MirrorGroup.objects.filter(
        connection=work.connection, state=GroupState.UNREADABLE
    )
    ids = sorted(
        group_id
        for group_id, known in rows.values_list("group_id", "properties")
        if known.get("kind") != GroupKind.DISTRIBUTION
    )
    if not ids or work.run.walk == Walk.FULL:
        return
    cover(work, ids)
    states = fetch_groups.read_some(work, ids)
    if GroupState.COMPLETE in states.values():
        with work.claim.writing():
            work.note(work.run.progress_done, moved=True)


def _read_new(work: Work, named: Mapping[UUID, bool]) -> set[UUID]:
    """Read the groups that are needed and not known; return all that are needed."""
    connection_id = work.connection.pk
    while True:
        needed = membership.closed(connection_id, named)
        unread = needed - membership.known(connection_id)
        if not unread:
            return needed
        cover(work, unread)
        fetch_groups.read_some(work, sorted(unread))
        with work.claim.writing():
            work.note(work.run.progress_done, moved=True)


def _repack(work: Work, held: Collection[Cursor], needed: Iterable[UUID]) -> None:
    """Cut the parts anew: first their links, then what the old ones still have."""
    try:
        fresh = [
            (ids, deltas.latest_groups_link(work.graph, ids))
            for ids in parts.pack(needed)
        ]
    except LacksPermission:
        return
    _catch_up(work, held)
    with work.claim.writing():
        cursors.repack(work.connection.pk, held, fresh)
