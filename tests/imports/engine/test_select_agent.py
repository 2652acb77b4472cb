"""Who is selected as an agent, with which roles and seats."""

from __future__ import annotations

import pytest

from mappings.rules import AgentRule, GrantRule
from tests.imports.engine.builders import (
    ADMINISTRATOR,
    AGENTS,
    ANALYST,
    CAB,
    EVERYBODY_TO_LONDON,
    UNREADABLE,
    ada,
    group,
    in_group,
    rule_set,
    selected,
)


@pytest.mark.rule("R100")
@pytest.mark.rule("R112")
def test_an_agent_holds_the_union_of_all_roles() -> None:
    rules = rule_set(
        agent_rules=(AGENTS, AgentRule(40, in_group("Leeds"), ADMINISTRATOR)),
        role_rules=(GrantRule(group("Admins"), False, ADMINISTRATOR),),
        board_rules=(GrantRule(group("CAB"), False, CAB),),
    )

    found = selected(ada("Agents", "Admins", "CAB"), rules)

    assert found.is_agent is True
    assert found.agent_roles == (ADMINISTRATOR, ANALYST)
    assert found.boards == (CAB,)


def test_groups_of_roles_make_nobody_an_agent() -> None:
    rules = rule_set(
        agent_rules=(AGENTS,),
        role_rules=(GrantRule(group("Admins"), False, ADMINISTRATOR),),
    )

    found = selected(ada("Admins"), rules)

    assert found.is_agent is False
    assert found.agent_roles == ()
    assert found.uncertain_roles == frozenset()


@pytest.mark.rule("R101")
def test_agent_mappings_are_a_pass_of_their_own() -> None:
    found = selected(
        ada("Agents"), rule_set(EVERYBODY_TO_LONDON, agent_rules=(AGENTS,))
    )

    assert found.sequence == EVERYBODY_TO_LONDON.sequence
    assert [one.result for one in found.verdicts] == ["won", "matched"]


def test_an_unknown_mapping_may_give_its_roles_and_seats() -> None:
    rules = rule_set(
        agent_rules=(AGENTS,),
        role_rules=(GrantRule(group("Unreadable"), False, ADMINISTRATOR),),
        board_rules=(GrantRule(group("Unreadable"), False, CAB),),
    )

    found = selected(ada("Agents"), rules)

    assert found.agent_roles == (ANALYST,)
    assert found.uncertain_roles == {ADMINISTRATOR.id}
    assert found.uncertain_boards == {CAB.id}


def test_whoever_may_be_no_agent_is_given_nothing_new() -> None:
    rules = rule_set(
        agent_rules=(AgentRule(30, UNREADABLE, ANALYST),),
        role_rules=(GrantRule(group("Admins"), False, ADMINISTRATOR),),
    )

    found = selected(ada("Admins"), rules)

    assert found.is_agent is None
    assert found.agent_roles == ()
    assert found.uncertain_roles == {ANALYST.id, ADMINISTRATOR.id}
