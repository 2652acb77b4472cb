"""Graph into the mirror, page by page.

A page and the place it leads to are written in one transaction: a killed run goes on
from its last page. Groups come first, so that each person can be judged as they
arrive: whom no mapping selects keeps only what selection needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Max
from django.utils import timezone

from common.errors import NotFound
from connections.graph import groups as graph_groups
from connections.graph import reading
from connections.graph.errors import GraphError, LacksPermission, NoSuchObject, Rejected
from connections.graph.wire import GraphGroup, GroupKind
from imports import membership, mirror
from imports.engine.select import select
from imports.engine.types import Groups, Place, Remote
from imports.models import MirrorGroup, Run
from imports.words import GroupState, Stage
from mappings import catalogue

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connections.graph.client import GraphClient
    from connections.graph.wire import GraphPerson
    from imports.work import Work
    from mappings.rules import RuleSet

HIDDEN = "hiddenmembership"


def tenant(work: Work) -> None:
    """Check that the token is of this tenant and learn its verified domains.

    Raises Rejected if another tenant answers.
    """
    found = reading.organisation(_client(work))
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


def groups(work: Work) -> None:
    """Read the groups that mappings name, and those nested in them where it counts.

    A group that is gone or unreadable is marked so; its members stay as they were and
    count as unknown.
    """
    wanted = _named_groups(work.rules)
    connection_id = work.connection.pk
    with work.claim.writing():
        work.begin(Stage.GROUPS, len(wanted))
        membership.forget_pages(connection_id)
        work.run.generation = _next_generation(work)
        work.run.save(update_fields=["generation"])
    before = _states(connection_id)
    found: dict[UUID, GroupState] = {}
    deep = {group_id for group_id, is_nested in wanted.items() if is_nested}
    unread, opened = set(wanted), set[UUID]()
    while unread or deep - opened:
        found |= _read_groups(work, list(unread))
        inner = membership.nested(connection_id, deep - opened)
        opened |= deep
        deep |= inner
        unread = inner - set(found)
    with work.claim.writing():
        membership.drop_unneeded(connection_id, work.run.generation)
        if _knowledge_moved(before, found):
            mirror.touch_all(connection_id)
        work.note(len(found), groups=len(found))


def people(work: Work) -> None:
    """Read everybody into the mirror; afterwards mark those who were not there."""
    run, rules = work.run, work.rules
    known = membership.known_groups(work.connection.pk)
    done = int(run.place.get("people", 0))
    with work.claim.writing():
        work.begin(Stage.PEOPLE)
    pages = reading.people(
        _client(work),
        select=catalogue.needed(rules),
        managers=catalogue.needs_manager(rules) and not work.is_preview,
        link=str(run.place.get("link", "")),
    )
    for page in pages:
        with work.claim.writing():
            done += len(page.people)
            mirror.store(
                work.connection.pk, run.generation, _kept(work, page.people, known)
            )
            work.note(done, people=done, link=page.next_link)
    with work.claim.writing():
        mirror.mark_absent(work.connection.pk, run.generation)
        work.note(done, link="", walked=True)


def one_person(work: Work, who: str) -> UUID:
    """Read one person, by object id or UPN; return the object id.

    Raises NotFound if the tenant has no such person.
    """
    try:
        found = reading.person(
            _client(work),
            who,
            select=catalogue.needed(work.rules),
            managers=catalogue.needs_manager(work.rules) and not work.is_preview,
        )
    except NoSuchObject as exc:
        raise NotFound(
            f"Nobody in the tenant has the object id or sign-in name {who}."
        ) from exc
    known = membership.known_groups(work.connection.pk)
    with work.claim.writing():
        work.begin(Stage.PEOPLE, 1)
        mirror.store(
            work.connection.pk, work.run.generation, _kept(work, [found], known)
        )
        work.note(1, people=1, walked=True)
    return found.object_id


def managers(work: Work) -> None:
    """Read who reports to whom, for an import of a preview that left it unread."""
    done = 0
    pages = reading.people(_client(work), select=(), managers=True, link="")
    for page in pages:
        with work.claim.writing():
            mirror.store_managers(
                work.connection.pk, {p.object_id: p.manager for p in page.people}
            )
            done += len(page.people)
            work.progress.advance(done)


def _client(work: Work) -> GraphClient:
    if work.client is None:
        raise TypeError("A fetch needs a Graph client.")
    return work.client


def _named_groups(rules: RuleSet) -> dict[UUID, bool]:
    """Return the groups that the rules name, and whether nesting counts in each."""
    wanted: dict[UUID, bool] = {}
    filters = [
        *(rule.filter for rule in rules.site_rules),
        *(rule.filter for rule in rules.agent_rules),
    ]
    named = [(part.group, part.nested) for part in filters]
    named += [(r.group, r.nested) for r in (*rules.role_rules, *rules.board_rules)]
    for group, nested in named:
        if group is not None and group.id is not None:
            wanted[group.id] = wanted.get(group.id, False) or nested
    return wanted


def _read_groups(work: Work, ids: Sequence[UUID]) -> dict[UUID, GroupState]:
    """Read the groups and their direct members; return how each one stands."""
    states: dict[UUID, GroupState] = {}
    known: dict[UUID, GraphGroup] = {}
    for group_id, answer in graph_groups.groups(_client(work), ids).items():
        if isinstance(answer, GraphGroup):
            known[group_id] = answer
        else:
            states[group_id] = _in_error(work, group_id, answer)
    for page in graph_groups.members(_client(work), list(known)):
        with work.claim.writing():
            if page.error is not None:
                states[page.group_id] = _in_error(work, page.group_id, page.error)
                continue
            membership.keep_page(work.connection.pk, page.group_id, page.members)
            if page.complete:
                states[page.group_id] = _complete(work, known[page.group_id])
    return states


def _in_error(work: Work, group_id: UUID, error: GraphError) -> GroupState:
    """Mark a group whose members cannot be known; other trouble ends the run."""
    if isinstance(error, NoSuchObject):
        state, text = GroupState.GONE, "The group is no longer in the tenant."
    elif isinstance(error, LacksPermission):
        state, text = GroupState.UNREADABLE, str(error)
    else:
        raise error
    membership.forget_pages(work.connection.pk, group_id)
    _keep_group(work, group_id, state=state, error=text)
    return state


def _complete(work: Work, group: GraphGroup) -> GroupState:
    """Compare what was read of a group with the mirror, unless nothing may count.

    Without Member.Read.Hidden a hidden membership reads as empty
    (https://learn.microsoft.com/en-us/graph/api/group-list-members).
    """
    connection_id, group_id = work.connection.pk, group.object_id
    read = membership.read_count(connection_id, group_id)
    if group.kind is GroupKind.DISTRIBUTION or (
        not read and group.visibility.lower() == HIDDEN
    ):
        error = (
            "A distribution list cannot select people: use a security group."
            if group.kind is GroupKind.DISTRIBUTION
            else "Its membership is hidden: grant Member.Read.Hidden, then authorise "
            "again, or use another group."
        )
        membership.forget_pages(connection_id, group_id)
        _keep_group(work, group_id, state=GroupState.UNREADABLE, error=error)
        return GroupState.UNREADABLE
    count = membership.complete(connection_id, group_id)
    _keep_group(
        work,
        group_id,
        state=GroupState.COMPLETE,
        name=group.name[:256],
        properties={
            "kind": group.kind.value,
            "dynamic": group.dynamic,
            "membership_rule": group.membership_rule,
            "visibility": group.visibility,
            "synced": group.synced,
            "role_assignable": group.role_assignable,
        },
        member_count=count,
        read_at=timezone.now(),
    )
    return GroupState.COMPLETE


def _keep_group(
    work: Work,
    group_id: UUID,
    *,
    state: GroupState,
    error: str = "",
    **columns: object,
) -> None:
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


def _states(connection_id: int) -> dict[UUID, str]:
    rows = MirrorGroup.objects.filter(connection_id=connection_id)
    return dict(rows.values_list("group_id", "state"))


def _knowledge_moved(before: dict[UUID, str], now: dict[UUID, GroupState]) -> bool:
    """Say whether some group's members became known, or stopped being known.

    Then answers change without anybody's own row changing.
    """
    complete = GroupState.COMPLETE
    return any(
        (before.get(group_id, complete) == complete) != (state == complete)
        for group_id, state in now.items()
    )


def _next_generation(work: Work) -> int:
    latest = Run.objects.filter(connection=work.connection).aggregate(
        latest=Max("generation")
    )["latest"]
    return int(latest or 0) + 1


def _kept(
    work: Work, people: Sequence[GraphPerson], known: Groups
) -> list[mirror.Seen]:
    """Return the people as the mirror keeps them."""
    ids = [person.object_id for person in people]
    direct = membership.direct_groups(work.connection.pk, ids) if known.inside else {}
    deciding = catalogue.deciding(work.rules)
    return [
        mirror.Seen(
            person.object_id,
            person.properties
            if _concerns(
                Remote(
                    person.object_id,
                    person.properties,
                    direct.get(person.object_id, frozenset()),
                ),
                work.rules,
                known,
            )
            else {name: person.properties.get(name) for name in deciding},
            person.manager,
        )
        for person in people
    ]


def _concerns(remote: Remote, rules: RuleSet, known: Groups) -> bool:
    """Say whether any mapping selects the person, or might."""
    found = select(remote, rules=rules, groups=known, place_of=_somewhere)
    return found.place is not None or found.is_undecided or found.is_agent is not False


def _somewhere(organisation_id: int, value: str) -> Place:
    return Place(None, organisation_id, value)
