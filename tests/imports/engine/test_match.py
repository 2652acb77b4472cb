"""Which record is a person's, and who may be a candidate at all."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from imports.engine.match import Register, match
from imports.engine.types import DecisionView, Local, Match, Reason
from imports.words import Verdict
from mappings.words import Kind
from tests.imports.engine.builders import (
    OTHER_TENANT,
    TENANT,
    VALUES,
    ada,
    matched,
    old_record,
    record,
    rule_set,
)

SOMEBODY = UUID(int=5)
RULES = rule_set(user_matching=("email", "network_login"), agent_matching=("email",))
OWN = rule_set(agent_matching=("email",), own_tenant=True)


def by_field(found: dict[str, Local], **values: Any) -> Match:
    """The match of Ada where each matching field finds its own record."""

    def find(target: str, key: str) -> tuple[Local, ...]:
        return (found[target],) if target in found else ()

    register = Register(Kind.USERS, RULES, find, frozenset({"acme.example"}))
    return match(ada(), {**VALUES, **values}, register=register, linked=None)


@pytest.mark.rule("R124")
def test_the_identity_comes_before_every_field() -> None:
    register = Register(Kind.USERS, RULES, lambda target, key: (old_record(id=9),))

    found = match(ada(), VALUES, register=register, linked=record())

    assert found == Match(record(), "object_id", (7,))


@pytest.mark.rule("R126")
def test_one_unlinked_candidate_links() -> None:
    assert matched(old_record(), rules=RULES) == Match(old_record(), "email", (7,))


def test_nobody_found_is_nobody() -> None:
    assert matched(rules=RULES) == Match()


@pytest.mark.rule("R127")
def test_fields_are_tried_in_their_order() -> None:
    by_mail, by_login = old_record(id=1), old_record(id=2)

    assert by_field({"email": by_mail, "network_login": by_login}).local == by_mail
    assert by_field({"network_login": by_login}).by == "network_login"


@pytest.mark.parametrize("empty", [None, "", "  "])
def test_an_empty_value_finds_nobody(empty: str | None) -> None:
    found = by_field({"email": old_record()}, email=empty, network_login=None)

    assert found == Match()


def test_values_are_looked_up_by_their_key() -> None:
    asked = []

    def find(target: str, key: str) -> tuple[Local, ...]:
        asked.append((target, key))
        return ()

    register = Register(Kind.USERS, RULES, find)
    values = {"email": " ADA@Acme.example", "network_login": "ACME\\Ada"}
    match(ada(), values, register=register, linked=None)

    assert asked == [("email", "ada@acme.example"), ("network_login", "acme\\ada")]


def test_several_candidates_need_review_and_are_all_named() -> None:
    found = matched(old_record(id=9), old_record(id=4), rules=RULES)

    assert found == Match(None, "email", (4, 9), Reason.SEVERAL_CANDIDATES)


def test_an_inactive_record_is_a_candidate() -> None:
    assert matched(old_record(is_active=False), rules=RULES).by == "email"


def test_a_record_of_somebody_else_in_the_tenant_is_no_candidate() -> None:
    somebody = record(object_id=SOMEBODY)

    assert matched(somebody, rules=RULES) == Match()
    assert matched(somebody, old_record(id=9), rules=RULES).candidates == (9,)


def test_a_record_of_somebody_deleted_is_offered_to_the_recreated_person() -> None:
    gone = record(object_id=SOMEBODY, identity_is_gone=True)

    found = matched(gone, rules=RULES)

    assert found == Match(None, "email", (7,), Reason.RECREATED)


def test_a_second_identity_never_links_by_itself() -> None:
    foreign = record(object_id=SOMEBODY, tenant_id=OTHER_TENANT)

    found = matched(foreign, rules=RULES)

    assert found == Match(None, "email", (7,), Reason.OTHER_IDENTITY)


@pytest.mark.parametrize("organisation_id", [2, None])
def test_a_record_of_another_organisation_needs_review(
    organisation_id: int | None,
) -> None:
    found = matched(old_record(organisation_id=organisation_id), rules=RULES)

    assert found == Match(None, "email", (7,), Reason.OTHER_ORGANISATION)


def test_a_record_elsewhere_does_not_stand_in_the_way_of_one_here() -> None:
    found = matched(old_record(), old_record(id=9, organisation_id=2), rules=RULES)

    assert found.local == old_record()


@pytest.mark.parametrize(
    "values",
    [
        {"email": "ada@evil.example"},
        {"email": "ada"},
        {"email": None, "network_login": "ada@evil.example"},
    ],
)
def test_an_address_of_an_unverified_domain_needs_review(values: Any) -> None:
    found = matched(old_record(), rules=RULES, values=values)

    assert (found.local, found.reason) == (None, Reason.UNVERIFIED_DOMAIN)


def test_a_login_that_is_no_address_needs_no_domain() -> None:
    values: Any = {"email": None, "network_login": "ACME\\ada"}

    found = matched(old_record(), rules=RULES, values=values)

    assert found == Match(old_record(), "network_login", (7,))


@pytest.mark.parametrize(
    ("own", "agent", "reason"),
    [
        (False, {}, Reason.NOT_OWN_TENANT),
        (True, {}, None),
        (True, {"is_protected": True}, Reason.PROTECTED_AGENT),
        (True, {"is_break_glass": True}, Reason.PROTECTED_AGENT),
    ],
)
def test_agents_link_by_fields_only_in_an_own_tenant_and_administrators_never(
    own: bool, agent: dict[str, bool], reason: Reason | None
) -> None:
    local = old_record(organisation_id=None, **agent)

    found = matched(local, rules=OWN if own else RULES, kind=Kind.AGENTS)

    assert (found.reason, found.local) == (reason, None if reason else local)


def test_a_decision_to_leave_out_holds_for_linked_people_too() -> None:
    decision = DecisionView(Verdict.LEAVE_OUT)
    register = Register(Kind.USERS, RULES, lambda target, key: ())

    found = match(ada(), VALUES, register=register, linked=record(), decision=decision)

    assert (found.local, found.reason) == (record(), Reason.LEFT_OUT)


def test_a_decision_to_create_looks_for_nobody() -> None:
    decision = DecisionView(Verdict.CREATE)

    assert matched(old_record(), rules=RULES, decision=decision) == Match(by="decision")


@pytest.mark.parametrize(
    "local",
    [
        old_record(id=9, organisation_id=2),
        record(id=9, object_id=SOMEBODY, identity_is_gone=True),
    ],
    ids=["elsewhere", "of somebody deleted"],
)
def test_a_decision_links_what_fields_may_not(local: Local) -> None:
    decision = DecisionView(Verdict.LINK, local)

    found = matched(old_record(), rules=RULES, decision=decision)

    assert found == Match(local, "decision", (9,))


@pytest.mark.parametrize(
    ("local", "reason"),
    [
        (record(id=9, object_id=SOMEBODY), Reason.OTHER_IDENTITY),
        (old_record(id=9, is_break_glass=True), Reason.PROTECTED_AGENT),
    ],
    ids=["taken meanwhile", "break-glass"],
)
def test_a_decision_that_cannot_be_done_needs_review(
    local: Local, reason: Reason
) -> None:
    found = matched(rules=RULES, decision=DecisionView(Verdict.LINK, local))

    assert found == Match(None, "decision", (9,), reason)


@pytest.mark.parametrize(
    "decision",
    [DecisionView(Verdict.LINK), DecisionView(Verdict.KEEP, old_record(id=9))],
)
def test_a_decision_about_nothing_leaves_it_to_the_fields(
    decision: DecisionView,
) -> None:
    found = matched(old_record(), rules=RULES, decision=decision)

    assert found.by == "email"


def test_the_tenant_of_a_record_counts_with_its_object_id() -> None:
    same_number = record(tenant_id=OTHER_TENANT)

    assert same_number.object_id == ada().object_id
    assert matched(same_number, rules=RULES).reason is Reason.OTHER_IDENTITY
    assert RULES.tenant_id == TENANT
