"""What a run does for a user record: newcomers, those in step, leavers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.states import EntraState
from imports.engine.types import Action, Local, Match, PlanItem, Reason, Remote
from mappings.rules import AgentDefaults, Leavers, Ref, RuleSet, SiteRule
from mappings.words import Kind, Policy
from tests.imports.engine.builders import (
    ACME,
    AGENTS,
    CLOSED,
    EVERYBODY,
    EVERYBODY_TO_LONDON,
    LEEDS,
    LONDON,
    POWER,
    STANDARD,
    UNREADABLE,
    VALUES,
    ada,
    in_group,
    old_record,
    record,
    rule_set,
    unread,
    user_item,
)

LONDON_REF = {"id": LONDON.id, "name": "Acme / London"}
LEEDS_REF = {"id": LEEDS.id, "name": "Acme / Leeds"}
OBJECT_ID = str(ada().object_id)

RULES = rule_set(EVERYBODY_TO_LONDON)
NOBODY = rule_set()
BROKEN = rule_set(SiteRule(5, UNREADABLE, LEEDS), EVERYBODY_TO_LONDON)
TO_LEEDS = rule_set(SiteRule(10, EVERYBODY, LEEDS, role=POWER))
TO_CLOSED = rule_set(SiteRule(10, EVERYBODY, CLOSED, role=STANDARD))
BY_FIELD = rule_set(SiteRule(10, EVERYBODY, organisation=ACME, field="city"))

DELETED = replace(ada(), is_deleted=True)
DISABLED = ada(accountEnabled=False)


def leaving(**policies: Policy) -> RuleSet:
    return rule_set(EVERYBODY_TO_LONDON, leavers=Leavers(**policies))


def found(local: Local) -> Match:
    """A match by a field: the record has no identity yet."""
    return Match(local, "email", (local.id,))


def outline(item: PlanItem) -> tuple[Action, Reason | None]:
    return item.action, item.reason


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


@pytest.mark.rule("R089")
def test_a_new_person_is_created_with_all_that_mappings_say() -> None:
    item = user_item(ada(), RULES)

    assert outline(item) == (Action.CREATE, None)
    assert (item.sequence, item.record_id, item.record_revision) == (10, None, None)
    assert dict(item.changes) == {
        "name": (None, "Ada Lovelace"),
        "email": (None, "ada@acme.example"),
        "network_login": (None, "ada@acme.example"),
        "is_active": (None, True),
        "entra_state": (None, "present"),
        "entra_object_id": (None, OBJECT_ID),
        "site": (None, LONDON_REF),
        "user_role": (None, {"id": STANDARD.id, "name": "Standard User"}),
    }


@pytest.mark.rule("R106")
def test_a_site_still_to_be_made_has_no_id() -> None:
    item = user_item(ada(city="York"), BY_FIELD)

    assert item.changes["site"] == (None, {"planned": None, "name": "Acme / York"})
    assert item.place is not None
    assert (item.place.site_id, item.place.source_value) == (None, "York")


@pytest.mark.parametrize(
    ("remote", "name"),
    [
        (ada(), "ada@acme.example"),
        (unread(ada(), "userPrincipalName"), OBJECT_ID),
    ],
)
def test_a_new_record_has_a_name_even_if_none_is_mapped(
    remote: Remote, name: str
) -> None:
    to_all = SiteRule(10, replace(EVERYBODY, include_external=True), LONDON)
    item = user_item(remote, rule_set(to_all, user_fields=()))

    assert item.changes["name"] == (None, name)


@pytest.mark.parametrize(
    ("remote", "rules", "reason"),
    [
        (ada(), NOBODY, Reason.NO_MAPPING),
        (ada(), BROKEN, Reason.MAPPING_IN_ERROR),
        (DISABLED, RULES, Reason.DISABLED_IN_ENTRA),
        (DISABLED, leaving(disabled=Policy.FLAG), Reason.DISABLED_IN_ENTRA),
        (DELETED, RULES, Reason.DELETED_IN_ENTRA),
        (ada(), TO_CLOSED, Reason.SITE_INACTIVE),
        (ada("Agents"), rule_set(agent_rules=(AGENTS,)), Reason.NO_SITE_FOR_AGENT),
    ],
)
def test_a_new_person_who_is_left_out_hears_why(
    remote: Remote, rules: RuleSet, reason: Reason
) -> None:
    assert outline(user_item(remote, rules)) == (Action.SKIP, reason)


@pytest.mark.parametrize(
    ("remote", "rules"),
    [
        (DISABLED, leaving(disabled=Policy.LEAVE)),
        (ada(accountEnabled=None), RULES),
        (unread(ada(), "accountEnabled"), RULES),
    ],
    ids=["policy leave", "null", "unknown"],
)
def test_who_counts_as_enabled_is_created(remote: Remote, rules: RuleSet) -> None:
    item = user_item(remote, rules)

    assert item.action is Action.CREATE
    assert item.changes["entra_state"] == (None, "present")


@pytest.mark.rule("R131")
def test_import_users_leaves_agents_without_a_mapping_to_import_agents() -> None:
    rules = rule_set(agent_rules=(AGENTS,), defaults=AgentDefaults(user_site=LEEDS))

    users_only = user_item(ada("Agents"), rules, kinds={Kind.USERS})

    assert outline(users_only) == (Action.SKIP, Reason.AGENTS_ONLY)
    assert user_item(ada("Agents"), rules).changes["site"] == (None, LEEDS_REF)


@pytest.mark.rule("R131")
def test_import_users_never_treats_them_as_unmatched() -> None:
    rules = rule_set(agent_rules=(AGENTS,), defaults=AgentDefaults(user_site=LONDON))

    item = user_item(ada("Agents"), rules, record(role=None), kinds={Kind.USERS})

    assert item.action is Action.NONE


def test_an_agent_for_whom_no_site_is_set_is_never_unmatched() -> None:
    item = user_item(ada("Agents"), rule_set(agent_rules=(AGENTS,)), record())

    assert outline(item) == (Action.NONE, Reason.NO_SITE_FOR_AGENT)


def test_somebody_who_needs_review_is_not_imported() -> None:
    match = Match(None, "email", (4, 9), Reason.SEVERAL_CANDIDATES)

    item = user_item(ada(), RULES, match)

    assert outline(item) == (Action.REVIEW, Reason.SEVERAL_CANDIDATES)
    assert (item.candidates, item.matched_by) == ((4, 9), "email")


def test_nobody_reviews_people_whom_no_mapping_selects() -> None:
    match = Match(None, "email", (4, 9), Reason.SEVERAL_CANDIDATES)

    assert outline(user_item(ada(), NOBODY, match)) == (Action.SKIP, Reason.NO_MAPPING)


@pytest.mark.parametrize("local", [None, record()])
def test_somebody_left_out_for_good_is_skipped(local: Local | None) -> None:
    item = user_item(DELETED, RULES, Match(local, "decision", reason=Reason.LEFT_OUT))

    assert outline(item) == (Action.SKIP, Reason.LEFT_OUT)
    assert item.record_revision == (local.revision if local else None)


@pytest.mark.rule("R126")
def test_an_old_record_is_linked_and_keeps_site_and_role() -> None:
    item = user_item(ada(), TO_LEEDS, found(old_record()))

    assert item.action is Action.LINK
    assert dict(item.changes) == {
        "entra_object_id": (None, OBJECT_ID),
        "entra_state": (None, "present"),
    }
    assert (item.record_id, item.record_revision) == (7, 3)


def test_an_old_record_without_a_role_gets_that_of_its_mapping() -> None:
    item = user_item(ada(), TO_LEEDS, found(old_record(role=None)))

    assert item.changes["user_role"] == (None, {"id": POWER.id, "name": "Power User"})


def test_an_old_record_that_a_hand_has_switched_off_stays_off() -> None:
    item = user_item(ada(), RULES, found(old_record(is_active=False)))

    assert item.action is Action.LINK
    assert "is_active" not in item.changes


def test_an_old_record_of_somebody_disabled_is_linked_and_deactivated_at_once() -> None:
    item = user_item(DISABLED, RULES, found(old_record()))

    assert outline(item) == (Action.DEACTIVATE, Reason.DISABLED_IN_ENTRA)
    assert {"entra_object_id", "is_active", "entra_state"} == set(item.changes)


def test_an_old_record_is_linked_though_the_mappings_site_is_inactive() -> None:
    item = user_item(ada(), TO_CLOSED, found(old_record()))

    assert outline(item) == (Action.LINK, None)


@pytest.mark.parametrize(
    ("rules", "remote", "reason"),
    [
        (NOBODY, ada(), Reason.NO_MAPPING),
        (BROKEN, ada(), Reason.MAPPING_IN_ERROR),
        (RULES, DELETED, Reason.DELETED_IN_ENTRA),
    ],
)
def test_an_old_record_is_not_linked_to_somebody_not_wanted(
    rules: RuleSet, remote: Remote, reason: Reason
) -> None:
    item = user_item(remote, rules, found(old_record()))

    assert outline(item) == (Action.SKIP, reason)


def test_a_record_taken_over_comes_back_with_its_new_identity() -> None:
    old = UUID(int=5)
    local = record(
        object_id=old,
        identity_is_gone=True,
        entra_state=EntraState.DELETED,
        is_active=False,
        deactivated_by_us=True,
    )

    item = user_item(ada(), RULES, Match(local, "decision", (7,)))

    assert item.action is Action.REACTIVATE
    assert item.changes["entra_object_id"] == (str(old), OBJECT_ID)


def test_a_record_with_her_identity_and_no_source_becomes_ours() -> None:
    item = user_item(ada(), RULES, record(is_ours=False))

    assert item.action is Action.LINK
    assert dict(item.changes) == {"entra_object_id": (OBJECT_ID, OBJECT_ID)}


@pytest.mark.rule("R133")
def test_a_record_in_step_is_left_alone() -> None:
    item = user_item(ada(), RULES, record())

    assert (*outline(item), dict(item.changes)) == (Action.NONE, None, {})
    assert item.record_revision == 3


def test_changed_fields_are_updated() -> None:
    item = user_item(ada(displayName="Ada King"), RULES, record())

    assert item.action is Action.UPDATE
    assert dict(item.changes) == {"name": ("Ada Lovelace", "Ada King")}


def test_a_note_travels_with_its_item() -> None:
    item = user_item(ada(displayName="x" * 300), RULES, record())

    assert item.notes == ("Name was cut to 256 characters.",)


def test_site_and_role_that_a_run_gave_follow_the_mapping() -> None:
    item = user_item(ada(), TO_LEEDS, record())

    assert item.action is Action.MOVE
    assert item.changes["site"] == (LONDON_REF, LEEDS_REF)
    assert item.changes["user_role"][1] == {"id": POWER.id, "name": "Power User"}


def test_site_and_role_that_a_hand_gave_stay() -> None:
    item = user_item(ada(), TO_LEEDS, record(site_by_us=False, role_by_us=False))

    assert item.action is Action.NONE


def test_a_role_is_taken_back_when_the_mapping_gives_none() -> None:
    rules = rule_set(SiteRule(10, EVERYBODY, LONDON))

    item = user_item(ada(), rules, record())

    assert item.changes["user_role"][1] is None


@pytest.mark.rule("R094")
def test_nobody_is_moved_to_an_inactive_site() -> None:
    item = user_item(ada(), TO_CLOSED, record())

    assert (*outline(item), dict(item.changes)) == (
        Action.NONE, Reason.SITE_INACTIVE, {}
    )  # fmt: skip


def test_behind_an_unknown_mapping_only_fields_follow() -> None:
    flagged = record(entra_state=EntraState.UNMATCHED)

    item = user_item(ada(displayName="Ada King"), BROKEN, flagged)

    assert outline(item) == (Action.UPDATE, Reason.MAPPING_IN_ERROR)
    assert set(item.changes) == {"name"}


def test_behind_an_unknown_mapping_the_state_stays_for_the_disabled_too() -> None:
    assert outline(user_item(DISABLED, BROKEN, record())) == (
        Action.NONE,
        Reason.MAPPING_IN_ERROR,
    )


def test_unknown_is_never_unmatched() -> None:
    rules = rule_set(
        SiteRule(5, UNREADABLE, LEEDS), leavers=Leavers(unmatched=Policy.DEACTIVATE)
    )

    assert outline(user_item(ada(), rules, record())) == (
        Action.NONE, Reason.MAPPING_IN_ERROR
    )  # fmt: skip


def test_whoever_is_proven_deleted_leaves_whatever_mappings_say() -> None:
    item = user_item(DELETED, BROKEN, record())

    assert outline(item) == (Action.DEACTIVATE, Reason.DELETED_IN_ENTRA)


@pytest.mark.parametrize(
    ("remote", "rules", "state", "reason"),
    [
        (DELETED, RULES, "deleted", Reason.DELETED_IN_ENTRA),
        (DISABLED, RULES, "disabled", Reason.DISABLED_IN_ENTRA),
        (
            ada(),
            rule_set(leavers=Leavers(unmatched=Policy.DEACTIVATE)),
            "unmatched",
            Reason.UNMATCHED,
        ),
    ],
)
def test_a_leaver_is_deactivated_and_flagged(
    remote: Remote, rules: RuleSet, state: str, reason: Reason
) -> None:
    item = user_item(remote, rules, record())

    assert outline(item) == (Action.DEACTIVATE, reason)
    assert dict(item.changes) == {
        "entra_state": ("present", state),
        "is_active": (True, False),
    }


def test_somebody_unmatched_is_flagged_by_default() -> None:
    item = user_item(ada(), NOBODY, record())

    assert outline(item) == (Action.FLAG, Reason.UNMATCHED)
    assert dict(item.changes) == {"entra_state": ("present", "unmatched")}


def test_a_policy_may_leave_a_leaver_alone() -> None:
    item = user_item(DISABLED, leaving(disabled=Policy.LEAVE), record())

    assert (*outline(item), dict(item.changes)) == (
        Action.NONE, Reason.POLICY_LEAVES, {}
    )  # fmt: skip


@pytest.mark.parametrize(
    ("remote", "reason"),
    [
        (replace(DISABLED, is_deleted=True), Reason.DELETED_IN_ENTRA),
        (DISABLED, Reason.DISABLED_IN_ENTRA),
        (ada(), Reason.UNMATCHED),
    ],
)
def test_the_first_cause_that_holds_decides(remote: Remote, reason: Reason) -> None:
    every = Leavers(Policy.FLAG, Policy.FLAG, Policy.FLAG)

    assert user_item(remote, rule_set(leavers=every), record()).reason is reason


def test_a_first_cause_that_leaves_is_not_overruled_by_a_later_one() -> None:
    rules = rule_set(
        leavers=Leavers(disabled=Policy.LEAVE, unmatched=Policy.DEACTIVATE)
    )

    assert user_item(DISABLED, rules, record()).reason is Reason.POLICY_LEAVES


@pytest.mark.parametrize("remote", [DELETED, DISABLED, ada()])
def test_a_record_that_is_not_ours_is_left_alone(remote: Remote) -> None:
    rules = rule_set(leavers=Leavers(unmatched=Policy.DEACTIVATE))

    item = user_item(remote, rules, record(is_ours=False))

    assert (item.action, dict(item.changes)) == (Action.NONE, {})


def test_a_pinned_record_is_flagged_but_stays_active() -> None:
    item = user_item(DISABLED, RULES, record(keep_active=True))

    assert outline(item) == (Action.FLAG, Reason.KEPT_ACTIVE)
    assert set(item.changes) == {"entra_state"}


@pytest.mark.parametrize(
    "remote", [ada(accountEnabled=None), unread(ada(), "accountEnabled")]
)
def test_not_knowing_whether_somebody_is_disabled_costs_nothing(
    remote: Remote,
) -> None:
    assert user_item(remote, RULES, record()).action is Action.NONE


def test_somebody_who_comes_back_is_reactivated() -> None:
    gone = record(
        is_active=False, deactivated_by_us=True, entra_state=EntraState.DISABLED
    )

    item = user_item(ada(), RULES, gone)

    assert item.action is Action.REACTIVATE
    assert dict(item.changes) == {
        "entra_state": ("disabled", "present"),
        "is_active": (False, True),
    }


def test_whom_a_hand_has_deactivated_stays_so_and_loses_the_flag() -> None:
    gone = record(is_active=False, entra_state=EntraState.DISABLED)

    item = user_item(ada(), RULES, gone)

    assert item.action is Action.UPDATE
    assert dict(item.changes) == {"entra_state": ("disabled", "present")}


def test_unmatched_people_keep_fields_site_and_role() -> None:
    item = user_item(ada(displayName="Ada King"), NOBODY, record())

    assert set(item.changes) == {"entra_state"}


def test_the_gravest_change_names_the_action() -> None:
    moved_and_disabled = user_item(
        ada(accountEnabled=False, displayName="Ada King"), TO_LEEDS, record()
    )

    assert moved_and_disabled.action is Action.DEACTIVATE
    assert {"site", "name", "is_active"} <= set(moved_and_disabled.changes)


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


def test_a_group_that_empties_makes_people_unmatched() -> None:
    rules = rule_set(SiteRule(10, in_group("London"), LONDON))

    assert user_item(ada(), rules, record()).reason is Reason.UNMATCHED
