"""The one thing to do for a person's agent record, with before and after per field.

Roles and seats are the union of what mappings give and hands gave; only what this
connection gave is taken back (AM-30 to AM-32). A break-glass agent is left alone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from directory.states import EntraState
from imports.engine import basics, plan
from imports.engine.basics import Basis
from imports.engine.plan import Subject
from imports.engine.standing import is_disabled, state_of
from imports.engine.types import (
    Change,
    Local,
    Match,
    PlanItem,
    Reason,
    Remote,
    Result,
    Selection,
)
from imports.engine.values import Desired
from mappings.rules import Ref, RuleSet
from mappings.words import Kind, Policy


def plan_agent(
    remote: Remote,
    selection: Selection,
    match: Match,
    *,
    rules: RuleSet,
    desired: Desired,
) -> PlanItem:
    """Return what a run does for the person's agent record."""
    subject = Subject(Kind.AGENTS, remote, match, _sequence(selection))
    local = match.local
    if remote.is_unproven:
        return subject.skip(Reason.UNPROVEN)
    if match.reason is Reason.LEFT_OUT:
        return subject.skip(Reason.LEFT_OUT)
    if local is not None and local.is_break_glass:
        return subject.item({}, Reason.PROTECTED_AGENT)
    if not subject.is_known:
        refusal = _refusal(subject, selection, rules)
        if refusal is not None:
            return subject.skip(refusal)
        if match.reason is not None:
            return subject.review()
    if local is None:
        return _new(subject, selection, rules, desired)
    return _existing(subject, local, selection, rules, desired)


def _refusal(subject: Subject, selection: Selection, rules: RuleSet) -> Reason | None:
    """Return why a person whom no record carries yet gets none, and takes none."""
    if subject.remote.is_deleted:
        return Reason.DELETED_IN_ENTRA
    if selection.is_agent is None:
        return Reason.MAPPING_IN_ERROR
    if not selection.is_agent:
        return Reason.NO_MAPPING
    is_kept_out = rules.leavers.disabled is not Policy.LEAVE
    if subject.local is None and is_disabled(subject.remote) and is_kept_out:
        return Reason.DISABLED_IN_ENTRA
    return None


def _new(
    subject: Subject, selection: Selection, rules: RuleSet, desired: Desired
) -> PlanItem:
    """Return the item that makes the record; without a licensed role, inactive."""
    changes = basics.of_new(subject, desired, rules)
    changes |= _given("roles", (), selection.agent_roles)
    changes |= _given("boards", (), selection.boards)
    if rules.defaults.team is not None:
        changes["team"] = (None, plan.ref(rules.defaults.team))
    reason = None
    if not _is_licensed(selection.agent_roles, rules):
        changes["is_active"] = (None, False)
        reason = Reason.NO_LICENSED_ROLE
    return subject.item(changes, reason, notes=desired.notes)


def _existing(
    subject: Subject,
    local: Local,
    selection: Selection,
    rules: RuleSet,
    desired: Desired,
) -> PlanItem:
    """Return the item that brings a record in step."""
    basis = Basis(_state(subject.remote, selection), selection.is_agent)
    changes, reason = basics.of_existing(subject, local, basis, rules, desired)
    if plan.IDENTITY in changes and local.team is None and rules.defaults.team:
        changes["team"] = (None, plan.ref(rules.defaults.team))
    roles = _roles(local, selection, basis, rules)
    changes |= _given("roles", local.roles, roles)
    changes |= _given("boards", local.boards, _boards(local, selection, basis))
    if basis.state is EntraState.PRESENT and not _is_licensed(roles, rules):
        changes, reason = _unlicensed(local, changes)
    if reason is None and selection.is_agent is False:
        reason = Reason.NO_MAPPING
    return subject.item(changes, reason, notes=desired.notes)


def _sequence(selection: Selection) -> int | None:
    """Return the first `*Agent*` mapping that matched."""
    matched = (
        verdict.sequence
        for verdict in selection.verdicts
        if verdict.is_agent and verdict.result is Result.MATCHED
    )
    return next(matched, None)


def _state(remote: Remote, selection: Selection) -> EntraState | None:
    """Return how the person stands; None: it hangs on a mapping in error."""
    if selection.is_agent is None and not remote.is_deleted:
        return None
    return state_of(remote, is_wanted=selection.is_agent is not False)


def _given(
    field: str, before: Collection[Ref], after: Collection[Ref]
) -> dict[str, Change]:
    if {target.id for target in before} == {target.id for target in after}:
        return {}
    return {field: (plan.refs(before), plan.refs(after))}


def _roles(
    local: Local, selection: Selection, basis: Basis, rules: RuleSet
) -> list[Ref]:
    """Return the roles held afterwards; whoever is no agent keeps none of ours."""
    if not basis.follows:
        return _held(local.roles, local.roles_by_us)
    if not rules.defaults.remove_roles:
        return _held(local.roles, frozenset(), selection.agent_roles)
    lost = local.roles_by_us - selection.uncertain_roles
    return _held(local.roles, lost, selection.agent_roles)


def _boards(local: Local, selection: Selection, basis: Basis) -> list[Ref]:
    """Return the seats held afterwards; the switch for roles does not keep them."""
    if not basis.follows:
        return _held(local.boards, local.boards_by_us)
    lost = local.boards_by_us - selection.uncertain_boards
    return _held(local.boards, lost, selection.boards)


def _held(
    current: Collection[Ref], lost: Collection[int], given: Collection[Ref] = ()
) -> list[Ref]:
    """Return what is held, without what is lost unless it is given again."""
    kept = [target for target in current if target.id not in lost]
    ids = {target.id for target in kept}
    return kept + [target for target in given if target.id not in ids]


def _is_licensed(roles: Collection[Ref], rules: RuleSet) -> bool:
    """Return whether agent licensing lets an agent with these roles be active."""
    if rules.licensed_roles is None:
        return True
    return any(role.id in rules.licensed_roles for role in roles)


def _unlicensed(
    local: Local, changes: Mapping[str, Change]
) -> tuple[dict[str, Change], Reason]:
    """Return the changes of an agent who may not be active (AM-34)."""
    others = {
        field: change for field, change in changes.items() if field != "is_active"
    }
    if not local.is_active:
        return others, Reason.NO_LICENSED_ROLE
    if local.keep_active:
        return others, Reason.KEPT_ACTIVE
    return {**others, "is_active": (True, False)}, Reason.NO_LICENSED_ROLE
