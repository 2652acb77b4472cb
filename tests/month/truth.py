"""What is true of a tenant at each moment, and what a desk in step would make of it.

Plain values and rules of their own, so that the product is not judged by itself: small,
as it knows only the mappings that a month uses.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from datetime import datetime
    from uuid import UUID

GUEST_MARK = "#EXT#"


class Where(StrEnum):
    """Whether somebody is in the tenant."""

    HERE = "here"
    BIN = "bin"
    PURGED = "purged"


class State(StrEnum):
    """How somebody stands, in the product's words."""

    PRESENT = "present"
    DISABLED = "disabled"
    DELETED = "deleted"
    UNMATCHED = "unmatched"


@dataclass(slots=True)
class Person:
    """One person of the tenant."""

    upn: str
    office: str | None = None
    kind: str | None = "Member"
    is_enabled: bool = True
    manager: UUID | None = None
    where: Where = Where.HERE

    @property
    def is_guest(self) -> bool:
        """Whether mappings that leave guests out leave the person out."""
        return self.kind == "Guest" or GUEST_MARK in self.upn.upper()


@dataclass(slots=True)
class Group:
    """One group: who is in it, which groups are, and whether it is there."""

    members: set[UUID] = field(default_factory=set)
    inner: set[str] = field(default_factory=set)
    is_here: bool = True


@dataclass(slots=True)
class SiteRule:
    """A site mapping; without a site it goes by the office, or makes agents."""

    sequence: int
    group: str
    site: str | None = None
    nested: bool = True
    external: bool = False
    is_on: bool = True
    is_agent: bool = False
    role: str | None = None
    """Of users."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a desk in step makes of a person; a person may have no record at all."""

    user: State | None
    """How the user record stands; None: a mapping that cannot be judged stands before
    any that matches, so that all stays."""
    agent: State
    site: str | None = None
    role: str | None = None
    roles: frozenset[str] = frozenset()
    boards: frozenset[str] = frozenset()


@dataclass(slots=True)
class Truth:
    """The tenant, the mappings, and since when who is to have what."""

    people: dict[UUID, Person] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    rules: list[SiteRule] = field(default_factory=list)
    roles: dict[str, str] = field(default_factory=dict)
    """Which role the agents of a group hold."""
    boards: dict[str, str] = field(default_factory=dict)
    agent_role: str = ""
    agent_site: str = ""
    history: dict[UUID, list[tuple[datetime, Expected]]] = field(default_factory=dict)
    changed_at: dict[UUID, datetime] = field(default_factory=dict)
    restored: set[UUID] = field(default_factory=set)
    """Who was deleted once and came back."""

    def here(self) -> list[UUID]:
        """Return who is in the tenant, in a fixed order."""
        return [one for one, found in self.people.items() if found.where is Where.HERE]

    def note(self, now: datetime, touched: Iterable[UUID] = ()) -> None:
        """Remember what is changed by an event: for those touched, and for others.

        Whose manager comes or goes is concerned, too.
        """
        found = set(touched)
        for person in self.people:
            expected = self.expected(person)
            told = self.history.setdefault(person, [])
            if not told or told[-1][1] != expected:
                told.append((now, expected))
                found.add(person)
        for person, known in self.people.items():
            if person in found or known.manager in found:
                self.changed_at[person] = now

    def since(self, person: UUID, moment: datetime) -> Iterator[Expected]:
        """Yield all that was to be true of a person since a moment."""
        told = self.history.get(person, [])
        for at, (_, expected) in enumerate(told):
            is_over = at + 1 < len(told) and told[at + 1][0] < moment
            if not is_over:
                yield expected

    def told(self, person: UUID) -> Iterator[str]:
        """Yield in words what was true of a person, and when they last changed."""
        for at, expected in self.history.get(person, []):
            yield f"    from {at}: {expected}"
        yield f"    changed at {self.changed_at.get(person)}"

    def expected(
        self, person: UUID, unknown: Collection[str] = frozenset()
    ) -> Expected:
        """Return what is to be true of a person now, if some groups are unknown."""
        known = self.people[person]
        if known.where is not Where.HERE:
            return Expected(State.DELETED, State.DELETED)
        is_agent = self._is_agent(person)
        agent = State.PRESENT if is_agent else State.UNMATCHED
        if not known.is_enabled:
            agent = State.DISABLED
        roles = frozenset(self._given(person, self.roles, self.agent_role, is_agent))
        boards = frozenset(self._given(person, self.boards, "", is_agent))
        home = self._home(person, unknown)
        if home is None:
            return Expected(None, agent, roles=roles, boards=boards)
        site, role = home
        if not site and is_agent:
            site = self.agent_site
        user = State.PRESENT if site else State.UNMATCHED
        if not known.is_enabled:
            user = State.DISABLED
        return Expected(user, agent, site.casefold() or None, role, roles, boards)

    def holds(self, group: str, person: UUID, *, nested: bool) -> bool:
        """Return whether a person is in a group, directly or as nested says."""
        return any(person in one.members for one in self._closed(group, nested=nested))

    def _closed(self, name: str, *, nested: bool) -> Iterator[Group]:
        seen, waiting = {name}, [name]
        while waiting:
            group = self.groups[waiting.pop()]
            if group.is_here:
                yield group
                fresh = group.inner - seen if nested else set()
                seen |= fresh
                waiting += sorted(fresh)

    def _home(
        self, person: UUID, unknown: Collection[str]
    ) -> tuple[str, str | None] | None:
        """Return site and role; empty: no mapping matches; None: undecided."""
        known = self.people[person]
        for rule in sorted(self.rules, key=lambda one: one.sequence):
            if rule.is_agent or not rule.is_on or self._is_left_out(known, rule):
                continue
            if rule.group in unknown or not self.groups[rule.group].is_here:
                return None
            if not self.holds(rule.group, person, nested=rule.nested):
                continue
            site = rule.site if rule.site is not None else (known.office or "").strip()
            if site:
                return site, rule.role
        may_be_agent = any(
            rule.is_agent and rule.group in unknown for rule in self.rules
        )
        return None if may_be_agent else ("", None)

    def _is_agent(self, person: UUID) -> bool:
        known = self.people[person]
        return any(
            self.holds(rule.group, person, nested=rule.nested)
            for rule in self.rules
            if rule.is_agent and rule.is_on and not self._is_left_out(known, rule)
        )

    def _is_left_out(self, known: Person, rule: SiteRule) -> bool:
        return known.is_guest and not rule.external

    def _given(
        self, person: UUID, by_group: dict[str, str], always: str, is_agent: bool
    ) -> Iterator[str]:
        if not is_agent:
            return
        if always:
            yield always
        for group, given in by_group.items():
            if self.holds(group, person, nested=False):
                yield given
