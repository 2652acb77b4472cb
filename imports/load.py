"""The mirror and the directory, in chunks, as the engine takes them.

A fixed number of queries a chunk, whatever is in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from django.db.models import (
    BooleanField,
    Case,
    F,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from common.types import JsonObject
from directory.models import Agent, EndUser
from imports import mirror, settle
from imports.engine.types import Remote
from imports.words import MirrorState
from mappings.words import Kind

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from django.db import models

    from imports.models import MirrorUser
    from imports.work import Scope

CHUNK = 1000
MODELS: Mapping[Kind, type[EndUser] | type[Agent]] = {
    Kind.USERS: EndUser,
    Kind.AGENTS: Agent,
}


class Person(NamedTuple):
    """One row of the mirror that is due."""

    pk: int
    object_id: UUID
    upn: str
    properties: JsonObject
    state: str
    revision: int
    users_due: bool
    agents_due: bool

    def is_due(self, kind: Kind) -> bool:
        """Return whether the person is to be planned for this kind of record."""
        return self.users_due if kind is Kind.USERS else self.agents_due

    def remote(self, groups: frozenset[UUID]) -> Remote:
        """Return the person as the engine takes them."""
        is_gone = self.state in {MirrorState.DELETED, MirrorState.GONE}
        return Remote(
            self.object_id,
            self.properties,
            groups,
            is_deleted=is_gone,
            revision=self.revision,
        )


def concerned(kinds: Collection[Kind]) -> list[Kind]:
    """Return the kinds of records that a run of `kinds` may touch.

    *Import Agents* brings agents' user records too (AM-27).
    """
    return [kind for kind in Kind if kind in kinds or kind is Kind.USERS]


def due(
    scope: Scope,
    *,
    after: int = 0,
    limit: int = CHUNK,
    object_id: UUID | None = None,
) -> list[Person]:
    """Return the next people to plan, by their order in the mirror."""
    people: Any = _due(scope).filter(pk__gt=after)
    if object_id is not None:
        people = people.filter(object_id=object_id)
    rows = people.order_by("pk").values_list(
        *("pk", "object_id", "upn", "properties", "state", "revision"),
        *("users_settled", "agents_settled"),
    )
    return [Person._make((*row[:6], not row[6], not row[7])) for row in rows[:limit]]


def count_due(scope: Scope) -> int:
    """Return how many people are to be planned."""
    return _due(scope).count()


def person(scope: Scope, object_id: UUID) -> Person | None:
    """Return one person of the mirror, due or not; None if there is none."""
    row = (
        mirror.of_connection(scope.connection.pk)
        .filter(object_id=object_id)
        .values_list("pk", "object_id", "upn", "properties", "state", "revision")
        .first()
    )
    return None if row is None else Person(*row, users_due=True, agents_due=True)


def settled(scope: Scope, kind: Kind) -> Mapping[bool, int]:
    """Return how many people are settled: with a record (True), and without."""
    rows = (
        _with_settled(scope)
        .filter(**{f"{kind.value}_settled": True})
        .values_list(f"{kind.value}_revision", flat=True)
    )
    without = rows.filter(**{f"{kind.value}_revision": settle.NO_RECORD}).count()
    return {True: rows.count() - without, False: without}


def _due(scope: Scope) -> models.QuerySet[MirrorUser]:
    wanted = Q()
    for kind in concerned(scope.kinds):
        wanted |= Q(**{f"{kind.value}_settled": False})
    return _with_settled(scope).filter(wanted)


def _with_settled(scope: Scope) -> models.QuerySet[MirrorUser]:
    """Return the people of the connection with, per kind, whether they are settled."""
    people = mirror.of_connection(scope.connection.pk)
    for kind, model in MODELS.items():
        record = model._default_manager.filter(
            entra_tenant_id=scope.connection.tenant_id,
            entra_object_id=OuterRef("object_id"),
        ).values("revision")[:1]
        mirror_column, rules_column, record_column = settle.columns(kind)
        revision = f"{kind.value}_revision"
        people = people.annotate(
            **{revision: Coalesce(Subquery(record), settle.NO_RECORD)}
        ).annotate(
            **{
                f"{kind.value}_settled": _all_equal(
                    (mirror_column, F("revision")),
                    (rules_column, scope.rules.version),
                    (record_column, F(revision)),
                )
            }
        )
    return people


def _all_equal(*pairs: tuple[str, Any]) -> Case:
    return Case(
        When(Q(**dict(pairs)), then=Value(value=True)),
        default=Value(value=False),
        output_field=BooleanField(),
    )
