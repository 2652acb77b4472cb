"""The site that the winning mapping names, by itself or by a property."""

from __future__ import annotations

from dataclasses import replace

import pytest

from imports.engine.types import Place
from mappings.rules import SiteRule
from tests.imports.engine.builders import (
    ACME,
    BY_OFFICE,
    CLOSED,
    EVERYBODY,
    EVERYBODY_TO_LONDON,
    LEEDS,
    LONDON,
    ada,
    rule_set,
    selected,
)


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
