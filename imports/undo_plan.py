"""The plan of an undo: the inverse of every applied item of a run, person by person.

Nobody is locked out: neither the last active administrator, nor a break-glass agent,
nor the agent who undoes the run.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from imports import guarding, record, undo_load
from imports.engine import guard, undo, wording
from imports.engine.types import Action, Reason
from imports.engine.undo import Done, Inverse
from imports.words import Outcome, Stage
from mappings.words import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from imports.models import Run, RunItem
    from imports.undo_load import Person
    from imports.work import Work
    from mappings.rules import RuleSet

IN_USE = "It stays: {}."
GONE = "The record is no longer here."
MOVED = "{} changed since and stays as it is."


@dataclass(frozen=True, slots=True)
class Step:
    """The inverse of one item, and the revision of the record that it is made for."""

    item: RunItem
    stage: Stage
    done: Done
    inverse: Inverse
    revision: int | None
    name: str

    @property
    def outcome(self) -> Outcome:
        """Return whether there is something to write; else it is listed."""
        return Outcome.PLANNED if self.inverse.changes else Outcome.STALE

    @property
    def error(self) -> str:
        """Return what stays, and why."""
        found = self.inverse
        if found == undo.GONE:
            return GONE
        told = []
        if found.moved:
            names = ", ".join(wording.field(name) for name in found.moved)
            told.append(MOVED.format(names))
        if found.used_by and not found.changes:
            told.append(IN_USE.format(", ".join(found.used_by)))
        if found.reason not in (None, Reason.STILL_IN_USE):
            told.append(wording.REASONS[found.reason])
        return " ".join(told)


def steps(run: Run, rules: RuleSet, *, runner: int | None) -> Iterator[list[Step]]:
    """Yield what undoing the run would do now, chunk by chunk, users first."""
    protected = {} if runner is None else {runner: Reason.RUNS_THE_IMPORT}
    last = _last_administrator(run, rules, protected)
    if last is not None:
        protected[last] = Reason.LAST_ADMINISTRATOR
    for kind in Kind:
        for people in undo_load.applied(run, kind):
            yield [step for person in people for step in _steps(person, protected)]


def plan(work: Work, run: Run) -> None:
    """Store the plan; planning that was interrupted starts again."""
    with work.claim.writing():
        work.run.items.all().delete()
        work.begin(Stage.PLAN, run.items.filter(outcome=Outcome.APPLIED).count())
    done = 0
    runner = guarding.agent_who_started(work.run)
    for chunk in steps(run, work.rules, runner=runner):
        done += len(chunk)
        with work.claim.writing():
            _keep(work, chunk)
            work.note(done)
    with work.claim.writing():
        work.note(done, planned=True)


def _keep(work: Work, chunk: list[Step]) -> None:
    groups: dict[tuple[Stage, Outcome], list[record.Planned]] = defaultdict(list)
    for step in chunk:
        groups[step.stage, step.outcome].append(_planned(step))
    for (stage, outcome), planned in groups.items():
        record.keep(work, planned, stage=stage, outcome=outcome)


def _planned(step: Step) -> record.Planned:
    item = undo.as_planned(step.done, step.inverse, revision=step.revision)
    return record.Planned(
        item,
        step.item.mirror_revision,
        upn=step.item.upn,
        name=step.name,
        changes=record.stored_changes(item),
        behind=dict(step.inverse.behind) or None,
        error=step.error,
    )


def _steps(person: Person, protected: Mapping[int, Reason]) -> Iterator[Step]:
    """Yield the second pass before the first: each undoes what came last."""
    found = {
        stage: _inverse(person, done, protected) for stage, done in person.done.items()
    }
    first = found.get(Stage.APPLY)
    if first is not None and first.action is Action.DELETE:
        found = {Stage.APPLY: first}
    revision = person.now.revision if person.now else None
    for stage in (Stage.MANAGERS, Stage.APPLY):
        inverse = found.get(stage, Inverse())
        if not inverse.says_anything:
            continue
        item = person.items[stage]
        name = item.name
        if person.now is not None:
            name = name or str(person.now.values["name"])
        yield Step(item, stage, person.done[stage], inverse, revision, name)
        if inverse.changes and revision is not None:
            revision += 1


def _inverse(person: Person, done: Done, protected: Mapping[int, Reason]) -> Inverse:
    found = undo.inverse(done, person.now)
    if done.kind is not Kind.AGENTS:
        return found
    if person.is_break_glass:
        return undo.spared(done, found, Reason.PROTECTED_AGENT)
    reason = protected.get(done.record_id)
    return found if reason is None else undo.spared(done, found, reason)


def _last_administrator(
    run: Run, rules: RuleSet, protected: Mapping[int, Reason]
) -> int | None:
    """Return the agent to be spared if all active administrators would go."""
    administrators = guarding.active_administrators(rules)
    roles = rules.administrator_roles
    losers: set[int] = set()
    for people in undo_load.applied(run, Kind.AGENTS) if administrators else ():
        for person in people:
            pk = person.record_id
            if pk not in administrators or pk in protected or person.is_break_glass:
                continue
            planned = (
                undo.as_planned(done, undo.inverse(done, person.now))
                for done in person.done.values()
            )
            if any(guard.ends_administration(one, roles) for one in planned):
                losers.add(pk)
    return min(losers) if losers and losers == administrators else None
