"""Who else may want to link a record: the matching fields, read from its side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from common import keys
from imports import mirror, records
from imports.engine.types import Remote
from imports.engine.values import desired
from imports.models import Decision
from imports.words import Verdict
from mappings import catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from imports.work import Scope
    from mappings.rules import FieldRule
    from mappings.words import Kind

INDEXED = {"userPrincipalName": "upn_key", "mail": "mail_key"}
"""The mirror's columns of keys, by the property that they are the key of."""


def of(scope: Scope, kind: Kind, record_id: int) -> Iterator[UUID]:
    """Yield the people who hold a value of the record, or are to be linked to it.

    Whether one of them does claim it is for the engine to say.
    """
    yield from Decision.objects.filter(
        connection=scope.connection,
        kind=kind,
        verdict=Verdict.LINK,
        record_id=record_id,
    ).values_list("object_id", flat=True)
    record = records.by_ids(scope.connection, kind, [record_id]).get(record_id)
    if record is None:
        return
    rules = {rule.target: rule for rule in scope.rules.fields(kind)}
    for target in scope.rules.matching(kind):
        wanted = keys.key(catalogue.as_text(record.values.get(target)))
        if wanted and target in rules:
            yield from _holders(scope, kind, rules[target], wanted)


def _holders(scope: Scope, kind: Kind, rule: FieldRule, wanted: str) -> Iterator[UUID]:
    """Yield whose field has this key; without a column of keys all are compared."""
    people = mirror.of_connection(scope.connection.pk)
    column = INDEXED.get(rule.source)
    if column is not None:
        found = people.filter(**{column: wanted})
        yield from found.values_list("object_id", flat=True)
        return
    for person in people.values_list("object_id", "properties").iterator():
        values = desired(Remote(*person), (rule,), kind=kind).values
        if keys.key(catalogue.as_text(values.get(rule.target))) == wanted:
            yield person[0]
