"""What the mappings say of one person: which site wins, and what makes an agent.

All mappings are tested in ascending sequence and all answers are kept; the first that
matches wins. A mapping that cannot be judged answers unknown, and an unknown one
before the winner leaves the person undecided: unknown is never "no".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from common import keys
from imports.engine import filters
from imports.engine.filters import Person, PreparedFilter
from imports.engine.types import (
    Groups,
    Place,
    Remote,
    Result,
    Selection,
    Test,
    Verdict,
)
from mappings import catalogue, criteria
from mappings.catalogue import UNKNOWN
from mappings.rules import AgentRule, GrantRule, Ref, RuleSet, SiteRef, SiteRule

PlaceOf: TypeAlias = Callable[[int, str], Place]
"""Finds or plans the site of an organisation that a value names."""


def select(
    remote: Remote, *, rules: RuleSet, groups: Groups, place_of: PlaceOf
) -> Selection:
    """Return what the mappings say of the person."""
    ready = _prepared(rules)
    person = Person(remote, groups)
    verdicts, winner, is_undecided = _site_pass(ready.sites, person)
    found = _agent_pass(ready, person)
    place, notes = (None, ()) if winner is None else _place(winner, person, place_of)
    return Selection(
        (*verdicts, *found.verdicts),
        place,
        sequence=winner.sequence if winner else None,
        role=winner.role if winner else None,
        is_undecided=is_undecided,
        is_agent=found.is_agent,
        agent_roles=found.roles.given,
        boards=found.boards.given,
        uncertain_roles=found.roles.uncertain,
        uncertain_boards=found.boards.uncertain,
        notes=notes,
    )


def verdicts(remote: Remote, *, rules: RuleSet, groups: Groups) -> list[Verdict]:
    """Return what each mapping says of the person, and nothing that follows from it."""
    ready = _prepared(rules)
    person = Person(remote, groups)
    found, _, _ = _site_pass(ready.sites, person)
    return [*found, *_agent_pass(ready, person).verdicts]


def concerns(remote: Remote, *, rules: RuleSet, groups: Groups) -> bool:
    """Return whether any mapping selects the person, or might.

    The same as asking `select` for a place, an agent or doubt, but it stops at the
    first mapping that does not say no: it is asked of everybody in every walk.
    """
    ready = _prepared(rules)
    person = Person(remote, groups)
    return any(
        _asked(rule, prepared, person)[1] is not False for rule, prepared in ready.sites
    ) or any(prepared.ask(person)[1] is not False for _, prepared in ready.agents)


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A rule set with its filters made ready, once for everybody."""

    sites: tuple[tuple[SiteRule, PreparedFilter], ...]
    agents: tuple[tuple[AgentRule, PreparedFilter], ...]
    roles: tuple[GrantRule, ...]
    boards: tuple[GrantRule, ...]


@lru_cache(maxsize=16)
def _prepared(rules: RuleSet) -> _Prepared:
    return _Prepared(
        tuple((one, filters.prepared(one.filter)) for one in rules.site_rules),
        tuple((one, filters.prepared(one.filter)) for one in rules.agent_rules),
        rules.role_rules,
        rules.board_rules,
    )


def _site_pass(
    sites: Sequence[tuple[SiteRule, PreparedFilter]], person: Person
) -> tuple[list[Verdict], SiteRule | None, bool]:
    """Return every verdict, the winner, and whether an unknown stands before it."""
    verdicts: list[Verdict] = []
    winner: SiteRule | None = None
    is_undecided = False
    for rule, prepared in sites:
        tests, answer = _asked(rule, prepared, person)
        if answer is None and winner is None:
            is_undecided = True
        wins = answer is True and winner is None and not is_undecided
        if wins:
            winner = rule
        result = Result.WON if wins else _RESULTS[answer]
        verdicts.append(_verdict(rule, result, tests))
    return verdicts, winner, is_undecided


def _asked(
    rule: SiteRule, prepared: PreparedFilter, person: Person
) -> tuple[list[Test], bool | None]:
    tests, answer = prepared.ask(person)
    if rule.organisation is not None:
        tests.append(_names_site(rule, person))
        answer = person.certain(criteria.all_of((answer, tests[-1].ok)))
    return tests, answer


