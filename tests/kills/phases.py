"""Where a run stands, more finely than its stage says."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from imports.models import Run
from imports.words import RunKind, Stage, Status

if TYPE_CHECKING:
    from collections.abc import Mapping


class Phase(StrEnum):
    """The part of a run that is under way, in this order."""

    BEGIN = "begin"
    """Claimed; the rules are read, a token is fetched."""
    GROUPS = "groups"
    PEOPLE = "people"
    PROVE = "prove"
    PLAN = "plan"
    GUARD = "guard"
    APPLY = "apply"
    MANAGERS = "managers"


def now(run_id: int) -> Phase | None:
    """Return where a run stands; None: nobody is at work on it."""
    kind, status, stage, place = Run.objects.values_list(
        "kind", "status", "stage", "place"
    ).get(pk=run_id)
    return _phase(RunKind(kind), stage, place) if status == Status.RUNNING else None


def _phase(kind: RunKind, stage: str, place: Mapping[str, object]) -> Phase:
    """Return the phase by the stage, and by the marks that the run has set."""
    is_read = place.get("read" if kind is RunKind.DELTA else "walked")
    match stage:
        case "":
            return Phase.BEGIN
        case Stage.PEOPLE if is_read:
            return Phase.PROVE
        case Stage.PLAN if place.get("planned"):
            return Phase.GUARD
        case _:
            return Phase(stage)
