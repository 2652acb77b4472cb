"""What refers to records from outside the run that made them.

Found through the database's own relations, so that a table that comes later keeps
records alive as well. What a connection itself has linked to a record (licences,
devices, roles, seats) comes again with the record and keeps nothing.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

from directory.models import (
    Agent,
    AgentRoleGrant,
    Asset,
    BoardSeat,
    EndUser,
    Site,
    SoftwareAssignment,
)
from imports.models import PlannedSite

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

GIVERS: Mapping[type[models.Model], str] = {
    SoftwareAssignment: "assigned_by",
    Asset: "user_set_by",
    AgentRoleGrant: "granted_by",
    BoardSeat: "granted_by",
}
"""The column that names the connection whose own doing the reference is."""
SECOND_PASS: Mapping[type[models.Model], str] = {EndUser: "manager", Agent: "user"}
"""References between people, made by the second pass of a run."""
WORDS: Mapping[type[models.Model], str] = {
    EndUser: "it is somebody's manager",
    Agent: "an agent is linked to it",
}
IGNORED = (PlannedSite,)


def of(
    model: type[models.Model], ids: Collection[int], connection_id: int | None = None
) -> Mapping[int, list[str]]:
    """Return what refers to these records, in words; people are told by `people`."""
    found: dict[int, list[str]] = defaultdict(list)
    for referring, column in _relations(model):
        if model is not Site and referring in SECOND_PASS:
            continue
        rows: Any = referring._base_manager.filter(**{f"{column}__in": ids})
        if connection_id is not None and referring in GIVERS:
            giver = GIVERS[referring]
            rows = rows.filter(Q(**{giver: None}) | ~Q(**{giver: connection_id}))
        words = f"{_article(referring)} refers to it"
        for pk in set(rows.order_by().values_list(f"{column}_id", flat=True)):
            found[pk].append(words)
    return found


def people(ids: Collection[int]) -> Iterator[tuple[type[models.Model], int, int]]:
    """Yield the model and id of who refers to these users, and the user's id."""
    for referring, column in SECOND_PASS.items():
        rows: Any = referring._base_manager.filter(**{f"{column}__in": ids})
        for pk, user_id in rows.order_by().values_list("id", f"{column}_id"):
            yield referring, pk, user_id


def _relations(
    model: type[models.Model],
) -> Iterator[tuple[type[models.Model], str]]:
    """Yield every table that refers to the model, hidden relations too."""
    for relation in model._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ManyToOneRel):
            continue
        referring: Any = relation.related_model
        if referring not in IGNORED and not relation.field.many_to_many:
            yield referring, relation.field.name


def _article(model: type[models.Model]) -> str:
    name = str(model._meta.verbose_name)
    return f"an {name}" if name[0] in "aeiou" else f"a {name}"
