"""What a run does for user records that it has made or linked before."""

from __future__ import annotations

from dataclasses import replace

import pytest

from directory.states import EntraState
from imports.engine.types import Action, Local, Reason
from mappings.rules import AgentDefaults, AgentRule, SiteRule
from mappings.words import Kind
from tests.imports.engine.builders import (
    AGENTS,
    ANALYST,
    EVERYBODY,
    LONDON,
    POWER,
    STANDARD,
    UNREADABLE,
    ada,
    old_record,
    outline,
    record,
    rule_set,
    user_item,
)
from tests.imports.engine.user_rules import (
    BROKEN,
    LEEDS_REF,
    LONDON_REF,
    RULES,
    TO_CLOSED,
    TO_LEEDS,
)


@pytest.mark.rule("R131")
def test_import_users_never_treats_them_as_unmatched() -> None:
    rules = rule_set(agent_rules=(AGENTS,), defaults=AgentDefaults(user_site=LONDON))

    item = user_item(ada("Agents"), rules, record(role=None), kinds={Kind.USERS})

    assert outline(item) == (Action.NONE, None)


def test_an_agent_for_whom_no_site_is_set_is_never_unmatched() -> None:
    item = user_item(ada("Agents"), rule_set(agent_rules=(AGENTS,)), record())

    assert outline(item) == (Action.NONE, Reason.NO_SITE_FOR_AGENT)


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


def test_the_role_of_a_possible_agent_stays() -> None:
    rules = rule_set(
        SiteRule(10, EVERYBODY, LONDON),
        agent_rules=(AgentRule(30, UNREADABLE, ANALYST),),
        defaults=AgentDefaults(user_role=STANDARD),
    )

    assert user_item(ada(), rules, record()).action is Action.NONE


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


@pytest.mark.parametrize("local", [None, record(), old_record()])
def test_nothing_changes_for_somebody_who_is_absent_without_proof(
    local: Local | None,
) -> None:
    absent = replace(ada(accountEnabled=False, displayName="Old"), is_unproven=True)
    item = user_item(absent, RULES, local)
    assert (item.action, item.reason) == (Action.SKIP, Reason.UNPROVEN)
    assert not item.changes
