"""Groups and their direct members into the mirror, before anybody else is read.

A group that is gone or unreadable is marked so; its members stay as they were and
count as unknown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Max
from django.utils import timezone

from connections.graph import groups as graph_groups
from connections.graph.errors import (
    CursorExpired,
    GraphError,
    LacksPermission,
    NoSuchObject,
)
from connections.graph.wire import GraphGroup, GroupKind
from imports import emptied, membership, mirror
from imports.models import MirrorGroup, Run
from imports.words import GroupState, Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from common.types import JsonObject
    from imports.work import Work
    from mappings.rules import RuleSet

HIDDEN = "hiddenmembership"
NO_LONGER = "The group is no longer in the tenant."


def read(work: Work, before: Callable[[Collection[UUID]], None] | None = None) -> None:
    """Read the groups that mappings name, and those nested in them where it counts.

    `before` is told of groups that are about to be read.
    """
    wanted = named(work.rules)
    connection_id = work.connection.pk
    with work.claim.writing():
        work.begin(Stage.GROUPS, len(wanted))
        membership.forget_pages(connection_id)
        count_walk(work)
    found: dict[UUID, GroupState] = {}
    deep = {group_id for group_id, is_nested in wanted.items() if is_nested}
    unread, opened = set(wanted), set[UUID]()
    while unread or deep - opened:
        if before is not None:
            before(unread)
        found |= read_some(work, list(unread))
        inner = membership.nested(connection_id, deep - opened)
        opened |= deep
        deep |= inner
        unread = inner - set(found)
    with work.claim.writing():
        membership.drop_unneeded(connection_id, work.run.generation)
        # Also without groups: the mark says that they were read.
        work.note(len(found), groups=len(found), grouped=True)


def named(rules: RuleSet) -> dict[UUID, bool]:
    """Return the groups that the rules name, and whether nesting counts in each."""
    wanted: dict[UUID, bool] = {}
    filters = [
        *(rule.filter for rule in rules.site_rules),
        *(rule.filter for rule in rules.agent_rules),
    ]
    every = [(part.group, part.nested) for part in filters]
    every += [(r.group, r.nested) for r in (*rules.role_rules, *rules.board_rules)]
    for group, nested in every:
        if group is not None and group.id is not None:
            wanted[group.id] = wanted.get(group.id, False) or nested
    return wanted


def read_some(work: Work, ids: Sequence[UUID]) -> dict[UUID, GroupState]:
    """Read the groups and their direct members; return how each one stands."""
    states: dict[UUID, GroupState] = {}
    known: dict[UUID, GraphGroup] = {}
    for group_id, answer in graph_groups.groups(work.graph, ids).items():
        if isinstance(answer, GraphGroup):
            known[group_id] = answer
        else:
            states[group_id] = in_error(work, group_id, answer)
    found = _read_members(work, known)
    # A page link that has expired: those groups are read again from their beginning.
    again = {group_id: known[group_id] for group_id in set(known) - set(found)}
    found |= _read_members(work, again, is_last=True)
    return states | found


def _read_members(
    work: Work, known: Mapping[UUID, GraphGroup], *, is_last: bool = False
) -> dict[UUID, GroupState]:
    """Read the direct members of groups; return how each one stands.

    A group whose page link expired is missing in the answer, or ends the run if this
    was the last try.
    """
    states: dict[UUID, GroupState] = {}
    for page in graph_groups.members(work.graph, list(known)):
        with work.claim.writing():
            if isinstance(page.error, CursorExpired) and not is_last:
                membership.forget_pages(work.connection.pk, page.group_id)
            elif page.error is not None:
                states[page.group_id] = in_error(work, page.group_id, page.error)
            else:
                membership.keep_page(work.connection.pk, page.group_id, page.members)
        if page.complete:
            states[page.group_id] = _complete(work, known[page.group_id])
    return states


def in_error(work: Work, group_id: UUID, error: GraphError) -> GroupState:
    """Mark a group whose members cannot be known; other trouble ends the run."""
    if isinstance(error, NoSuchObject):
        state, text = GroupState.GONE, NO_LONGER
    elif isinstance(error, LacksPermission):
        state, text = GroupState.UNREADABLE, str(error)
    else:
        raise error
    membership.forget_pages(work.connection.pk, group_id)
    keep(work, group_id, state=state, error=text)
    return state


def _complete(work: Work, group: GraphGroup) -> GroupState:
    """Compare what was read of a group with the mirror, unless nothing may count."""
    connection_id, group_id = work.connection.pk, group.object_id
    error = _objection(work, group)
    with work.claim.writing():
        if error:
            membership.forget_pages(connection_id, group_id)
            keep(
                work,
                group_id,
                state=GroupState.UNREADABLE,
                error=error,
                properties=properties(group),
            )
            return GroupState.UNREADABLE
        count = membership.complete(connection_id, group_id)
        keep(
            work,
            group_id,
            state=GroupState.COMPLETE,
            name=group.name[:256],
            properties=properties(group),
            member_count=count,
            read_at=timezone.now(),
        )
    return GroupState.COMPLETE


def _objection(work: Work, group: GraphGroup) -> str:
    """Return why what was read of a group may not count; empty: it may.

    Without Member.Read.Hidden a hidden membership reads as empty
    (https://learn.microsoft.com/en-us/graph/api/group-list-members).
    """
    if group.kind is GroupKind.DISTRIBUTION:
        return "A distribution list cannot select people: use a security group."
    connection_id, group_id = work.connection.pk, group.object_id
    if membership.read_count(connection_id, group_id):
        return ""
    if group.visibility.lower() == HIDDEN:
        return (
            "Its membership is hidden: grant Member.Read.Hidden, then authorise "
            "again, or use another group."
        )
    is_so = emptied.is_confirmed(work.graph, connection_id, group_id)
    return "" if is_so else emptied.DOUBTFUL


def properties(group: GraphGroup) -> JsonObject:
    """Return what the mirror keeps of a group beside its name and its members."""
    return {
        "kind": group.kind.value,
        "dynamic": group.dynamic,
        "membership_rule": group.membership_rule,
        "visibility": group.visibility,
        "synced": group.synced,
        "role_assignable": group.role_assignable,
    }


def keep(
    work: Work,
    group_id: UUID,
    *,
    state: GroupState,
    error: str = "",
    **columns: object,
) -> None:
    """Write how a group stands; call inside `claim.writing`.

    Where its members become known, or stop being known, everybody is due: answers
    change without anybody's own row changing. Once a run will do, before it plans.
    """
    before = MirrorGroup.objects.filter(connection=work.connection, group_id=group_id)
    was = before.values_list("state", flat=True).first() or GroupState.COMPLETE
    is_news = (was == GroupState.COMPLETE) != (state == GroupState.COMPLETE)
    if is_news and not work.has("touched"):
        mirror.touch_all(work.connection.pk)
        work.note(work.run.progress_done, touched=True)
    MirrorGroup.objects.update_or_create(
        connection=work.connection,
        group_id=group_id,
        defaults={
            "state": state,
            "error": error,
            "generation": work.run.generation,
            **columns,
        },
    )


def count_walk(work: Work) -> None:
    """Give the walk a number of its own, above all former ones."""
    work.run.generation = latest_walk(work.connection.pk) + 1
    work.run.save(update_fields=["generation"])


def latest_walk(connection_id: int) -> int:
    """Return the number of the last walk of a connection; 0: there was none."""
    runs = Run.objects.filter(connection=connection_id)
    return int(runs.aggregate(latest=Max("generation"))["latest"] or 0)
