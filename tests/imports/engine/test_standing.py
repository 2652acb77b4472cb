"""What becomes of the records of people who leave, and who come back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from directory.states import EntraState
from imports.engine import standing
from imports.engine.types import Action, Reason, Remote
from mappings.rules import Leavers, RuleSet, SiteRule
from mappings.words import Policy
from tests.imports.engine.builders import (
    CLOSED,
    EVERYBODY,
    LEEDS,
    LONDON,
    POWER,
    UNREADABLE,
    ada,
    in_group,
    outline,
    record,
    rule_set,
    unread,
    user_item,
)
from tests.imports.engine.user_rules import (
    BROKEN,
    DELETED,
    DISABLED,
    NOBODY,
    RULES,
    TO_LEEDS,
    leaving,
)


def test_behind_an_unknown_mapping_the_state_stays_for_the_disabled_too() -> None:
    assert outline(user_item(DISABLED, BROKEN, record())) == (
        Action.NONE,
        Reason.MAPPING_IN_ERROR,
    )


@pytest.mark.parametrize(
    ("remote", "is_wanted", "expected"),
    [
        (replace(DELETED, is_unproven=True), False, EntraState.PRESENT),
        (DELETED, True, EntraState.DELETED),
        (replace(DISABLED, is_deleted=True), True, EntraState.DELETED),
        (DISABLED, True, EntraState.DISABLED),
        (ada(), True, EntraState.PRESENT),
        (ada(), False, EntraState.UNMATCHED),
    ],
)
def test_the_first_cause_to_leave_is_the_state(
    remote: Remote, is_wanted: bool, expected: EntraState
) -> None:
    assert standing.state_of(remote, is_wanted=is_wanted) is expected


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


@pytest.mark.parametrize(
    ("remote", "rules"),
    [
        (DELETED, RULES),
        (DELETED, BROKEN),
        (DISABLED, NOBODY),
        (ada(), rule_set(leavers=Leavers(unmatched=Policy.DEACTIVATE))),
    ],
)
def test_a_record_that_is_not_ours_is_left_alone(
    remote: Remote, rules: RuleSet
) -> None:
    item = user_item(remote, rules, record(is_ours=False))

    assert (item.action, dict(item.changes)) == (Action.NONE, {})


def test_whoever_is_deleted_is_not_moved() -> None:
    moved = rule_set(SiteRule(10, EVERYBODY, LEEDS, role=POWER))

    assert set(user_item(DELETED, moved, record()).changes) == {
        "entra_state",
        "is_active",
    }


def test_the_reason_of_a_leaver_comes_before_that_of_their_site() -> None:
    closed = rule_set(SiteRule(10, EVERYBODY, CLOSED))

    assert user_item(DISABLED, closed, record()).reason is Reason.DISABLED_IN_ENTRA


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


def test_somebody_whom_a_hand_has_brought_back_is_in_step() -> None:
    item = user_item(ada(), RULES, record(deactivated_by_us=True))

    assert item.action is Action.NONE


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


def test_a_group_that_empties_makes_people_unmatched() -> None:
    rules = rule_set(SiteRule(10, in_group("London"), LONDON))

    assert user_item(ada(), rules, record()).reason is Reason.UNMATCHED
