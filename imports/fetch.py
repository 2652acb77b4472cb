"""Graph into the mirror, page by page.

A page and the place it leads to are written in one transaction: a killed run goes on
from its last page. Groups come first, so that each person can be judged as they
arrive: whom no mapping selects keeps only what selection needs.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone

from common import bulk, keys
from common.errors import NotFound
from connections.graph import reading
from connections.graph.errors import (
    CursorExpired,
    NoSuchObject,
    Rejected,
)
from imports import cursors, membership, mirror
from imports.engine.select import concerns
from imports.engine.types import Groups, Remote
from imports.models import MirrorUser
from imports.words import Stage
from mappings import catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from connections.graph.wire import GraphPerson
    from imports.work import Work


def tenant(work: Work) -> None:
    """Check that the token is of this tenant and learn its verified domains.

    Raises Rejected if another tenant answers.
    """
    found = reading.organisation(work.graph)
    connection = work.connection
    if found.tenant_id != connection.tenant_id:
        raise Rejected(
            f"The application answers for tenant {found.tenant_id}, but this "
            f"connection is for {connection.tenant_id}. Correct the Tenant ID."
        )
    with work.claim.writing():
        connection.display_name = found.name[:256]
        connection.verified_domains = list(found.verified_domains)
        connection.first_fetched_at = connection.first_fetched_at or timezone.now()
        connection.save(
            update_fields=["display_name", "verified_domains", "first_fetched_at"]
        )


def people(work: Work) -> None:
    """Read everybody into the mirror, or the one person whom the run is about.

    Whoever was not in a complete walk is absent afterwards. An expired page link
    starts the walk again.
    """
    if work.run.only:
        _one_person(work)
        return
    with work.claim.writing():
        work.begin(Stage.PEOPLE)
    try:
        _walk(work)
    except CursorExpired:
        with work.claim.writing():
            work.note(0, people=0, link="")
        _walk(work)
    with work.claim.writing():
        mirror.mark_absent(work.connection.pk, work.run.generation)
        if cursors.catch_up(work.connection.pk):
            # Whoever was settled while too little was known is decided anew.
            mirror.touch_all(work.connection.pk)
        work.note(work.run.progress_done, link="", walked=True)


def _walk(work: Work) -> None:
    known = membership.known_groups(work.connection.pk)
    done = int(work.run.place.get("people", 0))
    pages = reading.people(
        work.graph,
        select=catalogue.needed(work.rules),
        managers=reads_managers(work),
        link=str(work.run.place.get("link", "")),
    )
    growth = bulk.Growth(MirrorUser, "id", "connection_id", "object_id")
    for page in pages:
        kept = cut_down(work, page.people, known)
        with work.claim.writing():
            done += len(page.people)
            mirror.store(work.connection.pk, work.run.generation, kept)
            work.note(done, people=done, link=page.next_link)
        growth.step()


def _one_person(work: Work) -> None:
    """Read one person, by object id, UPN or address; raises NotFound."""
    who = _known_as(work)
    try:
        found = reading.person(
            work.graph,
            who,
            select=catalogue.needed(work.rules),
            managers=reads_managers(work),
        )
    except NoSuchObject as exc:
        raise NotFound(
            f"Nobody in the tenant has the object id or sign-in name {who}."
        ) from exc
    known = membership.known_groups(work.connection.pk)
    kept = cut_down(work, [found], known)
    with work.claim.writing():
        work.begin(Stage.PEOPLE, 1)
        mirror.store(work.connection.pk, work.run.generation, kept)
        work.note(1, people=1, walked=True, only=str(found.object_id))


def _known_as(work: Work) -> str:
    """Return the object id of somebody whom the mirror knows, else what was given."""
    key = keys.key(work.run.only)
    known = (
        mirror.of_connection(work.connection.pk)
        .filter(Q(upn_key=key) | Q(mail_key=key))
        .values_list("object_id", flat=True)
        .first()
    )
    return str(known or work.run.only)


def reads_managers(work: Work) -> bool:
    """Return whether people come with their managers; a preview leaves them (R083)."""
    return catalogue.needs_manager(work.rules) and not work.is_preview


def managers(work: Work) -> None:
    """Read who reports to whom, for an import of a preview that left it unread."""
    done = 0
    for people in _with_managers(work):
        with work.claim.writing():
            mirror.store_managers(
                work.connection.pk, {one.object_id: one.manager for one in people}
            )
            done += len(people)
            work.progress.advance(done)


def _with_managers(work: Work) -> Iterator[Sequence[GraphPerson]]:
    """Yield everybody's manager page by page, or that of whom the run is about."""
    if work.only is None:
        for page in reading.people(work.graph, select=(), managers=True, link=""):
            yield page.people
        return
    with suppress(NoSuchObject):
        yield [reading.person(work.graph, work.only, select=(), managers=True)]


def cut_down(
    work: Work, people: Sequence[GraphPerson], known: Groups
) -> list[mirror.Seen]:
    """Return the people as the mirror keeps them: whole only if a mapping might."""
    ids = [person.object_id for person in people]
    direct = membership.direct_groups(work.connection.pk, ids) if known.inside else {}
    deciding = catalogue.deciding(work.rules)
    return [
        mirror.Seen(
            person.object_id,
            person.properties
            if concerns(
                Remote(
                    person.object_id,
                    person.properties,
                    direct.get(person.object_id, frozenset()),
                ),
                rules=work.rules,
                groups=known,
            )
            else {name: person.properties.get(name) for name in deciding},
            person.manager,
        )
        for person in people
    ]
