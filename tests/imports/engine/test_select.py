"""Which mapping wins, what makes an agent, and what stays undecided."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports.engine.types import Place, Result
from mappings.rules import AgentRule, Criterion, Filter, GrantRule, Group, SiteRule
from mappings.words import Combine, Operator
from tests.imports.engine.builders import (
    ACME,
    ADMINISTRATOR,
    AGENTS,
    ANALYST,
    CAB,
    CLOSED,
    EVERYBODY,
    EVERYBODY_TO_LONDON,
    LEEDS,
    LONDON,
    POWER,
    STANDARD,
    UNREADABLE,
    ada,
    group,
    group_id,
    in_group,
    known,
    rule_set,
    selected,
    unread,
    where,
)

TO_LEEDS = SiteRule(20, in_group("Leeds"), LEEDS, role=POWER)
TO_LONDON = SiteRule(10, in_group("London"), LONDON, role=STANDARD)
BY_OFFICE = SiteRule(30, EVERYBODY, organisation=ACME, field="officeLocation")
BROKEN = SiteRule(5, UNREADABLE, LEEDS)


def results(*args: Any, **kwargs: Any) -> list[Result]:
    return [verdict.result for verdict in selected(*args, **kwargs).verdicts]


@pytest.mark.rule("R095")
def test_the_first_mapping_that_matches_wins_and_the_others_are_kept() -> None:
    rules = rule_set(TO_LONDON, TO_LEEDS, BY_OFFICE)

    found = selected(ada("London", "Leeds", officeLocation=None), rules)

    assert (found.sequence, found.role) == (10, STANDARD)
    assert found.place == Place(LONDON.id, ACME.id, LONDON.name)
    assert [one.result for one in found.verdicts] == ["won", "matched", "no"]


@pytest.mark.rule("R108")
def test_somebody_whom_no_mapping_selects_has_no_place() -> None:
    found = selected(ada(), rule_set(TO_LONDON))

    assert found.place is None
    assert not found.is_undecided


@pytest.mark.rule("R090")
@pytest.mark.parametrize(
    ("department", "groups", "result"),
    [
        ("Sales", ("London",), Result.WON),
        ("HR", ("London",), Result.NO),
        ("Sales", (), Result.NO),
    ],
)
def test_group_and_criteria_must_both_hold(
    department: str, groups: tuple[str, ...], result: Result
) -> None:
    sales = (Criterion("department", Operator.EQUALS, "Sales"),)
    rules = rule_set(SiteRule(10, in_group("London", criteria=sales), LONDON))

    assert results(ada(*groups, department=department), rules) == [result]


@pytest.mark.parametrize(
    ("match", "result"), [(Combine.ALL, Result.NO), (Combine.ANY, Result.WON)]
)
def test_criteria_are_joined_by_all_or_any(match: Combine, result: Result) -> None:
    both = (
        Criterion("department", Operator.EQUALS, "Sales"),
        Criterion("city", Operator.EQUALS, "Leeds"),
    )
    rules = rule_set(SiteRule(10, Filter(match=match, criteria=both), LONDON))

    assert results(ada(department="Sales", city="York"), rules) == [result]


@pytest.mark.rule("R098")
@pytest.mark.parametrize(
    "guest",
    [
        {"userType": "Guest"},
        {"userPrincipalName": "eve_x.example#EXT#@acme.example"},
        {"userPrincipalName": "eve_x.example#ext#@acme.example", "userType": None},
    ],
)
def test_guests_are_left_out_unless_included(guest: dict[str, Any]) -> None:
    included = SiteRule(20, Filter(include_external=True), LEEDS)

    found = selected(ada(**guest), rule_set(EVERYBODY_TO_LONDON, included))

    assert found.sequence == 20


def test_somebody_without_a_type_is_a_member() -> None:
    assert results(ada(userType=None), rule_set(EVERYBODY_TO_LONDON)) == ["won"]


@pytest.mark.parametrize("name", ["userType", "userPrincipalName"])
def test_whether_somebody_is_a_guest_may_be_unknown(name: str) -> None:
    remote = unread(ada(), name)

    assert selected(remote, rule_set(EVERYBODY_TO_LONDON)).is_undecided


def test_half_the_evidence_is_enough_for_a_guest() -> None:
    remote = unread(ada(userType="Guest"), "userPrincipalName")

    assert results(remote, rule_set(EVERYBODY_TO_LONDON)) == ["no"]


@pytest.mark.parametrize(("nested", "result"), [(True, Result.WON), (False, Result.NO)])
def test_members_of_nested_groups_count_as_the_mapping_says(
    nested: bool, result: Result
) -> None:
    rules = rule_set(SiteRule(10, in_group("London", nested=nested), LONDON))
    groups = known(nested={"Interns": "London"})

    assert results(ada("Interns"), rules, groups) == [result]


@pytest.mark.parametrize(
    "broken",
    [
        in_group("Unreadable"),
        Filter(Group(None, "Not resolved yet")),
        in_group("Never read"),
    ],
    ids=["unreadable", "unresolved", "never read"],
)
def test_a_group_that_is_not_known_answers_unknown(broken: Filter) -> None:
    rules = rule_set(SiteRule(5, broken, LEEDS), EVERYBODY_TO_LONDON)

    found = selected(ada(), rules)

    assert found.is_undecided
    assert (found.place, found.sequence) == (None, None)
    assert [one.result for one in found.verdicts] == ["unknown", "matched"]


def test_old_members_of_a_group_in_error_do_not_count() -> None:
    groups = replace(
        known("London"),
        inside={group_id("Unreadable"): frozenset({group_id("London")}),
                group_id("London"): frozenset({group_id("London")})},
        uncertain=frozenset({group_id("London")}),
    )  # fmt: skip

    found = selected(ada("Unreadable"), rule_set(TO_LONDON), groups)

    assert found.is_undecided


def test_whoever_is_not_found_around_an_unread_group_is_unknown() -> None:
    groups = known("London", uncertain=frozenset({group_id("London")}))

    assert results(ada(), rule_set(TO_LONDON), groups) == ["unknown"]
    assert results(ada("London"), rule_set(TO_LONDON), groups) == ["won"]


def test_an_unread_nested_group_does_not_trouble_direct_members_only() -> None:
    direct = SiteRule(10, in_group("London", nested=False), LONDON)
    groups = known("London", uncertain=frozenset({group_id("London")}))

    assert results(ada(), rule_set(direct), groups) == ["no"]


def test_an_unknown_mapping_says_no_if_another_of_its_tests_does() -> None:
    sales = (Criterion("department", Operator.EQUALS, "Sales"),)
    broken = SiteRule(5, in_group("Unreadable", criteria=sales), LEEDS)

    found = selected(ada(department="HR"), rule_set(broken, EVERYBODY_TO_LONDON))

    assert found.sequence == EVERYBODY_TO_LONDON.sequence


def test_an_unknown_mapping_behind_the_winner_changes_nothing() -> None:
    found = selected(ada(), rule_set(EVERYBODY_TO_LONDON, replace(BROKEN, sequence=90)))

    assert found.sequence == EVERYBODY_TO_LONDON.sequence
    assert not found.is_undecided


def test_a_criterion_on_a_property_that_was_not_read_answers_unknown() -> None:
    rules = rule_set(SiteRule(10, where("department", Operator.IS_EMPTY), LONDON))

    assert selected(ada(), rules).is_undecided


@pytest.mark.rule("R105")
def test_the_value_of_a_field_names_the_site() -> None:
    found = selected(ada(officeLocation=" New   York "), rule_set(BY_OFFICE))

    assert found.place == Place(None, ACME.id, "Acme / New York", "New York")


def test_a_blank_value_does_not_match_and_says_so() -> None:
    rules = rule_set(BY_OFFICE, replace(EVERYBODY_TO_LONDON, sequence=40))

    found = selected(ada(officeLocation=" "), rules)

    assert found.sequence == 40
    assert found.verdicts[0].tests[-1] == (
        "site from officeLocation", "a value", " ", False
    )  # fmt: skip


def test_a_blank_value_goes_to_the_default_site_if_there_is_one() -> None:
    rules = rule_set(replace(BY_OFFICE, default_site=LEEDS))

    found = selected(ada(officeLocation=None), rules)

    assert found.place is not None
    assert found.place.site_id == LEEDS.id


def test_a_value_comes_before_the_default_site() -> None:
    rules = rule_set(replace(BY_OFFICE, default_site=LEEDS))

    found = selected(ada(officeLocation="York"), rules)

    assert found.place == Place(None, ACME.id, "Acme / York", "York")


def test_a_site_field_that_was_not_read_answers_unknown() -> None:
    rules = rule_set(replace(BY_OFFICE, default_site=LEEDS))

    assert selected(ada(), rules).is_undecided


def test_a_site_name_that_is_too_long_is_cut_and_noted() -> None:
    found = selected(ada(officeLocation="x" * 300), rule_set(BY_OFFICE))

    assert found.place is not None
    assert found.place.source_value == "x" * 256
    assert found.notes == ("The site's name was cut to 256 characters.",)
    assert selected(ada(officeLocation="x" * 256), rule_set(BY_OFFICE)).notes == ()


def test_a_losing_mapping_plans_no_site() -> None:
    rules = rule_set(EVERYBODY_TO_LONDON, BY_OFFICE)

    found = selected(ada(officeLocation="York"), rules)

    assert found.place == Place(LONDON.id, ACME.id, LONDON.name)


@pytest.mark.rule("R094")
def test_a_mapping_to_an_inactive_site_still_wins() -> None:
    found = selected(ada(), rule_set(SiteRule(10, EVERYBODY, CLOSED)))

    assert found.place is not None
    assert not found.place.is_active


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


@given(
    lower=st.sampled_from([TO_LEEDS, BY_OFFICE, replace(BROKEN, sequence=50)]),
    groups=st.sets(st.sampled_from(["London", "Leeds"])),
    office=st.sampled_from([None, "York"]),
)
def test_the_winner_never_changes_when_a_lower_mapping_does(
    lower: SiteRule, groups: set[str], office: str | None
) -> None:
    remote = ada("London", *groups, officeLocation=office)
    alone = selected(remote, rule_set(TO_LONDON))

    found = selected(remote, rule_set(TO_LONDON, lower))

    assert (found.place, found.role) == (alone.place, alone.role)
    assert found.verdicts[0] == alone.verdicts[0]
