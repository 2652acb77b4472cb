"""The one thing to do for a person's user record, with before and after per field.

Site and role change only where this connection gave them; state and activity only
where it is the record's source (AM-29, AM-29b).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from directory.states import EntraState
from imports.engine import basics, plan
from imports.engine.basics import Basis
from imports.engine.homes import Home, wants_user
from imports.engine.plan import Subject
from imports.engine.standing import is_disabled, state_of
from imports.engine.types import (
    Change,
    Local,
    Match,
    Place,
    PlanItem,
    Reason,
    Remote,
    Selection,
)
from imports.engine.values import Desired
from mappings.rules import RuleSet
from mappings.words import Kind, Policy


def plan_user(
    remote: Remote,
    selection: Selection,
    match: Match,
    *,
    rules: RuleSet,
    desired: Desired,
    kinds: Collection[Kind],
) -> PlanItem:
    """Return what a run of these kinds does for the person's user record."""
    subject = Subject(Kind.USERS, remote, match, selection.sequence)
    if remote.is_unproven:
        return subject.skip(Reason.UNPROVEN)
    home = wants_user(selection, rules, kinds)
    desired = replace(desired, notes=(*desired.notes, *selection.notes))
    if match.reason is Reason.LEFT_OUT:
        return subject.skip(Reason.LEFT_OUT)
    if not subject.is_known:
        refusal = _refusal(subject, home, rules)
        if refusal is not None:
            return subject.skip(refusal)
        if match.reason is not None:
            return subject.review()
    if match.local is None:
        return _new(subject, home, rules, desired)
    return _existing(subject, match.local, home, rules, desired)


def _refusal(subject: Subject, home: Home, rules: RuleSet) -> Reason | None:
    """Return why a person whom no record carries yet gets none, and takes none."""
    if subject.remote.is_deleted:
        return Reason.DELETED_IN_ENTRA
    if home.is_wanted is not True or not home.may_be_new:
        return home.reason
    if subject.local is not None:
        return None
    if is_disabled(subject.remote) and rules.leavers.disabled is not Policy.LEAVE:
        return Reason.DISABLED_IN_ENTRA
    is_barred = home.place is not None and not home.place.is_active
    return Reason.SITE_INACTIVE if is_barred else None


def _new(subject: Subject, home: Home, rules: RuleSet, desired: Desired) -> PlanItem:
    """Return the item that makes the record."""
    changes = basics.of_new(subject, desired, rules)
    changes["site"] = (None, plan.place_ref(home.place) if home.place else None)
    if home.role is not None:
        changes["user_role"] = (None, plan.ref(home.role))
    return subject.item(changes, place=home.place, notes=desired.notes)


def _existing(
    subject: Subject, local: Local, home: Home, rules: RuleSet, desired: Desired
) -> PlanItem:
    """Return the item that brings a record in step."""
    basis = Basis(_state(subject.remote, home), home.is_wanted)
    changes, reason = basics.of_existing(subject, local, basis, rules, desired)
    if home.place is not None and basis.follows:
        changes |= _role(local, home)
        moves = _site(local, home.place)
        if home.place.is_active:
            changes |= moves
        elif moves:
            reason = reason or Reason.SITE_INACTIVE
    if reason is None and home.is_wanted is False:
        reason = home.reason
    return subject.item(changes, reason, place=home.place, notes=desired.notes)


def _state(remote: Remote, home: Home) -> EntraState | None:
    """Return how the person stands; None: it hangs on a mapping in error.

    An agent for whose user record no site is set is never unmatched.
    """
    if home.is_wanted is None and not remote.is_deleted:
        return None
    return state_of(remote, is_wanted=home.reason is not Reason.NO_MAPPING)


def _site(local: Local, place: Place) -> dict[str, Change]:
    """Return the move to the place; a site set by hand stays (AM-29b)."""
    if not local.site_by_us or (local.site and local.site.id == place.site_id):
        return {}
    return {"site": (plan.ref(local.site), plan.place_ref(place))}


def _role(local: Local, home: Home) -> dict[str, Change]:
    """Return the change of role; one given by hand stays (AM-22)."""
    is_by_hand = local.role is not None and not local.role_by_us
    if is_by_hand or not home.is_role_known:
        return {}
    if (local.role and local.role.id) == (home.role and home.role.id):
        return {}
    return {"user_role": (plan.ref(local.role), plan.ref(home.role))}