_RESULTS = {True: Result.MATCHED, False: Result.NO, None: Result.UNKNOWN}


def _verdict(
    rule: SiteRule | AgentRule, result: Result, tests: Sequence[Test]
) -> Verdict:
    is_agent = isinstance(rule, AgentRule)
    return Verdict(rule.sequence, is_agent, result, tuple(tests))


def _names_site(rule: SiteRule, person: Person) -> Test:
    """Return whether the mapped field, or the default, names a site (AM-28)."""
    default = rule.default_site
    name = f"site from {rule.field}"
    expected = f"a value, else {default.name}" if default else "a value"
    found = catalogue.single(rule.field, person.properties)
    if found is UNKNOWN:
        return Test(name, expected, None, None)
    is_named = default is not None or bool(catalogue.as_text(found))
    return Test(name, expected, found, is_named)


def _place(
    rule: SiteRule, person: Person, place_of: PlaceOf
) -> tuple[Place | None, tuple[str, ...]]:
    """Return the site of the winner, found or planned, and what was cut."""
    if rule.organisation is None:
        return (None if rule.site is None else at(rule.site)), ()
    found = catalogue.single(rule.field, person.properties)
    name = "" if found is UNKNOWN else catalogue.as_text(found)
    if not name and rule.default_site is not None:
        return at(rule.default_site), ()
    place = place_of(rule.organisation.id, keys.cut(name))
    if len(name) <= keys.MAX_LENGTH:
        return place, ()
    return place, (f"The site's name was cut to {keys.MAX_LENGTH} characters.",)


def at(site: SiteRef) -> Place:
    """Return a site that a mapping or setting names as a place."""
    return Place(site.id, site.organisation_id, site.name, is_active=site.is_active)


@dataclass(frozen=True, slots=True)
class _Grants:
    """What is given for certain, and what an unknown mapping might give."""

    given: tuple[Ref, ...] = ()
    uncertain: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class _Agent:
    verdicts: tuple[Verdict, ...] = ()
    is_agent: bool | None = False
    roles: _Grants = _Grants()
    boards: _Grants = _Grants()


_NOBODY = _Agent()


def _agent_pass(ready: _Prepared, person: Person) -> _Agent:
    """Return what `*Agent*`, role and board mappings give together (AM-30)."""
    if not ready.agents:
        return _NOBODY
    verdicts: list[Verdict] = []
    roles: list[tuple[Ref, bool | None]] = []
    for rule, prepared in ready.agents:
        tests, answer = prepared.ask(person)
        verdicts.append(_verdict(rule, _RESULTS[answer], tests))
        if rule.role is not None:
            roles.append((rule.role, answer))
    is_agent = criteria.any_of([_answer(verdict) for verdict in verdicts])
    if is_agent is False:
        return _Agent(tuple(verdicts))
    roles += _members(ready.roles, person)
    return _Agent(
        tuple(verdicts),
        is_agent,
        _grants(roles, is_agent=is_agent),
        _grants(_members(ready.boards, person), is_agent=is_agent),
    )


def _answer(verdict: Verdict) -> bool | None:
    if verdict.result is Result.UNKNOWN:
        return None
    return verdict.result is Result.MATCHED


def _members(
    rules: Iterable[GrantRule], person: Person
) -> list[tuple[Ref, bool | None]]:
    return [
        (rule.target, person.membership(rule.group, nested=rule.nested).ok)
        for rule in rules
    ]


def _grants(
    answers: Iterable[tuple[Ref, bool | None]], *, is_agent: bool | None
) -> _Grants:
    """Return the union of what is given; whoever may be no agent is given nothing."""
    given: dict[int, Ref] = {}
    uncertain: set[int] = set()
    for target, answer in answers:
        if answer and is_agent:
            given[target.id] = target
        elif answer is not False:
            uncertain.add(target.id)
    ordered = sorted(given.values(), key=lambda target: (target.name, target.id))
    return _Grants(tuple(ordered), frozenset(uncertain - set(given)))
