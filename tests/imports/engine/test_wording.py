"""Changes, tests, actions and reasons, each in words."""

from __future__ import annotations

from typing import Any

import pytest

from imports.engine import wording
from imports.engine.types import Action, Reason
from mappings.rules import Criterion, Filter, SiteRule
from mappings.words import Combine, Operator
from tests.imports.engine.builders import (
    EVERYBODY_TO_LONDON,
    LONDON,
    STANDARD,
    ada,
    rule_set,
    unread,
    where,
)
from tests.imports.engine.telling import lines


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("Lead", "Head", 'Job Title: "Lead" → "Head"'),
        (None, "Head", 'Job Title: "Head"'),
        ("Lead", "", 'Job Title: "Lead" → empty'),
        ("Lead", None, 'Job Title: "Lead" → empty'),
        (5, 7, "Job Title: 5 → 7"),
        ([{"id": 1, "name": "A"}], [], "Job Title: A → none"),
    ],
)
def test_a_change_reads_in_one_line(before: Any, after: Any, expected: str) -> None:
    assert wording.change("job_title", before, after) == expected


@pytest.mark.parametrize(
    ("filter_", "properties", "expected"),
    [
        (where("city", Operator.IS_EMPTY), {"city": None}, "city is empty: empty"),
        (
            where("city", Operator.IN, ("York", "Leeds")),
            {"city": "York"},
            'city is one of "York", "Leeds": "York"',
        ),
        (where("city", Operator.EQUALS, "York"), {}, 'city equals "York": not read'),
        (
            Filter(
                match=Combine.ANY, criteria=(Criterion("x", Operator.CONTAINS, "1"),)
            ),
            {"x": 12},
            'x contains "1": 12',
        ),
    ],
)
def test_a_test_reads_in_one_line(
    filter_: Filter, properties: dict[str, Any], expected: str
) -> None:
    text = lines(ada(**properties), rule_set(SiteRule(10, filter_, LONDON)))

    assert expected in text


def test_what_was_not_read_is_told() -> None:
    text = lines(unread(ada(), "userType"), rule_set(EVERYBODY_TO_LONDON))

    assert "    ?   not a guest: not read" in text


def test_a_site_that_no_value_names_is_told() -> None:
    rule = SiteRule(10, Filter(), organisation=STANDARD, field="officeLocation")

    text = lines(ada(officeLocation=""), rule_set(rule))

    assert "    no  site from officeLocation (a value): empty" in text


def test_every_action_and_reason_has_words() -> None:
    assert set(wording.ACTIONS) == set(Action)
    assert set(wording.REASONS) == set(Reason)
