"""What a browser asks of a run's rows, and the choices that its page offers."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from django.urls import reverse

from directory.models import Site
from directory.rights import visible
from imports import breakdown, row_filter, showing
from imports.engine import wording
from imports.engine.types import Action
from imports.row_filter import Filter
from imports.words import Outcome, Stage
from mappings.words import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from common.rights import Rights
    from imports.breakdown import Sort
    from imports.models import Run

WORDS = {
    "kind": {kind.value for kind in Kind},
    "action": {action.value for action in Action},
    "stage": {stage.value for stage in Stage},
    "outcome": {outcome.value for outcome in Outcome},
    "ticked": {"yes", "no"},
    "losing": {"yes"},
}
"""The words that a filter may use; others are as if they were not there."""
LONGEST = 100
SITES = 200
"""How many sites a filter offers."""
OUTCOMES = {
    Outcome.PLANNED: "Not written",
    Outcome.APPLIED: "Done",
    Outcome.STALE: "Stale",
    Outcome.FAILED: "Failed",
    Outcome.HELD: "Waiting for approval",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to filter by: where a click leads, and how many rows there are."""

    value: str
    label: str
    number: int
    query: str
    is_current: bool


def filter_of(data: Mapping[str, str]) -> Filter:
    """Return the filter that a query or a form names; nonsense asks for nothing."""
    given = {name: data.get(name, "").strip()[:LONGEST] for name in asdict(Filter())}
    for name, words in WORDS.items():
        if given[name] not in words:
            given[name] = ""
    if given["mapping"] != row_filter.UNMAPPED and not given["mapping"].isdecimal():
        given["mapping"] = ""
    return Filter(**{name: value.replace("\0", "") for name, value in given.items()})


def query_of(asked: Filter) -> str:
    """Return a filter as the query of an address."""
    return urlencode(asked.named)


def address(run: Run, asked: Filter, *, at: str = "") -> str:
    """Return the address of a run's page with these rows."""
    query = "&".join(
        part for part in (query_of(asked), at and f"at={quote(at)}") if part
    )
    page = reverse("imports:run", args=[run.pk])
    return f"{page}?{query}" if query else page


def actions(run: Run, asked: Filter) -> list[Choice]:
    """Return the actions of a run with their numbers: a click filters by one."""
    words = [(one.value, wording.ACTIONS[one].capitalize()) for one in Action]
    return _choices(breakdown.of(run), replace(asked, stage=""), "action", words)


def second_pass(run: Run, asked: Filter) -> list[Choice]:
    """Return how many rows the second pass has: managers, and links to users."""
    words = [(Stage.MANAGERS.value, showing.SECOND_PASS)]
    return _choices(breakdown.of(run), replace(asked, action=""), "stage", words)


def outcomes(run: Run, asked: Filter) -> list[Choice]:
    """Return what became of a run's rows, with numbers."""
    words = [(one.value, OUTCOMES[one]) for one in Outcome]
    return _choices(breakdown.of(run), asked, "outcome", words)


def mappings(run: Run, asked: Filter, rights: Rights) -> list[Choice]:
    """Return the mappings that rows of a run come by, with numbers.

    Their names hold sites, which are not for everybody.
    """
    names = showing.mapping_names(run) if rights.sees_everything else {}
    sequences = sorted({one.mapping for one in breakdown.of(run) if one.mapping})
    words = [
        (str(one), f"{one}: {names[one]}" if one in names else f"Mapping {one}")
        for one in sequences
    ]
    words.append((row_filter.UNMAPPED, showing.UNMAPPED))
    return _choices(breakdown.of(run), asked, "mapping", words)


def _choices(
    sorts: Sequence[Sort],
    asked: Filter,
    name: str,
    words: Iterable[tuple[str, str]],
) -> list[Choice]:
    now: str = getattr(asked, name)
    found = []
    for value, label in words:
        only = Filter(**{name: value})
        number = breakdown.total(sort for sort in sorts if only.admits(sort))
        if number:
            is_current = now == value
            leads_to = replace(asked, **{name: "" if is_current else value})
            query = query_of(leads_to)
            found.append(Choice(value, label, number, query, is_current))
    return found


def sites(run: Run, rights: Rights) -> list[tuple[str, str]]:
    """Return the sites that a page may be filtered by: those to be made come first."""
    if not run.rules:
        return []
    planned = run.planned_sites.filter(site=None).select_related("organisation")
    made = visible(
        Site.objects.filter(organisation__in=run.rules["organisations"]), rights
    )
    made = made.select_related("organisation").order_by("name_key", "id")
    new = planned.order_by("name_key")[:SITES] if rights.sees_everything else []
    return [
        *((f"{row_filter.NEW}{one.pk}", f"{one} (to be made)") for one in new),
        *(
            (str(one.pk), f"{one.organisation.name} / {one.name}")
            for one in made[:SITES]
        ),
    ]
