"""What becomes of agents who leave, and who come back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from directory.states import EntraState
from imports.engine.types import Action, Reason, Remote
from mappings.rules import AgentDefaults, AgentRule, Leavers
from mappings.words import Policy
from tests.imports.engine.agent_rules import (
    AGENT,
    BOTH_BY_US,
    BOTH_ROLES,
    DELETED,
    DISABLED,
    RULES,
    ref,
    rules,
)
from tests.imports.engine.builders import (
    ADMINISTRATOR,
    AGENTS,
    ANALYST,
    CAB,
    UNREADABLE,
    ada,
    agent_item,
    agent_record,
    outline,
)


def test_an_agent_no_longer_selected_loses_all_that_a_run_gave() -> None:
    local = agent_record(
        roles=BOTH_ROLES,
        roles_by_us=frozenset({ANALYST.id}),
        boards=(CAB,),
        boards_by_us=frozenset({CAB.id}),
    )
    kept = rules(defaults=AgentDefaults(remove_roles=False))

    item = agent_item(ada("Admins", "CAB"), kept, local)

    assert outline(item) == (Action.DEACTIVATE, Reason.UNMATCHED)
    assert item.changes["roles"][1] == [ref(ADMINISTRATOR)]
    assert item.changes["boards"][1] == []
    assert item.changes["entra_state"] == ("present", "unmatched")


@pytest.mark.parametrize(
    ("policy", "action", "reason"),
    [
        (Policy.FLAG, Action.FLAG, Reason.UNMATCHED),
        (Policy.LEAVE, Action.UPDATE, Reason.POLICY_LEAVES),
    ],
)
def test_roles_go_even_if_the_agent_may_stay(
    policy: Policy, action: Action, reason: Reason
) -> None:
    kept = rules(leavers=Leavers(agents_unmatched=policy))

    item = agent_item(ada(), kept, agent_record())

    assert outline(item) == (action, reason)
    assert item.changes["roles"] == ([ref(ANALYST)], [])


def test_a_pinned_agent_stays_active_without_the_roles() -> None:
    item = agent_item(ada(), RULES, agent_record(keep_active=True))

    assert outline(item) == (Action.FLAG, Reason.KEPT_ACTIVE)
    assert "is_active" not in item.changes
    assert item.changes["roles"][1] == []


def test_an_agent_of_another_source_is_not_deactivated() -> None:
    item = agent_item(
        ada(), RULES, agent_record(is_ours=False, roles_by_us=frozenset())
    )

    assert (*outline(item), dict(item.changes)) == (Action.NONE, Reason.NO_MAPPING, {})


def test_a_break_glass_agent_is_never_touched() -> None:
    item = agent_item(DELETED, RULES, agent_record(is_break_glass=True))

    assert (*outline(item), dict(item.changes)) == (
        Action.NONE, Reason.PROTECTED_AGENT, {}
    )  # fmt: skip


def test_a_possible_agent_keeps_what_may_still_be_theirs() -> None:
    broken = rules(agent_rules=(AGENTS, AgentRule(40, UNREADABLE, ADMINISTRATOR)))
    local = agent_record(roles=BOTH_ROLES, roles_by_us=BOTH_BY_US)

    item = agent_item(ada(displayName="Ada King"), broken, local)

    assert outline(item) == (Action.UPDATE, Reason.MAPPING_IN_ERROR)
    assert set(item.changes) == {"name", "roles"}
    assert item.changes["roles"][1] == [ref(ADMINISTRATOR)]


@pytest.mark.parametrize(
    ("remote", "state", "reason"),
    [
        (DELETED, "deleted", Reason.DELETED_IN_ENTRA),
        (DISABLED, "disabled", Reason.DISABLED_IN_ENTRA),
    ],
)
def test_a_leaver_is_deactivated(remote: Remote, state: str, reason: Reason) -> None:
    item = agent_item(remote, RULES, agent_record())

    assert outline(item) == (Action.DEACTIVATE, reason)
    assert item.changes["entra_state"] == ("present", state)


def test_a_disabled_agent_keeps_the_roles_of_their_groups() -> None:
    assert "roles" not in agent_item(DISABLED, RULES, agent_record()).changes


def test_a_deleted_agent_loses_them() -> None:
    assert agent_item(DELETED, RULES, agent_record()).changes["roles"][1] == []


def test_a_deleted_agent_leaves_whatever_mappings_say() -> None:
    broken = rules(agent_rules=(AgentRule(40, UNREADABLE, ANALYST),))

    item = agent_item(DELETED, broken, agent_record())

    assert outline(item) == (Action.DEACTIVATE, Reason.DELETED_IN_ENTRA)
    assert item.changes["roles"][1] == []


def test_an_agent_who_comes_back_gets_everything_again() -> None:
    gone = agent_record(
        is_active=False,
        deactivated_by_us=True,
        entra_state=EntraState.UNMATCHED,
        roles=(),
        roles_by_us=frozenset(),
    )

    item = agent_item(AGENT, RULES, gone)

    assert item.action is Action.REACTIVATE
    assert item.changes["roles"] == ([], [ref(ANALYST)])


def test_an_agent_who_is_absent_without_proof_keeps_everything() -> None:
    absent = replace(ada(accountEnabled=False), is_unproven=True)
    item = agent_item(absent, RULES, agent_record())
    assert (item.action, item.reason) == (Action.SKIP, Reason.UNPROVEN)
    assert not item.changes
