"""What only a whole plan can say of its rows: who is claimed twice, who is spared.

A run does this to its stored rows once everybody is decided; an explanation does it to
the rows of one person and of those who matter to them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from imports.engine import guard
from imports.engine.plan import IDENTITY
from imports.engine.types import Action, PlanItem, Reason
from mappings.words import Kind


@dataclass(frozen=True, slots=True)
class Indispensable:
    """Who must never be locked out: ids of agents, and of the roles that matter."""

    administrators: frozenset[int] = frozenset()
    """The active ones."""
    roles: frozenset[int] = frozenset()
    """The roles that make an administrator."""
    runner: int | None = None
    """Who runs the import."""


def finished(
    items: Sequence[PlanItem], indispensable: Indispensable
) -> Iterator[PlanItem]:
    """Yield the rows of a plan as its whole leaves them, in their order."""
    reviewed = list(_reviewed(items))
    spared: dict[int | None, Reason] = dict(sparing(reviewed, indispensable))
    for item in reviewed:
        reason = spared.get(item.record_id) if _may_lose(item) else None
        yield item if reason is None else guard.without_losses(item, reason)


def claims(item: PlanItem) -> tuple[Kind, int] | None:
    """Return the record that a row would link to its person for the first time.

    A link may hide under a graver action: a disabled person is deactivated with it.
    """
    if IDENTITY not in item.changes or item.record_id is None:
        return None
    return item.kind, item.record_id


def sparing(
    items: Iterable[PlanItem], indispensable: Indispensable
) -> Iterator[tuple[int, Reason]]:
    """Yield the agents whose rows lose their teeth, and why (R121).

    That is who runs the import, and one administrator if all of them would go.
    """
    losers = set()
    for item in items:
        pk = item.record_id
        if pk is None or not _may_lose(item):
            continue
        if pk == indispensable.runner:
            yield pk, Reason.RUNS_THE_IMPORT
        elif pk in indispensable.administrators and guard.ends_administration(
            item, indispensable.roles
        ):
            losers.add(pk)
    if losers and losers == indispensable.administrators:
        yield min(losers), Reason.LAST_ADMINISTRATOR


def _reviewed(items: Sequence[PlanItem]) -> Iterator[PlanItem]:
    """Yield the rows; those that claim one record all need review."""
    number = Counter(claimed for item in items if (claimed := claims(item)))
    for item in items:
        claimed = claims(item)
        is_alone = claimed is None or number[claimed] == 1
        yield (
            item
            if is_alone
            else replace(item, action=Action.REVIEW, reason=Reason.CLAIMED_TWICE)
        )


def _may_lose(item: PlanItem) -> bool:
    """Return whether a row takes something from an agent; one to review does not."""
    is_written = item.kind is Kind.AGENTS and item.action is not Action.REVIEW
    return is_written and bool(guard.losses(item))
