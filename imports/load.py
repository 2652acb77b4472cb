"""People of the mirror as the engine takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from common.types import JsonObject
from imports import mirror
from imports.engine.types import Remote
from imports.words import MirrorState
from mappings.words import Kind

if TYPE_CHECKING:
    from collections.abc import Collection

    from imports.work import Scope


class Person(NamedTuple):
    """One row of the mirror that is due."""

    pk: int
    object_id: UUID
    upn: str
    properties: JsonObject
    state: str
    revision: int
    generation: int
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
            is_unproven=self.state == MirrorState.ABSENT,
            revision=self.revision,
        )


def concerned(kinds: Collection[Kind]) -> list[Kind]:
    """Return the kinds of records that a run of `kinds` may touch.

    *Import Agents* brings agents' user records too (AM-27).
    """
    return [kind for kind in Kind if kind in kinds or kind is Kind.USERS]


def person(scope: Scope, object_id: UUID) -> Person | None:
    """Return one person of the mirror, due or not; None if there is none."""
    row = (
        mirror.of_connection(scope.connection.pk)
        .filter(object_id=object_id)
        .values_list(
            *("pk", "object_id", "upn", "properties", "state"),
            *("revision", "generation"),
        )
        .first()
    )
    return None if row is None else Person._make((*row, True, True))
