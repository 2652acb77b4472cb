"""What undoing a run would do, in words, for the page that asks whether to do it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imports import showing
from imports.engine import wording

if TYPE_CHECKING:
    from imports.undo import Forecast

LISTS = {
    "names": ("Whom it concerns", ""),
    "kept": ("Made by the run, but kept, inactive", "Something refers to them."),
    "stale": ("Left as it is", "It has changed since the run."),
    "given_back": (
        "Disabled or deleted in Entra, and would get something back",
        "Look at these first: the undo gives back what the run took.",
    ),
}


def told(forecast: Forecast) -> dict[str, Any]:
    """Return a forecast in words: numbers by kind, then the first names of a sort."""
    actions = [
        {
            "kind": showing.KIND_WORDS[kind],
            "action": wording.ACTIONS[action].capitalize(),
            "was": wording.ACTIONS[done],
            "number": number,
        }
        for (kind, action, done), number in sorted(forecast.actions.items())
    ]
    lists = [
        {
            "title": title,
            "hint": hint,
            "names": names,
            "more": forecast.numbers[sort] - len(names),
            "number": forecast.numbers[sort],
            "is_warning": sort == "given_back",
        }
        for sort, (title, hint) in LISTS.items()
        if (names := getattr(forecast, sort))
    ]
    return {"actions": actions, "lists": lists, "sites": forecast.sites}
