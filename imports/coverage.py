"""Whom each mapping matches, as last counted: numbers, and who (R109).

Nothing is decided here: what `imports.recount` has kept is read, in a fixed number of
queries, however many people there are.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from django.db.models import Q

from connections.models import TenantConnection
from imports.engine.types import Result
from imports.models import MatchPattern, PersonMatch, Recount, Run
from mappings.models import SiteMapping

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

MATCHES = frozenset({Result.WON, Result.MATCHED})
PAGE = 50


@dataclass(slots=True)
class Numbers:
    """How many people a mapping matches, wins, and cannot be judged for."""

    matched: int = 0
    """Those it wins among them; an `*Agent*` mapping wins nobody."""
    won: int = 0
    unknown: int = 0


@dataclass(frozen=True, slots=True)
class Coverage:
    """The numbers of one connection, as of `counted_at`."""

    counted_at: datetime
    is_current: bool
    """Whether neither the rules nor, by a run, the mirror have moved since."""
    people: int
    """Everybody who was in the tenant."""
    unmatched: int
    """Whom nothing matches, and nothing might."""
    several: int
    """Whom two or more site mappings match: the first one wins."""
    undecided: int
    """Whom a mapping that cannot be judged might match."""
    mappings: Mapping[int, Numbers] = field(default_factory=dict)
    """By the id of the site mapping; whoever is not among them matches nobody."""


class Matched(NamedTuple):
    """One person of a list, with what the mappings answer."""

    person_id: int
    """Of the mirror; the next page begins after the last one."""
    object_id: UUID
    upn: str
    name: str
    answers: Mapping[int, Result]
    """By the id of the site mapping."""


def stored(connection: TenantConnection) -> Coverage | None:
    """Return the last complete count; None: there was none yet."""
    row = Recount.objects.filter(connection=connection).first()
    if row is None or row.counted_at is None:
        return None
    patterns = _patterns(connection)
    return Coverage(
        row.counted_at,
        is_current=_is_current(connection, row),
        people=sum(one.people for one in patterns),
        unmatched=_people(_unmatched(patterns)),
        several=_people(_several(connection, patterns)),
        undecided=_people(_undecided(patterns)),
        mappings=_numbers(patterns),
    )


def matched_by(
    mapping: SiteMapping, *, after: int = 0, limit: int = PAGE
) -> list[Matched]:
    """Return whom a mapping matches, winning or not, a page after a person."""
    patterns = [
        one
        for one in _patterns(mapping.connection)
        if _answers(one).get(mapping.pk) in MATCHES
    ]
    return _page(patterns, after, limit)


def unmatched(
    connection: TenantConnection, *, after: int = 0, limit: int = PAGE
) -> list[Matched]:
    """Return whom nothing matches, and nothing might, a page after a person."""
    return _page(_unmatched(_patterns(connection)), after, limit)


def several(
    connection: TenantConnection, *, after: int = 0, limit: int = PAGE
) -> list[Matched]:
    """Return whom two or more site mappings match, a page after a person."""
    return _page(_several(connection, _patterns(connection)), after, limit)


def undecided(
    connection: TenantConnection, *, after: int = 0, limit: int = PAGE
) -> list[Matched]:
    """Return whom a mapping that cannot be judged might match, a page after one."""
    return _page(_undecided(_patterns(connection)), after, limit)


def _patterns(connection: TenantConnection) -> list[MatchPattern]:
    return list(MatchPattern.objects.filter(connection=connection))


def _answers(pattern: MatchPattern) -> dict[int, Result]:
    return {pk: Result(result) for pk, result in pattern.answers}


def _people(patterns: Collection[MatchPattern]) -> int:
    return sum(one.people for one in patterns)


def _numbers(patterns: Collection[MatchPattern]) -> dict[int, Numbers]:
    found: dict[int, Numbers] = {}
    for pattern in patterns:
        for pk, result in _answers(pattern).items():
            numbers = found.setdefault(pk, Numbers())
            numbers.matched += pattern.people if result in MATCHES else 0
            numbers.won += pattern.people if result is Result.WON else 0
            numbers.unknown += pattern.people if result is Result.UNKNOWN else 0
    return found


def _unmatched(patterns: Collection[MatchPattern]) -> list[MatchPattern]:
    return [one for one in patterns if not one.answers]


def _several(
    connection: TenantConnection, patterns: Collection[MatchPattern]
) -> list[MatchPattern]:
    agents = set(
        SiteMapping.objects.filter(connection=connection, is_agent=True).values_list(
            "pk", flat=True
        )
    )
    return [
        one
        for one in patterns
        if sum(
            result in MATCHES and pk not in agents
            for pk, result in _answers(one).items()
        )
        > 1
    ]


def _undecided(patterns: Collection[MatchPattern]) -> list[MatchPattern]:
    return [one for one in patterns if Result.UNKNOWN in _answers(one).values()]


def _is_current(connection: TenantConnection, row: Recount) -> bool:
    version = TenantConnection.objects.values_list("rules_version", flat=True)
    if version.get(pk=connection.pk) != row.rules_version:
        return False
    # An undo reads nothing: it has no generation.
    reads = Run.objects.filter(connection=connection, generation__gt=0)
    since = Q(generation__gt=row.generation) | Q(finished_at__gte=row.counted_at)
    return not reads.filter(since).exists()


def _page(patterns: Collection[MatchPattern], after: int, limit: int) -> list[Matched]:
    by_id = {one.pk: one for one in patterns}
    rows = (
        PersonMatch.objects.filter(pattern__in=by_id, person__gt=after)
        .order_by("person")
        .values_list(
            "person_id",
            "person__object_id",
            "person__upn",
            "person__properties__displayName",
            "pattern_id",
        )[:limit]
    )
    return [
        Matched(pk, object_id, upn, name or upn, _answers(by_id[pattern_id]))
        for pk, object_id, upn, name, pattern_id in rows
    ]
