"""Active or not, flagged or not: what becomes of a record when its person leaves.

Deleted comes before disabled, disabled before unmatched; the first that holds decides
whose policy counts. Only positive evidence takes anything away (AM-29).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from directory.states import EntraState
from imports.engine.types import Change, Local, Reason, Remote
from mappings import catalogue
from mappings.rules import Leavers
from mappings.words import Kind, Policy

WHY: Mapping[EntraState, Reason] = {
    EntraState.DELETED: Reason.DELETED_IN_ENTRA,
    EntraState.DISABLED: Reason.DISABLED_IN_ENTRA,
    EntraState.UNMATCHED: Reason.UNMATCHED,
}


@dataclass(frozen=True, slots=True)
class Standing:
    """The changes of state and activity, and the reason for them."""

    changes: Mapping[str, Change] = field(default_factory=dict)
    reason: Reason | None = None


def is_disabled(remote: Remote) -> bool:
    """Return whether the person is known to be disabled; unknown and null: no."""
    return catalogue.value("accountEnabled", remote.properties) is False


def state_of(remote: Remote, *, is_wanted: bool) -> EntraState:
    """Return how the person stands in Entra: the first cause to leave that holds.

    None holds against somebody whose absence is not proven.
    """
    if remote.is_unproven:
        return EntraState.PRESENT
    if remote.is_deleted:
        return EntraState.DELETED
    if is_disabled(remote):
        return EntraState.DISABLED
    return EntraState.PRESENT if is_wanted else EntraState.UNMATCHED


def policy_for(state: EntraState, leavers: Leavers, kind: Kind) -> Policy:
    """Return what is to be done to the record of somebody who stands so."""
    if state is EntraState.DELETED:
        return leavers.deleted
    if state is EntraState.DISABLED:
        return leavers.disabled
    return leavers.unmatched if kind is Kind.USERS else leavers.agents_unmatched


def standing(local: Local, state: EntraState, policy: Policy) -> Standing:
    """Return what a person's state changes on their record."""
    if state is EntraState.PRESENT:
        return Standing(_state(local, state) | _back(local))
    if policy is Policy.LEAVE:
        return Standing(reason=Reason.POLICY_LEAVES)
    changes = _state(local, state)
    if policy is Policy.FLAG or not local.is_active:
        return Standing(changes, WHY[state])
    if local.keep_active:
        return Standing(changes, Reason.KEPT_ACTIVE)
    return Standing({**changes, "is_active": (True, False)}, WHY[state])


def _state(local: Local, state: EntraState) -> dict[str, Change]:
    before = local.entra_state
    if before is state:
        return {}
    return {"entra_state": (before.value if before else None, state.value)}


def _back(local: Local) -> dict[str, Change]:
    """Return the change that brings back whom a run has deactivated, nobody else."""
    comes_back = not local.is_active and local.deactivated_by_us
    return {"is_active": (False, True)} if comes_back else {}
