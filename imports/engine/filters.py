"""Whether a mapping selects a person: group, guests and criteria, three-valued.

Every test is made and kept, also where an earlier one has already said no.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from imports.engine.types import Groups, Remote, Test
from mappings import catalogue, criteria
from mappings.catalogue import UNKNOWN
from mappings.rules import Filter, Group
from mappings.words import Combine

GUEST = "guest"
GUEST_MARK = "#EXT#"


def is_external(remote: Remote) -> bool | None:
    """Return whether the person is a guest of the tenant (AM-24); None: unknown."""
    kind = catalogue.value("userType", remote.properties)
    upn = catalogue.value("userPrincipalName", remote.properties)
    is_guest = None if kind is UNKNOWN else str(kind).strip().lower() == GUEST
    is_marked = None if upn is UNKNOWN else GUEST_MARK in str(upn).upper()
    return criteria.any_of((is_guest, is_marked))


def _externality(remote: Remote) -> Test:
    """Return the test of a mapping that leaves guests out."""
    found = is_external(remote)
    is_met = None if found is None else not found
    return Test("external", expected=False, actual=found, ok=is_met)


class Person:
    """A person whose groups and kind are worked out once for all mappings."""

    __slots__ = (
        *("_direct", "_groups", "_is_stale", "_reached"),
        *("externality", "properties"),
    )

    def __init__(self, remote: Remote, groups: Groups) -> None:
        """Close the nesting around the groups that hold the person."""
        self.properties = remote.properties
        self._is_stale = remote.is_stale
        self.externality = _externality(remote)
        self._groups = groups
        self._direct = [one for one in remote.groups if one not in groups.errors]
        inside = [groups.inside.get(one, frozenset()) for one in self._direct]
        self._reached: frozenset[UUID] = frozenset().union(*inside)

    def membership(self, group: Group, *, nested: bool) -> Test:
        """Return whether the person is in the group, directly or as nested says."""
        is_member, found = self._membership(group.id, nested=nested)
        if self._is_stale:
            found += ", when last read before the deltas were reset"
        return Test("group", group.name, found, self.certain(is_member))

    def certain(self, answer: bool | None) -> bool | None:  # noqa: FBT001
        """Return an answer about the person; None if they are to be read again."""
        return None if self._is_stale else answer

    def _membership(
        self, group_id: UUID | None, *, nested: bool
    ) -> tuple[bool | None, str]:
        if group_id is None:
            return None, "the group's name is not resolved"
        if group_id in self._groups.errors:
            return None, self._groups.errors[group_id]
        if group_id not in self._groups.inside:
            return None, "the group has not been read"
        if group_id in self._direct:
            return True, "direct member"
        if group_id in self._reached:
            through = self._through(group_id)
            return nested, through if nested else f"only {through}"
        if nested and group_id in self._groups.uncertain:
            return None, "a group nested in it cannot be read"
        return False, "not a member"

    def _through(self, group_id: UUID) -> str:
        names, inside = self._groups.names, self._groups.inside
        via = [
            names.get(one, str(one))
            for one in self._direct
            if group_id in inside.get(one, ())
        ]
        return f"member through {min(via)}"


@dataclass(frozen=True, slots=True)
class PreparedFilter:
    """A mapping's filter, made ready to be asked about many people."""

    group: Group | None
    nested: bool
    include_external: bool
    match: Combine
    questions: tuple[criteria.Question, ...]

    def ask(self, person: Person) -> tuple[list[Test], bool | None]:
        """Return every test, and whether the filter selects the person."""
        tests: list[Test] = []
        if self.group is not None:
            tests.append(person.membership(self.group, nested=self.nested))
        if not self.include_external:
            tests.append(person.externality)
        answers = [test.ok for test in tests]
        if self.questions:
            asked = [question.ask(person.properties) for question in self.questions]
            answers.append(criteria.combined(self.match, [test.ok for test in asked]))
            tests += asked
        return tests, person.certain(criteria.all_of(answers))


def prepared(filter_: Filter) -> PreparedFilter:
    """Return the filter as it is asked."""
    return PreparedFilter(
        filter_.group,
        filter_.nested,
        filter_.include_external,
        filter_.match,
        tuple(criteria.prepared(one) for one in filter_.criteria),
    )
