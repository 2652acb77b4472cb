"""People who are due get the properties that the mirror keeps of people like them.

A delta of groups may bring somebody of whom only what decides is known, because no
mapping selected them so far, and a change of the rules may let somebody go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from connections.graph import several
from imports import cursors, doubts, due, fetch, membership, mirror
from imports.engine.select import concerns
from imports.words import MirrorState, Walk
from mappings import catalogue

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from imports.engine.types import Groups
    from imports.load import Person
    from imports.work import Work

FEW = 2000
"""People who are looked up one by one; for more it is cheaper to read everybody."""


def reshape(work: Work) -> bool:
    """Cut down or look up whoever is due; False: too many, everybody is to be read.

    Mostly that is nobody: to count them takes less than to look for the first ones.
    """
    if not due.counts(work.scope).due:
        return True
    known = membership.known_groups(work.connection.pk)
    skipped = cursors.skipped(work.connection.pk)
    after, looked_up = 0, 0
    while page := due.page(work.scope, after=after):
        after = page[-1].pk
        found = _sorted(work, page, known, skipped)
        looked_up += len(found.lacking)
        if looked_up > FEW and work.run.walk == Walk.DELTA:
            return False
        people = several.people(
            work.graph,
            found.lacking,
            select=catalogue.needed(work.rules),
            managers=fetch.reads_managers(work),
        )
        whole = fetch.cut_down(work, list(people), known)
        with work.claim.writing():
            mirror.store(work.connection.pk, work.run.generation, [*found.cut, *whole])
        if skipped:
            asked = doubts.recorded(work, page)
            doubtful = doubts.out_of_step(work, asked, known)
            with work.claim.writing():
                mirror.stamp(work.connection.pk, skipped, doubtful)
    return True


class _Sorted(NamedTuple):
    cut: list[mirror.Seen]
    """People of whom more is kept than should be."""
    lacking: list[UUID]
    """People of whom too little is known."""


def _sorted(work: Work, page: Sequence[Person], known: Groups, skipped: int) -> _Sorted:
    """Sort people by what is to be done; who may have changed unread is read again."""
    recorded = doubts.recorded(work, page) if skipped else ()
    ids = [person.object_id for person in page]
    direct = membership.direct_groups(work.connection.pk, ids) if known.inside else {}
    needed = catalogue.needed(work.rules)
    deciding = catalogue.deciding(work.rules)
    found = _Sorted([], [])
    for person in page:
        if person.state != MirrorState.PRESENT:
            continue
        remote = person.remote(direct.get(person.object_id, frozenset()))
        names = needed if concerns(remote, rules=work.rules, groups=known) else deciding
        is_read = person.generation > skipped
        is_doubtful = not is_read and person.object_id in recorded
        if is_doubtful or not set(names) <= set(person.properties):
            found.lacking.append(person.object_id)
        elif is_read and len(names) < len(person.properties):
            kept = {name: person.properties[name] for name in names}
            found.cut.append(mirror.Seen(person.object_id, kept))
    return found
