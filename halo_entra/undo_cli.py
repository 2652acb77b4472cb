"""What `undo_run` says before it is confirmed: what would go, and what would stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from halo_entra.commands import Answer, Exit
from imports.engine.types import Action
from imports.engine.wording import ACTIONS
from imports.words import RunKind, Status
from mappings.words import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from common.types import JsonObject
    from imports.undo import Forecast

TITLES = {
    "names": "They are",
    "kept": "Made by the run, but kept, inactive",
    "stale": "Left as it is",
    "given_back": "Disabled or deleted in Entra, and would get something back",
}


def foreseen(forecast: Forecast) -> Answer:
    """Return what undoing the run would do, and ask for a confirmation."""
    run = forecast.run
    trouble = (
        f"Nothing is written. Undo run {run.pk} with undo_run {run.pk} --yes; it "
        f"pauses the Integrator of {run.connection}."
    )
    return Answer(
        text="\n".join(_lines(forecast)),
        data=_data(forecast, trouble),
        trouble=trouble,
        status=Exit.WAITING,
    )


def _lines(forecast: Forecast) -> Iterator[str]:
    run = forecast.run
    yield f"Undoing run {run.pk} ({run.connection}) would do this:"
    for (kind, action, done), number in sorted(forecast.actions.items()):
        yield f"  {kind.capitalize()}: {number} × {ACTIONS[action]} (was: {done})"
    if forecast.sites:
        yield f"  Sites: up to {forecast.sites} made by the run × delete, where empty"
    for sort, title in TITLES.items():
        names: list[str] = getattr(forecast, sort)
        more = forecast.numbers[sort] - len(names)
        if names:
            yield f"  {title}: {'; '.join(names)}{f' and {more} more' if more else ''}"
    if not forecast.actions:
        yield "  Nothing: all of it has moved since, or is as it was before."


def _data(forecast: Forecast, reason: str) -> JsonObject:
    """Return the forecast in the shape of a run's summary, with its names."""
    run = forecast.run
    found: JsonObject = {
        "run": None,
        "connection": run.connection.name,
        "kind": RunKind.UNDO,
        "status": Status.WAITING_FOR_APPROVAL,
        "reason": reason,
        "started_at": None,
        "finished_at": None,
        "fetched": {},
        "undoes": run.pk,
    }
    for kind in Kind:
        if kind in run.kinds:
            counts = {action.value: forecast.count(kind, action) for action in Action}
            found[kind.value] = counts | {
                "stale": forecast.stale_by_kind[kind],
                "failed": 0,
            }
    found |= {sort: getattr(forecast, sort) for sort in TITLES}
    return found
