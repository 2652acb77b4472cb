"""The second pass: who is whose manager, once everybody of the run has a record.

A manager who is here is linked, self and loops too, as Entra has them; where Entra
names none, or nobody who is here, only a link that a run made is cleared (AM-18).
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from imports.engine import plan
from imports.engine.types import Action, PlanItem, Reason
from mappings.catalogue import MANAGER
from mappings.rules import FieldRule, Ref
from mappings.words import Apply, Kind


@dataclass(frozen=True, slots=True)
class ManagerState:
    """A user's manager here, and the one in Entra as far as they are here."""

    object_id: UUID
    user_id: int
    revision: int
    current: Ref | None = None
    wanted: Ref | None = None
    is_set_by_us: bool = False
    """Whether a run of this connection set `current`; else a hand did."""


def plan_manager(state: ManagerState, rule: FieldRule) -> PlanItem | None:
    """Return the item that brings the manager in step; None: nothing to do."""
    is_same = (state.current and state.current.id) == (state.wanted and state.wanted.id)
    if is_same or not _may_write(state, rule):
        return None
    return PlanItem(
        Kind.USERS,
        Action.UPDATE,
        state.object_id,
        state.user_id,
        changes={MANAGER: (plan.ref(state.current), plan.ref(state.wanted))},
        reason=_reason(state),
        record_revision=state.revision,
    )


def _may_write(state: ManagerState, rule: FieldRule) -> bool:
    """Return whether the rule lets a run set, replace or clear the manager."""
    if state.current is None:
        # New records get their manager in this pass too: nothing has changed them yet.
        return rule.apply is not Apply.NEW_ONLY or state.revision == 1
    return state.is_set_by_us and rule.apply is Apply.ALWAYS


def _reason(state: ManagerState) -> Reason | None:
    if state.wanted is None:
        return Reason.MANAGER_NOT_HERE
    return Reason.MANAGER_LOOP if state.wanted.id == state.user_id else None
