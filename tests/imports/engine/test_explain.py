"""Explanations, word for word, and from the very values that decided."""

from __future__ import annotations

import json
from dataclasses import replace

from imports.engine import explain
from imports.engine.types import Action, Match, PlanItem, Reason
from mappings.rules import SiteRule
from mappings.words import Kind, Operator
from tests.imports.engine.builders import (
    ADA,
    AGENTS,
    EVERYBODY_TO_LONDON,
    LEEDS,
    TO_LEEDS,
    TO_LONDON,
    UNREADABLE,
    ada,
    in_group,
    known,
    linked_to,
    record,
    rule_set,
    selected,
    unread,
    where,
)
from tests.imports.engine.telling import lines, told

NO_CONTRACTORS = where("department", Operator.NOT_EQUALS, "Contractors")


def test_somebody_who_matches_three_mappings() -> None:
    rules = rule_set(TO_LONDON, TO_LEEDS, SiteRule(30, NO_CONTRACTORS, LEEDS))

    text = lines(ada("London", "Leeds", department="Sales"), rules, record(role=None))

    assert (
        text
        == """\
ada@acme.example: present in Entra
Mapping 10 wins
    yes in the group London: direct member
    yes not a guest
Mapping 20 matches
    yes in the group Leeds: direct member
    yes not a guest
Mapping 30 matches
    yes not a guest
    yes department does not equal "Contractors": "Sales"
Record found by its Entra id: 7
User: update
    User Role: Standard User"""
    )


def test_somebody_in_a_nested_group() -> None:
    rules = rule_set(
        replace(TO_LONDON, sequence=5, filter=in_group("London", nested=False)),
        TO_LONDON,
    )
    groups = known(nested={"Interns": "London"})

    text = lines(ada("Interns"), rules, groups=groups)

    assert (
        text
        == f"""\
ada@acme.example: present in Entra
Mapping 5 does not match
    no  in the group London: only member through Interns
    yes not a guest
Mapping 10 wins
    yes in the group London: member through Interns
    yes not a guest
User: create
    Name: "Ada Lovelace"
    Email Address: "ada@acme.example"
    Network Login: "ada@acme.example"
    Active: yes
    State in Entra: "present"
    Entra id: "{ADA}"
    Site: Acme / London
    User Role: Standard User"""
    )


def test_a_guest_who_is_left_out() -> None:
    text = lines(ada(userType="Guest"), rule_set(EVERYBODY_TO_LONDON))

    assert (
        text
        == """\
ada@acme.example: unmatched in Entra
Mapping 10 does not match
    no  not a guest
User: leave out
    No mapping selects this person."""
    )


def test_somebody_in_needs_review() -> None:
    match = Match(None, "email", (4, 9), Reason.SEVERAL_CANDIDATES)

    text = lines(ada(), rule_set(EVERYBODY_TO_LONDON), match)

    assert (
        text
        == """\
ada@acme.example: present in Entra
Mapping 10 wins
    yes not a guest
Records found by Email Address: 4, 9
User: needs review
    Several records fit: choose one, or create another."""
    )


def test_somebody_behind_an_unreadable_mapping() -> None:
    rules = rule_set(SiteRule(5, UNREADABLE, LEEDS), EVERYBODY_TO_LONDON)

    text = lines(ada(), rules, record())

    assert (
        text
        == """\
ada@acme.example: present in Entra
Mapping 5 cannot be judged
    ?   in the group Unreadable: 403 Forbidden: grant GroupMember.Read.All.
    yes not a guest
Mapping 10 matches
    yes not a guest
Record found by its Entra id: 7
User: nothing to do
    A mapping that cannot be judged might decide otherwise: site, role and state \
stay, and nobody new comes in, until it is mended."""
    )


def test_an_agent_is_told_apart() -> None:
    text = lines(
        ada("Agents"), rule_set(agent_rules=(AGENTS,)), kinds=(Kind.USERS, Kind.AGENTS)
    )

    assert "*Agent* mapping 30 matches" in text
    assert "Agent: create" in text
    assert "    Roles: Analyst" in text


def test_the_explanation_has_the_promised_shape() -> None:
    told_ = told(ada("London"), rule_set(TO_LONDON), record(site_by_us=False))

    assert json.loads(json.dumps(told_)) == {
        "object_id": str(ADA),
        "upn": "ada@acme.example",
        "as_of": None,
        "entra_state": "present",
        "mappings": [
            {
                "sequence": 10,
                "pass": "site",
                "result": "won",
                "tests": [
                    {
                        "test": "group",
                        "expected": "London",
                        "actual": "direct member",
                        "ok": True,
                    },
                    {
                        "test": "external",
                        "expected": False,
                        "actual": False,
                        "ok": True,
                    },
                ],
            }
        ],
        "match": {"by": "object_id", "candidates": [7]},
        "user": {"action": "none", "changes": {}, "reason": None},
        "agent": None,
    }


def test_a_stored_decision_reads_like_a_fresh_one() -> None:
    rules = rule_set(TO_LONDON, agent_rules=(AGENTS,))
    fresh = told(ada("London", "Agents"), rules, record())

    kept = explain.trace(selected(ada("London", "Agents"), rules), linked_to(record()))

    read = explain.from_trace(json.loads(json.dumps(kept)))
    assert read == {name: fresh[name] for name in ("mappings", "match")}


def test_when_entra_was_read_is_said() -> None:
    remote, rules = unread(ada(), "userPrincipalName"), rule_set()

    told_ = explain.decision(
        remote, selected(remote, rules), Match(), {}, as_of="2026-01-02T03:04:05Z"
    )

    assert told_["upn"] == ""
    assert explain.lines(told_) == [
        f"{ADA}: unmatched in Entra (read 2026-01-02T03:04:05Z)"
    ]


def test_whoever_may_be_selected_is_not_called_unmatched() -> None:
    remote, rules = ada(), rule_set(SiteRule(5, UNREADABLE, LEEDS))

    assert told(remote, rules)["entra_state"] == "present"


def test_an_item_that_was_not_planned_is_absent() -> None:
    item = PlanItem(Kind.AGENTS, Action.NONE, ADA)
    told_ = explain.decision(
        ada(), selected(ada(), rule_set()), Match(), {Kind.AGENTS: item}
    )

    assert told_["user"] is None
    assert told_["agent"] == {"action": "none", "changes": {}, "reason": None}


def test_people_who_are_not_meant_to_be_agents_are_told_nothing_of_it() -> None:
    rules = rule_set(TO_LONDON, agent_rules=(AGENTS,))

    told_ = told(ada("London"), rules, kinds=(Kind.USERS, Kind.AGENTS))

    assert told_["agent"] is None
