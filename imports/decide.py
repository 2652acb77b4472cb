"""People and their records through the engine: what a run plans and *Explain* shows.

The same code decides for previews, imports and explanations (promise 3).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from common import keys
from common.lookups import any_of
from imports import cursors, membership, records, sites
from imports.engine.guard import without_losses
from imports.engine.homes import concerns_users
from imports.engine.match import Register, match
from imports.engine.plan_agent import plan_agent
from imports.engine.plan_user import plan_user
from imports.engine.select import select
from imports.engine.standing import is_disabled
from imports.engine.types import DecisionView, Reason
from imports.engine.values import desired
from imports.load import concerned
from imports.models import Decision
from imports.words import Verdict
from mappings import catalogue
from mappings.words import Kind

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from uuid import UUID

    from imports.engine.types import (
        Groups,
        Match,
        PlanItem,
        Remote,
        Selection,
    )
    from imports.load import Person
    from imports.work import Scope


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is the same for everybody in a run."""

    groups: Groups
    places: sites.Places
    verified_domains: frozenset[str]
    skipped: int = 0
    """Of people whom no run above this number has read, nothing is certain."""


@dataclass(frozen=True, slots=True)
class Decided:
    """One person with every value that decided about them."""

    person: Person
    remote: Remote
    selection: Selection
    matches: Mapping[Kind, Match]
    items: Mapping[Kind, PlanItem]

    @property
    def name(self) -> str:
        """Return how the person is called."""
        found = self.remote.properties.get("displayName")
        return found if isinstance(found, str) else self.person.upn


def surroundings(scope: Scope) -> Surroundings:
    """Read what is the same for everybody, once a run."""
    domains = scope.connection.verified_domains
    return Surroundings(
        membership.known_groups(scope.connection.pk),
        sites.Places(scope.rules),
        frozenset(str(domain).lower() for domain in domains),
        cursors.skipped(scope.connection.pk),
    )


def decide(
    scope: Scope,
    people: Sequence[Person],
    around: Surroundings,
    *,
    direct: Mapping[UUID, frozenset[UUID]] | None = None,
) -> list[Decided]:
    """Return what is to be done about each person, for each kind that is due.

    `direct` are the groups that hold each of them; None: as the mirror has them.
    """
    if direct is None:
        ids = [person.object_id for person in people]
        direct = membership.direct_groups(scope.connection.pk, ids)
    remotes = [
        person.remote(direct.get(person.object_id, frozenset())) for person in people
    ]
    desks = [_Desk(scope, kind, remotes, around) for kind in concerned(scope.kinds)]
    found = []
    for person, remote in zip(people, remotes, strict=True):
        selection = select(
            replace(remote, is_stale=_is_stale(person, remote, desks, around)),
            rules=scope.rules,
            groups=around.groups,
            place_of=around.places.find,
        )
        matches: dict[Kind, Match] = {}
        items: dict[Kind, PlanItem] = {}
        for desk in desks:
            if person.is_due(desk.kind) and desk.concerns(selection):
                matches[desk.kind], items[desk.kind] = desk.plan(remote, selection)
        found.append(Decided(person, remote, selection, matches, items))
    return found


def _is_stale(
    person: Person, remote: Remote, desks: Sequence[_Desk], around: Surroundings
) -> bool:
    """Return whether what is not known of the person could cost them something.

    Whoever has no record has nothing to lose; to be disabled needs no mapping.
    """
    is_read = person.generation > around.skipped
    if is_read or is_disabled(remote):
        return False
    return any(desk.has(remote) for desk in desks)


class _Desk:
    """One chunk's records of one kind, found in a fixed number of queries."""

    def __init__(
        self,
        scope: Scope,
        kind: Kind,
        remotes: Sequence[Remote],
        around: Surroundings,
    ) -> None:
        self.kind = kind
        self._scope = scope
        fields = scope.rules.fields(kind)
        self._desired = {
            remote.object_id: desired(remote, fields, kind=kind) for remote in remotes
        }
        self._linked = records.linked(scope.connection, kind, list(self._desired))
        self._decisions = _decisions(scope, kind, remotes)
        candidates = records.Candidates(scope.connection, kind, self._wanted())
        self._register = Register(
            kind, scope.rules, candidates.find, around.verified_domains
        )

    def has(self, remote: Remote) -> bool:
        """Return whether a record carries the person's identity."""
        return remote.object_id in self._linked

    def concerns(self, selection: Selection) -> bool:
        """Return whether the run plans this kind of record for the person."""
        if self.kind is Kind.USERS:
            return concerns_users(selection, self._scope.kinds)
        return True

    def plan(self, remote: Remote, selection: Selection) -> tuple[Match, PlanItem]:
        """Return the person's record and what to do about it."""
        wanted = self._desired[remote.object_id]
        matched = match(
            remote,
            wanted.values,
            register=self._register,
            linked=self._linked.get(remote.object_id),
            decision=self._decisions.get(remote.object_id),
        )
        rules = self._scope.rules
        if self.kind is Kind.USERS:
            item = plan_user(
                remote,
                selection,
                matched,
                rules=rules,
                desired=wanted,
                kinds=self._scope.kinds,
            )
        else:
            item = plan_agent(remote, selection, matched, rules=rules, desired=wanted)
        decision = self._decisions.get(remote.object_id)
        if decision is not None and decision.verdict is Verdict.KEEP:
            item = without_losses(item, Reason.KEPT_BY_DECISION)
        return matched, item

    def _wanted(self) -> Mapping[str, Collection[str]]:
        """Return the keys to look for, of people who have no record yet."""
        wanted: dict[str, set[str]] = defaultdict(set)
        for target in self._scope.rules.matching(self.kind):
            for object_id, one in self._desired.items():
                if object_id not in self._linked:
                    value = one.values.get(target)
                    wanted[target].add(keys.key(catalogue.as_text(value)))
        return wanted


def _decisions(
    scope: Scope, kind: Kind, remotes: Sequence[Remote]
) -> Mapping[UUID, DecisionView]:
    """Return what somebody decided about these people, with the records to link.

    To keep somebody is void once they or the rules have moved.
    """
    revisions = {remote.object_id: remote.revision for remote in remotes}
    rows = Decision.objects.filter(
        any_of("object_id", revisions), connection=scope.connection, kind=kind
    ).values_list(
        *("object_id", "verdict", "record_id", "mirror_revision", "rules_version")
    )
    found = [
        (object_id, verdict, record_id)
        for object_id, verdict, record_id, *decided_on in rows
        if verdict != Verdict.KEEP
        or decided_on == [revisions[object_id], scope.rules.version]
    ]
    ids = [record_id for *_, record_id in found if record_id is not None]
    locals_ = records.by_ids(scope.connection, kind, ids)
    return {
        object_id: DecisionView(
            Verdict(verdict), None if record_id is None else locals_.get(record_id)
        )
        for object_id, verdict, record_id in found
    }
