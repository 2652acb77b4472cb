"""What has changed since the last run of the Integrator, into the mirror.

    links ─▶ full walk ─▶ changes          where no cursor suffices
             changes                       else

The links of a full walk are taken first: what moves meanwhile is among the changes.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from connections.graph import deltas
from connections.graph.errors import CursorExpired
from imports import (
    chains,
    cursors,
    delta_groups,
    fetch,
    fetch_groups,
    membership,
    mirror,
    reported,
    reshape,
)
from imports.engine import parts
from imports.words import Stage, Walk
from mappings import catalogue

if TYPE_CHECKING:
    from collections.abc import Iterable

    from connections.graph.deltas import PeopleDelta
    from connections.graph.wire import GraphPerson
    from imports.engine.types import Groups
    from imports.work import Work
    from mappings.rules import RuleSet


def read(work: Work) -> None:
    """Bring the mirror in step with the tenant, by as little reading as will do."""
    _choose(work)
    while not work.has("read"):
        if work.run.walk == Walk.FULL:
            _walk(work)
        try:
            _follow(work)
        except CursorExpired:
            _start_over(work)
            continue
        _finish(work)


def selected(rules: RuleSet) -> list[str]:
    """Return what people are asked for, the manager included if a mapping needs it."""
    managers = [catalogue.MANAGER] if catalogue.needs_manager(rules) else []
    return [*catalogue.needed(rules), *managers]


def _choose(work: Work) -> None:
    """Go by the cursors if they suffice; else say why not, and walk in full."""
    with work.claim.writing():
        if not work.run.generation:
            fetch_groups.count_walk(work)
        if work.run.walk == Walk.DELTA and not work.has("followed"):
            why = parts.why_full(
                cursors.held(work.connection.pk),
                properties=selected(work.rules),
                groups=fetch_groups.named(work.rules),
            )
            if why:
                _walk_in_full(work, why)


def _walk_in_full(work: Work, why: str) -> None:
    work.note(0, people=0, groups=0)
    work.run.walk = Walk.FULL
    work.run.save(update_fields=["walk"])
    _say(work, why)


def _say(work: Work, why: str) -> None:
    work.run.reason = " ".join(filter(None, (work.run.reason, why)))
    work.run.save(update_fields=["reason"])


def _walk(work: Work) -> None:
    """Read everybody, links first; what another attempt has done is not repeated."""
    connection_id = work.connection.pk
    if not work.has("grouped"):
        fetch.tenant(work)
        _cover_people(work)
        fetch_groups.read(work, before=partial(delta_groups.cover, work))
    if not work.has("walked"):
        fetch.people(work)
    if not work.has("taken_over"):
        with work.claim.writing():
            cursors.take_over(connection_id, work.run)
            work.note(work.run.progress_done, taken_over=True)


def _cover_people(work: Work) -> None:
    kind = cursors.fresh(cursors.USERS, work.run)
    if cursors.users(work.connection.pk, kind) is not None:
        return
    link = deltas.latest_users_link(
        work.graph,
        select=catalogue.needed(work.rules),
        managers=catalogue.needs_manager(work.rules),
    )
    with work.claim.writing():
        cursors.add(work.connection.pk, kind, selected(work.rules), link)


def _follow(work: Work) -> None:
    """Apply what has changed since the cursors."""
    if work.has("followed"):
        return
    delta_groups.follow(work)
    _follow_people(work)
    with work.claim.writing():
        work.note(work.run.progress_done, followed=True)


def _follow_people(work: Work) -> None:
    cursor = cursors.users(work.connection.pk)
    if cursor is None:
        return
    with work.claim.writing():
        work.begin(Stage.PEOPLE)
    known = membership.known_groups(work.connection.pk)
    ask = partial(
        deltas.users_delta,
        work.graph,
        select=[name for name in cursor.select if name != catalogue.MANAGER],
        managers=catalogue.MANAGER in cursor.select,
    )
    seen = int(work.run.place.get("people", 0))
    for page in chains.pages(work, cursor, ask):
        with work.claim.writing():
            _write(work, page, known)
            cursors.turn(cursor, page.next_link, page.delta_link)
            if page.people:
                seen += len(page.people)
                work.note(work.run.progress_done + len(page.people), people=seen)


def _write(work: Work, page: PeopleDelta, known: Groups) -> None:
    """Write one page; of two words on one person the last counts."""
    connection_id = work.connection.pk
    last = {person.object_id: person for person in page.people}
    here = fetch.cut_down(work, _asked(work, last.values()), known)
    mirror.store(connection_id, work.run.generation, here)
    gone = {one.object_id: one.removed for one in last.values() if one.removed}
    mirror.mark_removed(connection_id, gone)
    reported.keep(
        connection_id,
        {
            **{one.object_id: reported.as_sent(one) for one in here},
            **{one: {"removed": why.value} for one, why in gone.items()},
        },
    )


def _asked(work: Work, people: Iterable[GraphPerson]) -> list[GraphPerson]:
    """Return who is there, with what the rules of now need and no more."""
    needed = catalogue.needed(work.rules)
    return [
        replace(one, properties={name: one.properties[name] for name in needed})
        for one in people
        if one.removed is None
    ]


def _start_over(work: Work) -> None:
    """Drop cursors that are too old, and read everybody, unless that is just done."""
    with work.claim.writing():
        cursors.forget(work.connection.pk)
        if work.run.walk == Walk.FULL:
            _say(work, parts.EXPIRED_AGAIN)
            work.note(work.run.progress_done, followed=True)
        else:
            _walk_in_full(work, parts.EXPIRED)


def _finish(work: Work) -> None:
    """Read on of people of whom too little is known, unless they are too many."""
    is_settled = work.run.walk == Walk.FULL and not work.has("moved")
    enough = is_settled or reshape.reshape(work)
    with work.claim.writing():
        if enough:
            work.note(work.run.progress_done, read=True)
        else:
            _walk_in_full(work, parts.MANY)
            work.note(work.run.progress_done, followed=False)
