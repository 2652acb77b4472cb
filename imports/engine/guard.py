"""The mass-change guard: what a whole plan would take away, before its first write.

A plan that takes too much waits until somebody has looked (AM-45). Each breach is a
sentence that an administrator can act on. `without_losses` is how a row loses its
teeth: for people who are held, pinned by a decision, or never to be touched.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from imports.engine.plan import gravest
from imports.engine.types import Action, Change, PlanItem, Reason
from mappings.rules import Guard
from mappings.words import Kind

OFF = 100
"""The percentage that switches the limits on people off."""
FEW, MANY, HALF = 3, 500, 2
NEW_AGENTS, NEW_AGENTS_PERCENT = 5, 10
NEW_SITES, HALF_WALK = "new_sites", "half_walk"
ADMINISTRATORS_MADE, NEW_AGENTS_RULE = "administrators_made", "new_agents"
LOOK = "Look at these rows, then approve the plan or reject it."


class Loss(StrEnum):
    """What a row may take away from a person."""

    ACCESS = "access"
    SITE = "site"
    ROLE = "role"
    SEAT = "seat"


@dataclass(frozen=True, slots=True)
class Losses:
    """What one kind of record loses, as distinct people."""

    kind: Kind
    linked: int
    """People of this connection with a record of the kind."""
    planned: int
    """People who lose something in this plan."""
    with_last_day: int
    """The same people, together with those of the last 24 hours."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What a plan does, counted over the rows that would be applied."""

    losses: tuple[Losses, ...] = ()
    administrators_lost: int = 0
    administrators_made: int = 0
    new_agents: int = 0
    linked_agents: int = 0
    new_sites: int = 0
    people: int = 0
    """Listed by the complete walk that the plan was made on."""
    people_before: int = 0
    """Listed by the complete walk before it."""
    is_first_import: bool = False
    is_unattended: bool = False


@dataclass(frozen=True, slots=True)
class Breach:
    """One limit that a plan exceeds, and what to do about it."""

    rule: str
    sentence: str


def losses(item: PlanItem) -> frozenset[Loss]:
    """Return what a row takes away from its person."""
    return frozenset(
        loss for field, change in item.changes.items() if (loss := _loss(field, change))
    )


def takes_any(item: PlanItem, roles: Collection[int]) -> bool:
    """Return whether a row takes one of these roles away."""
    return bool(_taken(item.changes.get("roles")) & set(roles))


def gives_any(item: PlanItem, roles: Collection[int]) -> bool:
    """Return whether a row newly gives one of these roles."""
    before, after = item.changes.get("roles", ([], []))
    return bool((_ids(after) - _ids(before)) & set(roles))


def ends_administration(item: PlanItem, roles: Collection[int]) -> bool:
    """Return whether a holder of these roles would administer no more after the row."""
    return takes_any(item, roles) or Loss.ACCESS in losses(item)


def without_losses(item: PlanItem, reason: Reason) -> PlanItem:
    """Return the row without what it takes away; its harmless changes stay."""
    changes = {
        field: harmless
        for field, change in item.changes.items()
        if (harmless := _harmless(field, change)) is not None
    }
    if changes == item.changes:
        return item
    action = gravest(changes, is_new=item.record_id is None)
    place = item.place if "site" in changes else None
    return replace(item, action=action, changes=changes, reason=reason, place=place)


def judge(counts: Counts, limits: Guard) -> tuple[Breach, ...]:
    """Return every limit that the plan exceeds; none: it may be applied unasked."""
    found: list[Breach] = []
    for lost in counts.losses:
        found += _people(lost, limits)
    if counts.administrators_lost:
        sentence = (
            f"It would take an administrator role from "
            f"{_number(counts.administrators_lost, 'agent')}. {LOOK}"
        )
        found.append(Breach("administrators_lost", sentence))
    if counts.new_sites > limits.new_sites and not counts.is_first_import:
        sentence = (
            f"It would make {counts.new_sites} new sites; more than "
            f"{limits.new_sites} wait for approval. Look for misspelt values in the "
            "mapped field, then approve the plan or reject it."
        )
        found.append(Breach(NEW_SITES, sentence))
    if counts.people * HALF < counts.people_before:
        found.append(_half_walk(counts))
    if counts.is_unattended:
        found += _unattended(counts)
    return tuple(found)


