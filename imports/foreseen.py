"""One person's rows as the next run's whole plan would leave them.

A plan sends two who claim one record to review, spares whoever must never be locked
out, and leaves rows to a plan that waits already. For one person only those few are
decided as well who bear on it; everybody who is due only where a row may be held.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from directory.models import Agent
from imports import approval, decide, due, guarding, rivals
from imports.engine import whole
from imports.engine.types import Action, PlanItem, Reason
from mappings.words import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from uuid import UUID

    from imports.decide import Decided, Surroundings
    from imports.models import Run
    from imports.work import Scope


def items(
    scope: Scope, around: Surroundings, decided: Decided, account_id: int | None
) -> Mapping[Kind, PlanItem]:
    """Return the person's rows after all that the plan of a run does to them.

    The run is one that this account starts; None: the Integrator.
    """
    me = decided.person.object_id
    spared = guarding.indispensable(scope.rules, account_id)
    involved = {*_rivals(scope, decided), *_administrators(scope, decided, spared)}
    pages = [due.page(scope, limit=1, object_id=one) for one in involved - {me}]
    plan = _Plan(scope, spared)
    plan.add([decided])
    plan.add(one for page in pages for one in decide.decide(scope, page, around))
    mine = [item for item in plan.rows() if item.object_id == me]
    waiting = approval.waiting(scope.connection.pk)
    if waiting is not None and _is_held(waiting, plan, mine, around):
        mine = [_left_to(waiting, item, scope) for item in mine]
    return {item.kind: item for item in mine}


@dataclass(slots=True)
class _Plan:
    """Rows of a plan, with what they were planned on."""

    scope: Scope
    spared: whole.Indispensable
    planned: list[PlanItem] = field(default_factory=list)
    revisions: dict[UUID, int] = field(default_factory=dict)

    def add(self, decided: Iterable[Decided]) -> None:
        """Take in what was decided about people."""
        for one in decided:
            self.planned += one.items.values()
            self.revisions[one.person.object_id] = one.person.revision

    def rows(self) -> Iterator[PlanItem]:
        """Yield the rows as the whole plan leaves them."""
        return whole.finished(self.planned, self.spared)

    def moment(self, item: PlanItem) -> approval.Moment:
        """Return the row's person, on the revisions that it was planned on."""
        return approval.Moment(
            item.kind,
            item.object_id,
            self.revisions[item.object_id],
            self.scope.rules.version,
            item.record_revision,
        )


def _rivals(scope: Scope, decided: Decided) -> Iterator[UUID]:
    """Yield the people who may want to link a record that this person would."""
    for item in decided.items.values():
        claimed = whole.claims(item)
        if claimed is not None:
            yield from rivals.of(scope, *claimed)


def _administrators(
    scope: Scope, decided: Decided, spared: whole.Indispensable
) -> Iterator[UUID]:
    """Yield all administrators whom the tenant knows, if the person is one."""
    item = decided.items.get(Kind.AGENTS)
    if item is None or item.record_id not in spared.administrators:
        return
    agents = Agent.objects.filter(
        pk__in=spared.administrators, entra_tenant_id=scope.connection.tenant_id
    )
    for object_id in agents.values_list("entra_object_id", flat=True):
        if object_id is not None:
            yield object_id


def _is_held(
    waiting: Run, plan: _Plan, mine: Iterable[PlanItem], around: Surroundings
) -> bool:
    """Return whether the next run leaves rows of the person to the plan that waits.

    It does so as long as nobody would lose more than waits already.
    """
    scope = plan.scope
    at_fault = [one for one in mine if approval.waits_like(waiting, one, scope.rules)]
    if not at_fault:
        return False  # as for most people: then the plan need not be read
    theirs = approval.moments(waiting, scope.rules)
    if not all(plan.moment(one) in theirs for one in at_fault):
        return False
    every = _Plan(scope, plan.spared)
    after = 0
    while people := due.page(scope, after=after):
        after = people[-1].pk
        every.add(decide.decide(scope, people, around))
    return all(
        every.moment(one) in theirs
        for one in every.rows()
        if approval.waits_like(waiting, one, scope.rules)
    )


def _left_to(waiting: Run, item: PlanItem, scope: Scope) -> PlanItem:
    """Return the row; if it is one that waits, as left out."""
    if not approval.waits_like(waiting, item, scope.rules):
        return item
    return PlanItem(
        item.kind,
        Action.SKIP,
        item.object_id,
        item.record_id,
        reason=Reason.HELD_BY_RUN,
        sequence=item.sequence,
        record_revision=item.record_revision,
    )
