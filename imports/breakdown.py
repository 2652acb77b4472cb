"""How many items of a run there are of each sort: what its page is laid out by.

Counted once when a run stops working, so that the page of 100,000 items costs what
the page of ten does. Ticks do not change it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import BooleanField, Count, ExpressionWrapper, Q

from imports.words import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable

    from common.types import JsonObject
    from imports.models import Run


@dataclass(frozen=True, slots=True)
class Sort:
    """Items that are alike, and their number.

    `mapping` is the sequence of the mapping that won; None: no mapping selects them.
    """

    kind: str
    stage: str
    mapping: int | None
    action: str
    reason: str
    outcome: str
    is_partly: bool
    """Whether they were applied but for some fields, which have moved."""
    number: int


COLUMNS = ("kind", "stage", "mapping", "action", "reason", "outcome", "is_partly")
PARTLY = Q(outcome=Outcome.APPLIED) & ~Q(error="")


def count(run: Run) -> list[JsonObject]:
    """Count the items of a run, as its row keeps them."""
    return list(
        run.items.order_by()
        .annotate(is_partly=ExpressionWrapper(PARTLY, output_field=BooleanField()))
        .values(*COLUMNS)
        .annotate(number=Count("id"))
    )


def of(run: Run) -> list[Sort]:
    """Return the sorts of items that a run has, as counted when it stopped."""
    return [Sort(**row) for row in run.breakdown]


def total(sorts: Iterable[Sort]) -> int:
    """Return how many items there are of all these sorts."""
    return sum(one.number for one in sorts)
