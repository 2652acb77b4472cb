"""What stays undecided: what was not read answers unknown, which is never "no"."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mappings.rules import Criterion, Filter, Group, SiteRule
from mappings.words import Operator
from tests.imports.engine.builders import (
    BY_OFFICE,
    EVERYBODY_TO_LONDON,
    LEEDS,
    LONDON,
    TO_LONDON,
    UNREADABLE_TO_LEEDS,
    ada,
    group_id,
    in_group,
    known,
    results,
    rule_set,
    selected,
    unread,
    where,
)


@pytest.mark.parametrize("name", ["userType", "userPrincipalName"])
def test_whether_somebody_is_a_guest_may_be_unknown(name: str) -> None:
    remote = unread(ada(), name)

    assert selected(remote, rule_set(EVERYBODY_TO_LONDON)).is_undecided


def test_half_the_evidence_is_enough_for_a_guest() -> None:
    remote = unread(ada(userType="Guest"), "userPrincipalName")

    assert results(remote, rule_set(EVERYBODY_TO_LONDON)) == ["no"]


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
    found = selected(
        ada(), rule_set(EVERYBODY_TO_LONDON, replace(UNREADABLE_TO_LEEDS, sequence=90))
    )

    assert found.sequence == EVERYBODY_TO_LONDON.sequence
    assert not found.is_undecided


def test_a_criterion_on_a_property_that_was_not_read_answers_unknown() -> None:
    rules = rule_set(SiteRule(10, where("department", Operator.IS_EMPTY), LONDON))

    assert selected(ada(), rules).is_undecided


def test_a_site_field_that_was_not_read_answers_unknown() -> None:
    rules = rule_set(replace(BY_OFFICE, default_site=LEEDS))

    assert selected(ada(), rules).is_undecided
