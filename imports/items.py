"""Stored items as the doors of the directory take them: narrow rows, no models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias
from uuid import UUID

import orjson
from django.db import models
from django.db.models import Max, Min
from django.db.models.functions import Cast

from common.types import JsonObject
from imports.models import RunItem
from imports.words import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imports.work import Work
    from mappings.words import Kind


class Stored(NamedTuple):
    """What it takes to write an item."""

    pk: int
    object_id: UUID
    record_id: int | None
    reason: str
    mirror_revision: int
    rules_version: int
    record_revision: int | None
    changes: JsonObject
    behind: JsonObject | None


Item: TypeAlias = "RunItem | Stored"
PLAIN, JSON = Stored._fields[:-2], Stored._fields[-2:]


def planned(
    work: Work, kind: Kind, waiting: models.QuerySet[RunItem], step: int
) -> Iterator[list[Stored]]:
    """Yield those of the waiting items that the run planned for one kind, in steps.

    They come as they were planned, which is the order of the mirror: neighbours lie on
    the same pages of both tables. `waiting` must not name a column of an index, or
    SQLite would read the whole plan for every step.
    """
    mine = (work.run.pk, kind, Stage.APPLY)
    ends = RunItem.objects.filter(run=work.run, kind=kind, stage=Stage.APPLY)
    first, last = ends.order_by().aggregate(a=Min("pk"), b=Max("pk")).values()
    if first is None:
        return
    texts = [Cast(name, models.TextField()) for name in JSON]
    for start in range(first, last + 1, step):
        rows = (
            waiting.filter(pk__gte=start, pk__lt=min(start + step, last + 1))
            .order_by("pk")
            .values_list("run_id", "kind", "stage", *PLAIN, *texts)
        )
        found = [_stored(row[3:]) for row in rows if row[:3] == mine]
        if found:
            yield found


def _stored(row: tuple[Any, ...]) -> Stored:
    *plain, changes, behind = row
    parsed = orjson.loads(changes), None if behind is None else orjson.loads(behind)
    return Stored._make((*plain, *parsed))
