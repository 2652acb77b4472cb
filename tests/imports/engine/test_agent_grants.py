"""Roles and seats of an agent: given by groups, taken back with them."""

from __future__ import annotations

import pytest

from imports.engine.types import Action
from mappings.rules import AgentDefaults, GrantRule
from tests.imports.engine.agent_rules import (
    AGENT,
    BOTH_BY_US,
    BOTH_ROLES,
    RULES,
    SEATS,
    ref,
    rules,
)
from tests.imports.engine.builders import (
    ADMINISTRATOR,
    ANALYST,
    CAB,
    ada,
    agent_item,
    agent_record,
    group,
)


def test_a_role_goes_with_its_group() -> None:
    local = agent_record(roles=BOTH_ROLES, roles_by_us=BOTH_BY_US)

    item = agent_item(AGENT, RULES, local)

    assert item.action is Action.UPDATE
    assert item.changes["roles"] == (
        [ref(ADMINISTRATOR), ref(ANALYST)],
        [ref(ANALYST)],
    )


@pytest.mark.rule("R115")
def test_roles_stay_when_the_switch_is_off() -> None:
    local = agent_record(roles=BOTH_ROLES, roles_by_us=BOTH_BY_US)
    kept = rules(defaults=AgentDefaults(remove_roles=False))

    assert agent_item(AGENT, kept, local).action is Action.NONE


def test_a_role_that_a_hand_gave_stays_by_hand() -> None:
    local = agent_record(roles=BOTH_ROLES, roles_by_us=frozenset({ANALYST.id}))

    assert agent_item(AGENT, RULES, local).action is Action.NONE
    assert agent_item(ada("Agents", "Admins"), RULES, local).action is Action.NONE


@pytest.mark.rule("R118")
def test_a_seat_goes_with_its_group_whatever_the_switch_says() -> None:
    local = agent_record(boards=(CAB,), boards_by_us=frozenset({CAB.id}))
    kept = rules(defaults=AgentDefaults(remove_roles=False))

    item = agent_item(AGENT, kept, local)

    assert item.changes["boards"] == ([ref(CAB)], [])


@pytest.mark.rule("R118")
def test_a_seat_that_a_hand_gave_stays() -> None:
    assert agent_item(AGENT, RULES, agent_record(boards=(CAB,))).action is Action.NONE


@pytest.mark.rule("R118")
def test_a_seat_stays_while_any_mapped_group_holds_the_agent() -> None:
    second = GrantRule(group("Leeds"), False, CAB)
    local = agent_record(boards=(CAB,), boards_by_us=frozenset({CAB.id}))

    item = agent_item(ada("Agents", "Leeds"), rules(board_rules=(SEATS, second)), local)

    assert item.action is Action.NONE


@pytest.mark.rule("R118")
def test_an_unreadable_group_takes_nothing_back() -> None:
    broken = rules(
        role_rules=(GrantRule(group("Unreadable"), False, ADMINISTRATOR),),
        board_rules=(GrantRule(group("Unreadable"), False, CAB),),
    )
    local = agent_record(
        roles=BOTH_ROLES,
        roles_by_us=BOTH_BY_US,
        boards=(CAB,),
        boards_by_us=frozenset({CAB.id}),
    )

    assert agent_item(AGENT, broken, local).action is Action.NONE
