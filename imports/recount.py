"""Whom each mapping matches now: counted anew, and kept (R109).

Everybody of the mirror who is in the tenant goes through the rules once, chunk by
chunk, and only whose pattern has moved is written. While the rules stay the same, only
people whose row has changed are looked at.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple, TypeAlias
from uuid import UUID

import orjson
from django.db import connection as database
from django.db import models, transaction
from django.db.models import Count, F, Max, Q
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Cast
from django.utils import timezone

from common import bulk
from connections.models import TenantConnection
from imports import membership, mirror
from imports.engine.answers import Answer, answers
from imports.engine.types import Groups, Remote, Result
from imports.models import MatchPattern, MirrorUser, PersonMatch, Recount, Run
from imports.words import ACTIVE, MirrorState
from mappings import catalogue
from mappings.compile import compile_rules
from mappings.models import SiteMapping

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from common.types import JsonObject
    from mappings.rules import RuleSet

CHUNK = 2000
Said: TypeAlias = "tuple[Answer, ...]"


class Row(NamedTuple):
    """One person of the mirror, with what was counted of them last."""

    pk: int
    object_id: UUID
    revision: int
    pattern_id: int | None
    counted_revision: int | None
    properties: JsonObject


class _Superseded(Exception):
    """A count that began later writes now."""


@dataclass(frozen=True, slots=True)
class _Count:
    """One count: what it goes by, and the ids of the patterns known to it."""

    connection: TenantConnection
    attempt: int
    rules: RuleSet
    mapping_ids: Mapping[int, int]
    """The site mapping of each sequence."""
    groups: Groups
    is_whole: bool
    begun: datetime
    generation: int
    patterns: dict[Said, int]

    @contextmanager
    def writing(self) -> Iterator[Recount]:
        """Open a transaction in which no other count writes; raises _Superseded."""
        with transaction.atomic():
            row = Recount.objects.select_for_update().get(connection=self.connection)
            if row.attempt != self.attempt:
                raise _Superseded
            yield row

    def moved(self, rows: Sequence[Row]) -> list[tuple[int, Said, int]]:
        """Return person, answers and revision of those whose match is to be written."""
        ids = [row.object_id for row in rows]
        direct: Mapping[UUID, frozenset[UUID]] = {}
        if self.groups.inside:
            direct = membership.direct_groups(self.connection.pk, ids)
        found = []
        for row in rows:
            held = direct.get(row.object_id, frozenset())
            remote = Remote(row.object_id, row.properties, held)
            said = answers(remote, rules=self.rules, groups=self.groups)
            before = (row.pattern_id, row.counted_revision)
            if before != (self.patterns.get(said), row.revision):
                found.append((row.pk, said, row.revision))
        return found

    def write(self, moved: Sequence[tuple[int, Said, int]]) -> None:
        """Write one chunk, with the patterns that are new."""
        if not moved:
            return
        with self.writing():
            for said in {said for _, said, _ in moved} - self.patterns.keys():
                self.patterns[said] = self._kept(said)
            bulk.upsert(
                PersonMatch,
                ("person_id", "pattern_id", "revision"),
                ((pk, self.patterns[said], revision) for pk, said, revision in moved),
                key=("person_id",),
            )

    def _kept(self, said: Said) -> int:
        named = sorted([self.mapping_ids[one.sequence], one.result] for one in said)
        row, _ = MatchPattern.objects.get_or_create(
            connection=self.connection,
            digest=mirror.digest({"answers": named}),
            defaults={"answers": named},
        )
        return row.pk

    def end(self) -> None:
        """Count the patterns, and say what the count goes by."""
        with self.writing() as row:
            matches = PersonMatch.objects.filter(pattern__connection=self.connection)
            matches.exclude(person__state=MirrorState.PRESENT).delete()
            patterns = MatchPattern.objects.filter(connection=self.connection)
            numbers = dict(
                matches.order_by()
                .values_list("pattern")
                .annotate(number=Count("person"))
            )
            patterns.exclude(pk__in=numbers).delete()
            bulk.update(MatchPattern, "id", ("people",), numbers.items())
            row.rules_version, row.counted_at = self.rules.version, self.begun
            row.generation = self.generation
            row.save(update_fields=["rules_version", "counted_at", "generation"])


def recount(
    connection: TenantConnection, *, progress: Callable[[int, int], None] | None = None
) -> bool:
    """Count whom the mappings match now; False: a later count has taken over.

    `progress` is told how many people are done, of how many. A count that is killed
    leaves the last one in force, and the next one does its work again.
    """
    count = _begun(connection)
    total = _due(count).count()
    done, after = 0, 0
    try:
        while ids := _ids(connection, after):
            rows = _rows(count, after, ids[-1])
            after, done = ids[-1], done + len(rows)
            count.write(count.moved(rows))
            if progress is not None:
                progress(done, total)
        count.end()
    except _Superseded:
        return False
    return True


def _begun(connection: TenantConnection) -> _Count:
    """Return a new count; from now on no earlier one writes."""
    rules, mapping_ids = _rules(connection)
    with transaction.atomic():
        Recount.objects.get_or_create(connection=connection)
        row = Recount.objects.select_for_update().get(connection=connection)
        row.attempt += 1
        row.save(update_fields=["attempt"])
    return _Count(
        connection,
        row.attempt,
        rules,
        mapping_ids,
        membership.known_groups(connection.pk),
        is_whole=row.rules_version != rules.version,
        begun=timezone.now(),
        generation=_walked(connection),
        patterns=_patterns(connection, mapping_ids),
    )


def _rules(connection: TenantConnection) -> tuple[RuleSet, Mapping[int, int]]:
    """Return the rules, and the id of the site mapping of each sequence in them."""
    saved = TenantConnection.objects.filter(pk=connection.pk)
    while True:
        rules = compile_rules(connection)
        rows = SiteMapping.objects.filter(connection=connection, enabled=True)
        mapping_ids = dict(rows.values_list("sequence", "pk"))
        if saved.values_list("rules_version", flat=True).get() == rules.version:
            return rules, mapping_ids


def _patterns(
    connection: TenantConnection, mapping_ids: Mapping[int, int]
) -> dict[Said, int]:
    """Return the patterns that name no other mappings than those of now."""
    sequences = {pk: sequence for sequence, pk in mapping_ids.items()}
    rows = MatchPattern.objects.filter(connection=connection)
    return {
        tuple(
            sorted(Answer(sequences[pk], Result(result)) for pk, result in named)
        ): key
        for key, named in rows.values_list("pk", "answers")
        if all(pk in sequences for pk, _ in named)
    }


def _walked(connection: TenantConnection) -> int:
    """Return the number of the last walk that no run is at work on any more."""
    ended = Run.objects.filter(connection=connection).exclude(status__in=ACTIVE)
    return int(ended.aggregate(latest=Max("generation"))["latest"] or 0)


def _due(count: _Count) -> models.QuerySet[MirrorUser]:
    people = mirror.of_connection(count.connection.pk).filter(state=MirrorState.PRESENT)
    if count.is_whole:
        return people
    return people.filter(Q(match=None) | ~Q(match__revision=F("revision")))


def _ids(connection: TenantConnection, after: int) -> list[int]:
    """Return the next rows of the mirror, due or not.

    They bound what the next query looks at: the server cannot guess how many are due,
    and would sort the whole tenant for each chunk.
    """
    people = mirror.of_connection(connection.pk).filter(pk__gt=after).order_by("pk")
    return list(people.values_list("pk", flat=True)[:CHUNK])


def _rows(count: _Count, after: int, last: int) -> list[Row]:
    rows = _due(count).filter(pk__gt=after, pk__lte=last).order_by("pk")
    names, texts = _properties(count.rules)
    known = ("pk", "object_id", "revision", "match__pattern_id", "match__revision")
    return [
        Row(pk, object_id, revision, pattern, counted, _loaded(names, found))
        for pk, object_id, revision, pattern, counted, *found in rows.values_list(
            *known, *texts
        )
    ]


def _properties(rules: RuleSet) -> tuple[tuple[str, ...], list[Cast]]:
    """Return what to read of a person, as text: only what decides, where that pays.

    PostgreSQL would write out and send a kilobyte a person; SQLite has it at hand.
    """
    text = models.TextField()
    if database.vendor != "postgresql":
        return (), [Cast("properties", text)]
    names = catalogue.deciding(rules)
    return names, [Cast(KeyTransform(name, "properties"), text) for name in names]


def _loaded(names: Sequence[str], texts: Sequence[str | None]) -> JsonObject:
    """Return properties from their texts; without a text a property is unknown."""
    if not names:
        (whole,) = texts
        found: JsonObject = orjson.loads(whole or "{}")
        return found
    return {
        name: orjson.loads(text)
        for name, text in zip(names, texts, strict=True)
        if text is not None
    }
