"""What a run did, or would do, in numbers, as `--json` prints them.

Taken from the run's breakdown, so that its items are gone through once, at its end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from common.types import JsonObject
from imports import breakdown
from imports.engine.types import Action
from imports.words import Outcome, RunKind, Stage, Status, Thing
from mappings.words import Kind

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from imports.breakdown import Sort
    from imports.models import Run

NOT_STORED = frozenset({Action.NONE, Action.SKIP})
"""Counted, and stored only for people whom Microsoft reported (R149d): the others can
be listed from the mirror."""


def counts(run: Run) -> JsonObject:
    """Return the numbers of a run whose breakdown is counted."""
    sorts = breakdown.of(run)
    found: JsonObject = {
        kind.value: _counts(run, kind, [one for one in sorts if one.kind == kind])
        for kind in Kind
        if kind in run.kinds
    }
    has_licences = Thing.LICENCES in run.kinds or Thing.LICENCES in run.place
    if has_licences and run.kind != RunKind.UNDO:
        found[Thing.LICENCES.value] = _licences(run)
    sites = run.planned_sites.all()
    if run.kind != RunKind.PREVIEW:
        sites = sites.filter(was_created=True)
    found["sites"] = {"create": sites.count()}
    if run.kind == RunKind.UNDO:
        found["sites"]["delete"] = len(run.place.get("sites_gone", ()))
    return found | _grants(run)


def _licences(run: Run) -> JsonObject:
    """Return what became of licences, and of people's links to them."""
    done = run.place.get(Thing.LICENCES, {})
    return {name: done.get(name, 0) for name in ("create", "update", "link", "unlink")}


def _grants(run: Run) -> JsonObject:
    """Return how many roles and seats agents get, or lose."""
    found: JsonObject = {
        "roles": {"grant": 0, "revoke": 0},
        "boards": {"join": 0, "leave": 0},
    }
    given = run.items.filter(
        kind=Kind.AGENTS, stage=Stage.APPLY, outcome__in=_written(run)
    ).exclude(action__in=NOT_STORED)
    for changes in given.order_by().values_list("changes", flat=True).iterator():
        for field_name, come, gone in (
            ("roles", "grant", "revoke"),
            ("boards", "join", "leave"),
        ):
            before, after = changes.get(field_name, ([], []))
            had = {one["id"] for one in before or ()}
            has = {one["id"] for one in after or ()}
            found[field_name][come] += len(has - had)
            found[field_name][gone] += len(had - has)
    return found


def _written(run: Run) -> Collection[Outcome]:
    """Return the outcomes of what was applied or, for a plan, would be."""
    if run.kind == RunKind.PREVIEW:
        return {Outcome.PLANNED}
    if run.status == Status.WAITING_FOR_APPROVAL:
        return {Outcome.APPLIED, Outcome.PLANNED, Outcome.HELD}
    return {Outcome.APPLIED}


def _counts(run: Run, kind: Kind, sorts: Sequence[Sort]) -> JsonObject:
    unstored = run.place.get("unstored", {}).get(kind.value, {})
    found = {action.value: 0 for action in Action}
    if run.kind != RunKind.UNDO:
        del found[Action.DELETE]
    first_pass = [one for one in sorts if one.stage == Stage.APPLY]
    written = _written(run)
    for one in first_pass:
        if one.outcome in written and one.action not in NOT_STORED:
            found[one.action] = found.get(one.action, 0) + one.number
    found["review"] = breakdown.total(
        one for one in first_pass if one.action == Action.REVIEW
    )
    found["none"] += unstored.get("none", 0)
    found["skip"] += unstored.get("skip", 0)
    found["stale"] = breakdown.total(
        one for one in sorts if one.outcome == Outcome.STALE or one.is_partly
    )
    found["failed"] = breakdown.total(
        one for one in first_pass if one.outcome == Outcome.FAILED
    )
    if len(first_pass) < len(sorts):
        found["update"] += _second_pass_only(run, kind)
    return found


def _second_pass_only(run: Run, kind: Kind) -> int:
    """Return how many got another manager, or were linked to their user record, and
    nothing else."""
    applied = run.items.filter(kind=kind, outcome=Outcome.APPLIED)
    others = applied.filter(stage=Stage.APPLY)
    return (
        applied.filter(stage=Stage.MANAGERS)
        .exclude(object_id__in=others.values("object_id"))
        .count()
    )
