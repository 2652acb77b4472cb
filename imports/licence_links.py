"""People linked to the licences they hold in Entra (R155), page by page.

A step of imports of users, once everybody has their record: the mirror is compared
with the links that are here, as sets. A full run looks at everybody, a delta at whom
Microsoft reported and who was written; whether a licence came directly or through a
group is not reported by a delta, so the next full run puts that right.

Links are what Entra says, not a decision: an undo leaves them, but for those of
records that it takes away, and the next import would make them again.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

import orjson
from django.db import models
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Cast

from common import bulk
from common.lookups import any_of
from connections.graph import groups as graph_groups
from connections.graph.wire import GraphGroup
from directory.models import EndUser, Licence, SoftwareAssignment
from imports import mirror
from imports.engine import licence_links as engine
from imports.engine.licence_links import Link, Links
from imports.models import MirrorGroup, MirrorSku, RunItem
from imports.words import MirrorState, Stage, Thing, Walk
from mappings.words import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from imports.engine.licence_links import Held
    from imports.work import Work

PAGE = 1000
GONE = {MirrorState.DELETED, MirrorState.GONE}
COLUMNS = (
    *("user_id", "software_id", "licence_id", "assigned_by_id", "is_direct"),
    "inherited_from",
)


class Person(NamedTuple):
    """A user of ours, and what the mirror has of their licences (None: not read)."""

    user_id: int
    organisation_id: int
    holds: Mapping[UUID, Held] | None


class Around(NamedTuple):
    """What all people are linked by: licences by SKU, and the names of groups."""

    licences: Mapping[UUID, engine.Licence]
    names: dict[UUID, str]


def link(work: Work) -> None:
    """Bring the links of people in step with what they hold, if the run is of users.

    Tells at the end how many hold licences of an organisation that is not theirs.
    """
    if work.rules.licences_into is None or Kind.USERS not in work.kinds:
        return
    around = Around(_licences(work), {})
    if not around.licences:
        return
    elsewhere, is_whole = 0, _is_whole(work)
    for page in _everybody(work) if is_whole else _concerned(work):
        people = _people(work, page)
        _learn_names(work, people, around.names)
        with work.claim.writing():
            elsewhere += _write(work, people, around)
            work.note(work.run.progress_done)
    with work.claim.writing():
        if is_whole:
            fresh = MirrorSku.objects.filter(connection=work.connection)
            fresh.exclude(generation=work.run.generation).update(
                generation=work.run.generation
            )
        if elsewhere:
            _say(work, elsewhere)


def unlinked(connection_id: int) -> None:
    """Let the next run of users look at everybody: licences came, or have moved."""
    MirrorSku.objects.filter(connection=connection_id).update(generation=0)


def _is_whole(work: Work) -> bool:
    """Return whether to look at everybody: so does a delta after new licences."""
    if work.only is not None:
        return False
    fresh = MirrorSku.objects.filter(connection=work.connection, generation=0)
    return work.run.walk == Walk.FULL or fresh.exists()


def _licences(work: Work) -> Mapping[UUID, engine.Licence]:
    rows = Licence.objects.filter(entra_tenant_id=work.connection.tenant_id)
    found = rows.values_list("sku_id", "pk", "software_id", "organisation_id")
    return {
        sku_id: engine.Licence(pk, software_id, organisation_id)
        for sku_id, pk, software_id, organisation_id in found
        if sku_id is not None
    }


def _everybody(work: Work) -> Iterator[list[Any]]:
    """Yield the rows of the mirror in its order."""
    rows, after = _rows(work), 0
    while page := list(rows.filter(pk__gt=after).order_by("pk")[:PAGE]):
        after = page[-1][0]
        yield page


def _concerned(work: Work) -> Iterator[list[Any]]:
    """Yield the rows of the one person, or of those who have an item in the run."""
    ids: Sequence[UUID] = [work.only] if work.only else []
    if not ids:
        items = RunItem.objects.filter(run=work.run, kind=Kind.USERS, stage=Stage.APPLY)
        ids = list(items.order_by().values_list("object_id", flat=True))
    for start in range(0, len(ids), PAGE):
        yield list(_rows(work).filter(any_of("object_id", ids[start : start + PAGE])))


def _rows(work: Work) -> models.QuerySet[Any, Any]:
    texts = [
        Cast(KeyTransform(name, "properties"), models.TextField())
        for name in (engine.ASSIGNED, engine.STATES)
    ]
    rows = mirror.of_connection(work.connection.pk).exclude(state=MirrorState.ABSENT)
    return rows.values_list("pk", "object_id", "state", *texts)


def _people(work: Work, page: Iterable[Any]) -> list[Person]:
    """Return those of a page who have a record; who is gone holds nothing."""
    holds: dict[UUID, Mapping[UUID, Held] | None] = {}
    for _, object_id, state, assigned, states in page:
        holds[object_id] = (
            {}
            if state in GONE
            else engine.held(orjson.loads(assigned or b"null"), _loaded(states))
        )
    users = EndUser.objects.filter(
        any_of("entra_object_id", holds), entra_tenant_id=work.connection.tenant_id
    )
    return [
        Person(user_id, organisation_id, holds[object_id])
        for object_id, user_id, organisation_id in users.values_list(
            "entra_object_id", "pk", "site__organisation"
        )
        if object_id is not None
    ]


def _loaded(text: str | None) -> Any:
    return orjson.loads(text or b"null")


def _learn_names(work: Work, people: Iterable[Person], names: dict[UUID, str]) -> None:
    """Add the names of groups that licences come through: 20 a request, once a run."""
    ways = [how for person in people for how in (person.holds or {}).values()]
    missing = {group for how in ways for group in how.groups} - names.keys()
    if not missing:
        return
    known = MirrorGroup.objects.filter(
        any_of("group_id", missing), connection=work.connection
    ).exclude(name="")
    names.update(known.values_list("group_id", "name"))
    asked = graph_groups.groups(work.graph, missing - names.keys())
    for group_id, found in asked.items():
        # One that is gone or hidden is called by its id.
        named = found.name if isinstance(found, GraphGroup) else ""
        names[group_id] = named or str(group_id)


def _write(work: Work, people: Sequence[Person], around: Around) -> int:
    """Write a page; return how many hold licences of another organisation."""
    present = _present(work, people)
    decided: list[tuple[int, Links]] = []
    elsewhere = 0
    for person in people:
        if person.holds is None:
            continue
        want = engine.wanted(
            person.holds,
            around.licences,
            around.names,
            organisation_id=person.organisation_id,
        )
        elsewhere += want.is_elsewhere
        links = engine.decide(want.links, present.get(person.user_id, ()))
        decided.append((person.user_id, links))
    _store(work, decided, around)
    return elsewhere


def _store(work: Work, decided: Sequence[tuple[int, Links]], around: Around) -> None:
    """Write what was decided about people, and count it."""
    giver = work.connection.pk
    products = {one.pk: one.software_id for one in around.licences.values()}
    created = [
        (
            *(user_id, products[new.licence_id], new.licence_id, giver),
            *(new.is_direct, new.inherited_from),
        )
        for user_id, links in decided
        for new in links.create
    ]
    # Somebody may give the same licence by hand at this moment: theirs stays.
    bulk.insert(SoftwareAssignment, COLUMNS, created, ignore=True)
    moved = [
        (one.pk, one.is_direct, one.inherited_from)
        for _, links in decided
        for one in links.update
    ]
    bulk.update(SoftwareAssignment, "id", ("is_direct", "inherited_from"), moved)
    ended = [pk for _, links in decided for pk in links.end]
    if ended:
        SoftwareAssignment.objects.filter(any_of("pk", ended)).delete()
    done = {"link": len(created) + len(moved), "unlink": len(ended)}
    work.count(Thing.LICENCES, **done)


def _present(work: Work, people: Iterable[Person]) -> Mapping[int, list[Link]]:
    """Return the links of people to licences of the tenant."""
    rows = SoftwareAssignment.objects.filter(
        user__in=[one.user_id for one in people],
        licence__entra_tenant_id=work.connection.tenant_id,
    )
    found: dict[int, list[Link]] = defaultdict(list)
    for pk, user_id, giver, licence_id, is_direct, group in rows.values_list(
        *("pk", "user_id", "assigned_by_id", "licence_id"),
        *("is_direct", "inherited_from"),
    ):
        is_ours = giver == work.connection.pk
        found[user_id].append(
            Link(licence_id, is_direct, group, is_ours=is_ours, pk=pk)
        )
    return found


def _say(work: Work, elsewhere: int) -> None:
    people = "1 person holds" if elsewhere == 1 else f"{elsewhere} people hold"
    why = (
        f"{people} licences of another organisation than their own here, and are not "
        "linked to them: licences should go into the organisation that people are "
        "imported to."
    )
    if why not in work.run.reason:
        work.run.reason = " ".join(filter(None, (work.run.reason, why)))
        work.run.save(update_fields=["reason"])
