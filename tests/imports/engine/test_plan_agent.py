"""What a run does for an agent record: roles, seats, and who leaves."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from directory.states import EntraState
from imports.engine.types import Action, Match, PlanItem, Reason, Remote
from mappings.rules import AgentDefaults, AgentRule, GrantRule, Leavers, Ref, RuleSet
from mappings.words import Policy
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
    group,
    in_group,
    old_record,
    rule_set,
)


def ref(target: Ref) -> dict[str, Any]:
    return {"id": target.id, "name": target.name}


ADMINS = GrantRule(group("Admins"), False, ADMINISTRATOR)
SEATS = GrantRule(group("CAB"), False, CAB)
RULES = rule_set(agent_rules=(AGENTS,), role_rules=(ADMINS,), board_rules=(SEATS,))
AGENT = ada("Agents")
DELETED = replace(AGENT, is_deleted=True)
DISABLED = ada("Agents", accountEnabled=False)
OLD = old_record(roles=(CAB,), organisation_id=None, site=None, role=None)

BOTH_ROLES = (ADMINISTRATOR, ANALYST)
BOTH_BY_US = frozenset({ADMINISTRATOR.id, ANALYST.id})


def rules(**rest: Any) -> RuleSet:
    return replace(RULES, **rest)


def outline(item: PlanItem) -> tuple[Action, Reason | None]:
    return item.action, item.reason


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
