"""Items of a run in the administrator's words: what a row of its page says.

Free of the database: everything stands in the item and in the run's own rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from imports import breakdown, guarding
from imports.engine import guard, wording
from imports.engine.guard import Loss
from imports.engine.types import Action, Reason, Result
from imports.words import Outcome, RunKind, Stage, Status
from mappings import catalogue
from mappings.words import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from common.types import Json, JsonObject
    from imports.models import Run, RunItem

LOST = {
    Loss.ACCESS: "loses access",
    Loss.SITE: "leaves their site",
    Loss.ROLE: "loses a role",
    Loss.SEAT: "loses a seat",
}
SECOND_PASS = "Managers, and agents' links to their user records"
UNMAPPED = "Selected by no mapping"
KIND_WORDS = {Kind.USERS: "Users", Kind.AGENTS: "Agents"}
READ_LATER = {Action.CREATE, Action.LINK, Action.UPDATE, Action.MOVE, Action.REACTIVATE}
"""Actions after which the second pass sets the manager."""


@dataclass(frozen=True, slots=True)
class Changed:
    """One line of a diff; `before` is empty where there was nothing."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Told:
    """One row."""

    item: RunItem
    action: str
    site: str
    """The site that the row brings somebody to, "" where it leaves them."""
    changes: Sequence[Changed]
    reason: str
    also: str
    """The other mappings that match (AM-21)."""
    losses: Sequence[str]
    is_manager_unread: bool
    """Whether the manager is read only when the row is imported (R083)."""

    @property
    def is_fixed(self) -> bool:
        """Return whether no import takes the row, ticked or not."""
        fixed = {Action.REVIEW, Action.NONE, Action.SKIP}
        return self.item.action in fixed or self.item.reason == Reason.LEFT_OUT


@dataclass(frozen=True, slots=True)
class Section:
    """Rows of one mapping."""

    title: str
    rows: Sequence[Told]


def sections(run: Run, items: Iterable[RunItem]) -> list[Section]:
    """Return the rows grouped by mapping, in the order they come in (R128)."""
    names = mapping_names(run)
    waits = run.status in {Status.PLANNED, Status.WAITING_FOR_APPROVAL}
    has_manager = waits and any(
        rule["target"] == catalogue.MANAGER for rule in run.rules.get("user_fields", ())
    )
    return [
        Section(
            _title(*key, names),
            [_told(item, has_manager=has_manager) for item in group],
        )
        for key, group in groupby(
            items, key=lambda one: (one.kind, one.mapping, one.stage)
        )
    ]


def mapping_names(run: Run) -> dict[int, str]:
    """Return what each mapping of the run's own rules is called, by sequence."""
    found: dict[int, str] = {}
    for rule in run.rules.get("site_rules", ()):
        if rule["site"]:
            target = rule["site"]["name"]
        else:
            named = catalogue.label(rule["field"])
            target = f"{rule['organisation']['name']} / {named}"
        found[rule["sequence"]] = _named(rule, target)
    for rule in run.rules.get("agent_rules", ()):
        found[rule["sequence"]] = _named(rule, "*Agent*")
    return found


def _named(rule: JsonObject, target: str) -> str:
    group = rule["filter"]["group"]
    return f"{target}, group {group['name']}" if group else target


def _title(kind: str, mapping: int | None, stage: str, names: Mapping[int, str]) -> str:
    words = KIND_WORDS[Kind(kind)]
    if stage == Stage.MANAGERS:
        return SECOND_PASS
    if mapping is None:
        return f"{words}: {UNMAPPED.lower()}" if kind == Kind.USERS else words
    return f"{words} · Mapping {mapping}: {names.get(mapping, 'no longer there')}"


def _told(item: RunItem, *, has_manager: bool) -> Told:
    action = Action(item.action)
    losses = guard.losses(guarding.as_planned(item))
    is_user = item.kind == Kind.USERS and item.stage == Stage.APPLY
    return Told(
        item,
        action=wording.ACTIONS[action].capitalize(),
        site=shown(item.changes.get("site", (None, None))[1]),
        changes=list(_changes(item)),
        reason=wording.REASONS[Reason(item.reason)] if item.reason else "",
        also=", ".join(str(one) for one in _also(item)),
        losses=[LOST[loss] for loss in Loss if loss in losses],
        is_manager_unread=has_manager and is_user and action in READ_LATER,
    )


def _changes(item: RunItem) -> Iterator[Changed]:
    for name, (before, after) in item.changes.items():
        yield Changed(wording.field(name), shown(before), shown(after))


def shown(held: Json) -> str:
    """Return a value as a diff shows it, without quotes; nothing as ""."""
    if catalogue.is_blank(held):
        return ""
    return held if isinstance(held, str) else wording.value(held)


def _also(item: RunItem) -> Iterator[int]:
    for sequence, _, result, _ in item.trace.get("mappings", ()):
        if result == Result.MATCHED and sequence != item.mapping:
            yield sequence


def unstored(run: Run) -> list[tuple[str, int]]:
    """Return whom the run counted without listing them: in words, with numbers.

    Reasons stand below what they explain; that most people are no agents is not said.
    """
    found: list[tuple[str, int]] = []
    for kind in Kind:
        counted: JsonObject = run.place.get("unstored", {}).get(kind.value, {})
        words = KIND_WORDS[kind]
        if counted.get(Action.NONE):
            found.append((f"{words}: nothing to do", counted[Action.NONE]))
        if kind is Kind.AGENTS and Kind.USERS in run.kinds:
            continue
        told = [(reason, counted.get(reason.value, 0)) for reason in Reason]
        found += [
            (f"{words} left out: {wording.REASONS[reason]}", number)
            for reason, number in told
            if number
        ]
        rest = counted.get(Action.SKIP, 0) - sum(number for _, number in told)
        if rest > 0:
            found.append((f"{words} left out, as before", rest))
    return found


def is_undoable(run: Run) -> bool:
    """Return whether the page of a run may offer to undo it; undoing asks again."""
    applied = any(sort.outcome == Outcome.APPLIED for sort in breakdown.of(run))
    return run.kind in {RunKind.IMPORT, RunKind.DELTA} and applied
