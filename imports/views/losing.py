"""What a plan that waits would take away: by cause, by mapping, and from whom."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from imports import breakdown, showing
from imports.engine import wording
from imports.engine.types import Action, Reason
from imports.row_filter import Filter
from imports.words import Outcome
from mappings.words import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from imports.breakdown import Sort
    from imports.models import Run

CAUSES = {
    Action.DEACTIVATE: "Loses access",
    Action.MOVE: "Moves to another site",
}


class Cause(NamedTuple):
    """People who would lose the same for the same cause, by the same mapping."""

    kind: str
    cause: str
    mapping: str
    number: int


def told(run: Run, *, is_whole: bool) -> dict[str, Any]:
    """Return what the page of a plan that waits says beside its rows.

    The names of mappings hold sites: only who sees the whole reads them.
    """
    roles, boards = run.counts.get("roles", {}), run.counts.get("boards", {})
    names = showing.mapping_names(run) if is_whole else {}
    causes = list(_causes(run, names))
    return {
        "causes": causes,
        "lost": sum(cause.number for cause in causes),
        "roles_lost": roles.get("revoke", 0),
        "seats_lost": boards.get("leave", 0),
        "is_held": any(sort.outcome == Outcome.HELD for sort in breakdown.of(run)),
    }


def default_filter(run: Run) -> Filter:
    """Return which rows the page shows at first: those of people who lose something."""
    if not any(_causes(run, {})):
        return Filter()
    is_held = any(sort.outcome == Outcome.HELD for sort in breakdown.of(run))
    return Filter(losing="yes", outcome=Outcome.HELD.value if is_held else "")


def _causes(run: Run, names: Mapping[int, str]) -> Sequence[Cause]:
    numbers: Counter[tuple[str, str, int | None]] = Counter()
    for sort in breakdown.of(run):
        if sort.outcome in {Outcome.PLANNED, Outcome.HELD} and sort.action in CAUSES:
            numbers[sort.kind, _cause(sort), sort.mapping] += sort.number
    found = [
        Cause(
            showing.KIND_WORDS[Kind(kind)],
            cause,
            showing.UNMAPPED
            if mapping is None
            else f"{mapping}: {names[mapping]}"
            if mapping in names
            else f"Mapping {mapping}",
            number,
        )
        for (kind, cause, mapping), number in numbers.items()
    ]
    return sorted(found, key=lambda one: (one.kind == "Agents", -one.number, one))


def _cause(sort: Sort) -> str:
    words = CAUSES[Action(sort.action)]
    return f"{words}. {wording.REASONS[Reason(sort.reason)]}" if sort.reason else words
