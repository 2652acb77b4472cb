"""What holds of every plan, whatever the rules, the person and the record."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.states import EntraState
from imports.engine.types import Action, Local, Match, PlanItem, Remote
from mappings.rules import Leavers, Ref, RuleSet, SiteRule
from mappings.words import Policy
from tests.imports.engine.builders import (
    CLOSED,
    EVERYBODY,
    EVERYBODY_TO_LONDON,
    LEEDS,
    POWER,
    STANDARD,
    VALUES,
    ada,
    old_record,
    record,
    rule_set,
    user_item,
)

RULES = rule_set(EVERYBODY_TO_LONDON)
NOBODY = rule_set()
TO_LEEDS = rule_set(SiteRule(10, EVERYBODY, LEEDS, role=POWER))
TO_CLOSED = rule_set(SiteRule(10, EVERYBODY, CLOSED, role=STANDARD))


def found(local: Local) -> Match:
    """A match by a field: the record has no identity yet."""
    return Match(local, "email", (local.id,))


def applied(local: Local | None, item: PlanItem) -> Local:
    """The record as the item leaves it, as the directory would store it."""
    held = local or replace(
        old_record(), values={}, is_active=False, site=None, role=None
    )
    after: dict[str, Any] = {one: change[1] for one, change in item.changes.items()}
    values = {**held.values, **{one: after[one] for one in VALUES if one in after}}
    site, role = after.get("site"), after.get("user_role")
    is_off = after.get("is_active") is False
    return replace(
        held,
        revision=held.revision + 1,
        values=values,
        is_active=after.get("is_active", held.is_active),
        deactivated_by_us=is_off
        or (held.deactivated_by_us and "is_active" not in after),
        entra_state=EntraState(
            after.get("entra_state") or held.entra_state or "present"
        ),
        object_id=UUID(after.get("entra_object_id", str(held.object_id))),
        is_ours=held.is_ours or "entra_object_id" in after,
        site=Ref(site.get("id", 99), site["name"]) if site else held.site,
        site_by_us=held.site_by_us or bool(site),
        role=Ref(**role) if role else None if "user_role" in after else held.role,
        role_by_us=bool(role) if "user_role" in after else held.role_by_us,
    )


@st.composite
def situations(draw: st.DrawFn) -> tuple[Remote, RuleSet, Local | None, bool]:
    """A person, rules and a record, in all states that may meet."""
    policies = st.sampled_from(Policy)
    rules = rule_set(
        *draw(st.sampled_from([RULES, NOBODY, TO_LEEDS, TO_CLOSED])).site_rules,
        leavers=Leavers(draw(policies), draw(policies), draw(policies)),
    )
    remote = replace(
        ada(
            displayName=draw(st.sampled_from(["Ada", "Ada Lovelace", None])),
            accountEnabled=draw(st.sampled_from([True, False, None])),
        ),
        is_deleted=draw(st.booleans()),
    )
    flags: Any = {
        name: draw(st.booleans())
        for name in (
            *("is_active", "deactivated_by_us", "keep_active", "site_by_us"),
            *("role_by_us", "is_ours"),
        )
    }
    state = draw(st.sampled_from(EntraState))
    local = draw(st.sampled_from([None, record(entra_state=state, **flags)]))
    return remote, rules, local, draw(st.booleans())


@pytest.mark.rule("R133")
@given(situations())
def test_a_plan_that_was_applied_leaves_nothing_to_do(
    situation: tuple[Remote, RuleSet, Local | None, bool],
) -> None:
    remote, rules, local, is_old = situation
    match = None if local is None else found(old_record()) if is_old else local
    before = old_record() if isinstance(match, Match) else local
    first = user_item(remote, rules, match)
    if before is None and first.action is Action.SKIP:
        return
    if first.action is Action.SKIP:
        assert not first.changes
        return

    again = user_item(remote, rules, applied(before, first))

    assert (again.action, dict(again.changes)) == (Action.NONE, {})
