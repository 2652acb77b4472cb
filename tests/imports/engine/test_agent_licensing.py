"""Licensed roles decide whether an agent is active (AM-34)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from imports.engine.types import Action, Local, Match, Reason
from mappings.rules import RuleSet
from tests.imports.engine.builders import (
    ADMINISTRATOR,
    AGENTS,
    ANALYST,
    ada,
    agent_item,
    agent_record,
    old_record,
    outline,
    rule_set,
)

RULES = rule_set(agent_rules=(AGENTS,))
AGENT = ada("Agents")
DISABLED = ada("Agents", accountEnabled=False)
OLD = old_record(organisation_id=None, site=None, role=None)


def rules(**rest: Any) -> RuleSet:
    return replace(RULES, **rest)


@pytest.mark.rule("R120")
def test_an_agent_without_a_licensed_role_is_made_inactive() -> None:
    licensed = rules(licensed_roles=frozenset({ADMINISTRATOR.id}))

    new, old = agent_item(AGENT, licensed), agent_item(AGENT, licensed, agent_record())

    assert (new.changes["is_active"], new.reason) == (
        (None, False), Reason.NO_LICENSED_ROLE
    )  # fmt: skip
    assert outline(old) == (Action.DEACTIVATE, Reason.NO_LICENSED_ROLE)
    assert dict(old.changes) == {"is_active": (True, False)}


@pytest.mark.rule("R120")
def test_an_agent_with_a_licensed_role_is_active() -> None:
    licensed = rules(licensed_roles=frozenset({ANALYST.id}))
    inactive = agent_record(is_active=False, deactivated_by_us=True)

    assert agent_item(AGENT, licensed).changes["is_active"] == (None, True)
    assert agent_item(AGENT, licensed, inactive).action is Action.REACTIVATE


@pytest.mark.rule("R120")
@pytest.mark.parametrize(
    ("local", "outcome"),
    [
        (
            agent_record(is_active=False, deactivated_by_us=True),
            (Action.NONE, Reason.NO_LICENSED_ROLE),
        ),
        (agent_record(keep_active=True), (Action.NONE, Reason.KEPT_ACTIVE)),
        (agent_record(is_active=False), (Action.NONE, Reason.NO_LICENSED_ROLE)),
    ],
    ids=["inactive by a run", "pinned", "inactive by hand"],
)
def test_nothing_changes_for_whom_licensing_cannot_or_need_not_deactivate(
    local: Local, outcome: tuple[Action, Reason]
) -> None:
    licensed = rules(licensed_roles=frozenset({ADMINISTRATOR.id}))

    assert outline(agent_item(AGENT, licensed, local)) == outcome


@pytest.mark.rule("R120")
def test_licensing_counts_for_newly_linked_agents_and_not_for_leavers() -> None:
    licensed = rules(licensed_roles=frozenset({ADMINISTRATOR.id}))

    linked = agent_item(AGENT, licensed, Match(OLD, "email", (7,)))
    leaver = agent_item(DISABLED, licensed, agent_record())

    assert outline(linked) == (Action.DEACTIVATE, Reason.NO_LICENSED_ROLE)
    assert leaver.reason is Reason.DISABLED_IN_ENTRA