def waits(
    item: PlanItem, rules: Collection[str], administrators: Collection[int]
) -> bool:
    """Return whether a plan that breaks `rules` waits because of rows like this one.

    Whatever the breach, a row that takes something away is not applied unasked.
    """
    if losses(item):
        return True
    if item.kind is Kind.AGENTS:
        is_new = NEW_AGENTS_RULE in rules and item.action is Action.CREATE
        is_power = ADMINISTRATORS_MADE in rules and gives_any(item, administrators)
        return is_new or is_power
    site = item.changes.get("site", (None, None))[1]
    return NEW_SITES in rules and isinstance(site, dict) and "planned" in site


def _people(lost: Losses, limits: Guard) -> Iterable[Breach]:
    """Return the first of the limits on people that is exceeded."""
    number = lost.with_last_day
    if not lost.planned or limits.percent >= OFF:
        return ()
    if number > limits.people and number * 100 > limits.percent * lost.linked:
        limit = f"more than {limits.people} people and {limits.percent} %"
        rule = "people"
    elif number >= FEW and number * HALF >= lost.linked:
        limit, rule = "half of them or more", "half"
    elif number > MANY:
        limit, rule = f"more than {MANY} people", "many"
    else:
        return ()
    sentence = (
        f"It would deactivate, move or take a role or seat from "
        f"{lost.planned} of {_number(lost.linked, lost.kind.value[:-1])}"
        f"{_with_last_day(lost)}; {limit} wait for approval. {LOOK}"
    )
    return (Breach(f"{lost.kind.value}_{rule}", sentence),)


def _with_last_day(lost: Losses) -> str:
    if lost.with_last_day == lost.planned:
        return ""
    return f" ({lost.with_last_day} with the last 24 hours)"


def _half_walk(counts: Counts) -> Breach:
    sentence = (
        f"The tenant listed {counts.people} people; the complete walk before had "
        f"{counts.people_before}. Less than half waits for approval: see whether the "
        "application may still read everybody, then approve the plan or reject it."
    )
    return Breach(HALF_WALK, sentence)


def _unattended(counts: Counts) -> Iterable[Breach]:
    """Return what nobody is there to see: new power."""
    if counts.administrators_made:
        sentence = (
            f"It would give an administrator role to "
            f"{_number(counts.administrators_made, 'agent')} while nobody watches. "
            f"{LOOK}"
        )
        yield Breach(ADMINISTRATORS_MADE, sentence)
    share = NEW_AGENTS_PERCENT * counts.linked_agents
    if counts.new_agents > NEW_AGENTS and counts.new_agents * 100 > share:
        sentence = (
            f"It would make {counts.new_agents} new agents beside "
            f"{counts.linked_agents} while nobody watches; more than {NEW_AGENTS} and "
            f"{NEW_AGENTS_PERCENT} % wait for approval. {LOOK}"
        )
        yield Breach(NEW_AGENTS_RULE, sentence)


def _number(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _loss(field: str, change: Change) -> Loss | None:
    before, after = change
    if field == "is_active" and before and not after:
        return Loss.ACCESS
    if field == "site" and before is not None:
        return Loss.SITE
    if field in {"roles", "boards"} and _taken(change):
        return Loss.ROLE if field == "roles" else Loss.SEAT
    return None


def _harmless(field: str, change: Change) -> Change | None:
    """Return a change without what it takes away; None: nothing is left of it."""
    loss = _loss(field, change)
    if loss is None:
        return change
    return _only_given(change) if loss in {Loss.ROLE, Loss.SEAT} else None


def _only_given(change: Change) -> Change | None:
    """Return a change of roles or seats that keeps all that was held."""
    before, after = _listed(change[0]), _listed(change[1])
    if _ids(after) <= _ids(before):
        return None
    kept = {one["id"] for one in after}
    merged = [*after, *(one for one in before if one["id"] not in kept)]
    return before, sorted(merged, key=lambda one: (one["name"], one["id"]))


def _taken(change: Change | None) -> set[int]:
    return set() if change is None else _ids(change[0]) - _ids(change[1])


def _ids(held: object) -> set[int]:
    return {one["id"] for one in _listed(held)}


def _listed(held: object) -> list[Mapping[str, Any]]:
    """Return a list of references; anything else holds none."""
    return list(held) if isinstance(held, list) else []
