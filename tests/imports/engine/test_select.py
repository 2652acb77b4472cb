"""Which mapping selects a person, and which of them wins."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports.engine.types import Place, Result
from mappings.rules import Criterion, Filter, SiteRule
from mappings.words import Combine, Operator
from tests.imports.engine.builders import (
    ACME,
    BY_OFFICE,
    EVERYBODY_TO_LONDON,
    LEEDS,
    LONDON,
    STANDARD,
    TO_LEEDS,
    TO_LONDON,
    UNREADABLE_TO_LEEDS,
    ada,
    in_group,
    known,
    results,
    rule_set,
    selected,
)


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


@pytest.mark.parametrize(("nested", "result"), [(True, Result.WON), (False, Result.NO)])
def test_members_of_nested_groups_count_as_the_mapping_says(
    nested: bool, result: Result
) -> None:
    rules = rule_set(SiteRule(10, in_group("London", nested=nested), LONDON))
    groups = known(nested={"Interns": "London"})

    assert results(ada("Interns"), rules, groups) == [result]


@given(
    lower=st.sampled_from(
        [TO_LEEDS, BY_OFFICE, replace(UNREADABLE_TO_LEEDS, sequence=50)]
    ),
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
