"""Whether and where a person has a user record: one answer for every kind of run.

The first site mapping that matches, else `*Agent*` with the setting *Site for agents'
user accounts*, else an agent only (AM-27).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from imports.engine.select import at
from imports.engine.types import Place, Reason, Selection
from mappings.rules import Ref, RuleSet
from mappings.words import Kind


@dataclass(frozen=True, slots=True)
class Home:
    """The place and role of a person's user record, or why there is none.

    `is_wanted` None: a mapping that cannot be judged might decide otherwise.
    """

    is_wanted: bool | None
    place: Place | None = None
    role: Ref | None = None
    is_role_known: bool = True
    reason: Reason | None = None
    may_be_new: bool = True
    """Whether a run of these kinds may create or link the record."""


def wants_user(selection: Selection, rules: RuleSet, kinds: Collection[Kind]) -> Home:
    """Return whether and where the person has a user record."""
    if selection.is_undecided:
        return Home(is_wanted=None, reason=Reason.MAPPING_IN_ERROR)
    if selection.place is not None:
        return _mapped(selection, selection.place, rules)
    if selection.is_agent is None:
        return Home(is_wanted=None, reason=Reason.MAPPING_IN_ERROR)
    if not selection.is_agent:
        return Home(is_wanted=False, reason=Reason.NO_MAPPING)
    return _of_agent(rules, kinds)


def concerns_users(selection: Selection, kinds: Collection[Kind]) -> bool:
    """Return whether a run of these kinds plans the person's user record.

    *Import Agents* brings agents' user records too (AM-27).
    """
    return Kind.USERS in kinds or selection.is_agent is True


def _mapped(selection: Selection, place: Place, rules: RuleSet) -> Home:
    if selection.role is not None or selection.is_agent is False:
        return Home(is_wanted=True, place=place, role=selection.role)
    is_known = selection.is_agent is True or rules.defaults.user_role is None
    role = rules.defaults.user_role if selection.is_agent else None
    return Home(is_wanted=True, place=place, role=role, is_role_known=is_known)


def _of_agent(rules: RuleSet, kinds: Collection[Kind]) -> Home:
    site = rules.defaults.user_site
    if site is None:
        return Home(is_wanted=False, reason=Reason.NO_SITE_FOR_AGENT)
    may_be_new = Kind.AGENTS in kinds
    return Home(
        is_wanted=True,
        place=at(site),
        role=rules.defaults.user_role,
        reason=None if may_be_new else Reason.AGENTS_ONLY,
        may_be_new=may_be_new,
    )
