"""What a run does for an agent record: newcomers, old agents, those in step."""

from __future__ import annotations

from dataclasses import replace

import pytest

from imports.engine.types import Action, Match, Reason, Remote
from mappings.rules import AgentDefaults, AgentRule, Leavers, Ref, RuleSet
from mappings.words import Policy
from tests.imports.engine.agent_rules import (
    AGENT,
    DELETED,
    DISABLED,
    OLD,
    RULES,
    ref,
    rules,
)
from tests.imports.engine.builders import (
    ADMINISTRATOR,
    AGENTS,
    ANALYST,
    CAB,
    DESK,
    EVERYBODY_TO_LONDON,
    UNREADABLE,
    ada,
    agent_item,
    agent_record,
    in_group,
    outline,
)


@pytest.mark.rule("R100")
@pytest.mark.rule("R111")
@pytest.mark.rule("R112")
@pytest.mark.rule("R117")
def test_a_new_agent_gets_roles_seats_and_team() -> None:
    with_team = rules(defaults=AgentDefaults(team=DESK))

    item = agent_item(ada("Agents", "Admins", "CAB"), with_team)

    assert outline(item) == (Action.CREATE, None)
    assert item.sequence == AGENTS.sequence
    assert dict(item.changes) == {
        "name": (None, "Ada Lovelace"),
        "email": (None, "ada@acme.example"),
        "is_active": (None, True),
        "entra_state": (None, "present"),
        "entra_object_id": (None, str(AGENT.object_id)),
        "roles": ([], [ref(ADMINISTRATOR), ref(ANALYST)]),
        "boards": ([], [ref(CAB)]),
        "team": (None, ref(DESK)),
    }


@pytest.mark.parametrize(
    ("remote", "rule_set_", "reason"),
    [
        (ada(), RULES, Reason.NO_MAPPING),
        (
            ada(),
            rules(agent_rules=(AgentRule(1, UNREADABLE),)),
            Reason.MAPPING_IN_ERROR,
        ),
        (DISABLED, RULES, Reason.DISABLED_IN_ENTRA),
        (DELETED, RULES, Reason.DELETED_IN_ENTRA),
    ],
)
def test_who_becomes_no_agent_hears_why(
    remote: Remote, rule_set_: RuleSet, reason: Reason
) -> None:
    assert outline(agent_item(remote, rule_set_)) == (Action.SKIP, reason)


def test_a_disabled_agent_is_created_if_the_policy_leaves_them() -> None:
    left = rules(leavers=Leavers(disabled=Policy.LEAVE))

    assert agent_item(DISABLED, left).action is Action.CREATE


def test_an_agent_who_needs_review_is_not_imported() -> None:
    match = Match(None, "email", (4,), Reason.PROTECTED_AGENT)

    assert outline(agent_item(AGENT, RULES, match)) == (
        Action.REVIEW, Reason.PROTECTED_AGENT
    )  # fmt: skip


def test_somebody_left_out_for_good_is_skipped() -> None:
    match = Match(agent_record(), "decision", reason=Reason.LEFT_OUT)

    assert outline(agent_item(AGENT, RULES, match)) == (Action.SKIP, Reason.LEFT_OUT)


def test_an_old_agent_is_linked_and_keeps_the_roles_a_hand_gave() -> None:
    with_team = rules(defaults=AgentDefaults(team=DESK))

    item = agent_item(AGENT, with_team, Match(OLD, "email", (7,)))

    assert item.action is Action.LINK
    assert item.changes["roles"] == ([ref(CAB)], [ref(ANALYST), ref(CAB)])
    assert item.changes["team"] == (None, ref(DESK))


def test_an_old_agent_who_is_disabled_is_linked_and_deactivated_at_once() -> None:
    item = agent_item(DISABLED, RULES, Match(OLD, "email", (7,)))

    assert outline(item) == (Action.DEACTIVATE, Reason.DISABLED_IN_ENTRA)
    assert "entra_object_id" in item.changes


def test_only_new_and_newly_linked_agents_get_the_default_team() -> None:
    with_team = rules(defaults=AgentDefaults(team=DESK))

    assert agent_item(AGENT, with_team, agent_record()).action is Action.NONE
    linked = agent_item(AGENT, RULES, Match(OLD, "email", (7,)))
    assert "team" not in linked.changes


def test_a_team_that_a_hand_gave_stays() -> None:
    other = replace(OLD, team=Ref(51, "Networks"))
    with_team = rules(defaults=AgentDefaults(team=DESK))

    item = agent_item(AGENT, with_team, Match(other, "email", (7,)))

    assert "team" not in item.changes


@pytest.mark.rule("R133")
def test_an_agent_in_step_is_left_alone() -> None:
    item = agent_item(AGENT, RULES, agent_record())

    assert (*outline(item), dict(item.changes)) == (Action.NONE, None, {})


def test_the_mapping_of_an_agent_is_the_first_agent_mapping_that_matches() -> None:
    several = rules(
        site_rules=(
            EVERYBODY_TO_LONDON,
            replace(EVERYBODY_TO_LONDON, sequence=20),
        ),
        agent_rules=(
            AgentRule(25, in_group("Leeds")),
            AGENTS,
            AgentRule(40, in_group("Agents")),
        ),
    )

    assert agent_item(AGENT, several).sequence == AGENTS.sequence
