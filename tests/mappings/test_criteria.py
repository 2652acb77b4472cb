"""Criteria: operators, lists, empties, and what is not known."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings import criteria
from mappings.rules import Criterion
from mappings.words import Combine, Operator

NEGATIONS = [
    (Operator.EQUALS, Operator.NOT_EQUALS),
    (Operator.CONTAINS, Operator.NOT_CONTAINS),
    (Operator.IN, Operator.NOT_IN),
    (Operator.IS_EMPTY, Operator.IS_NOT_EMPTY),
]
ANSWERS = st.lists(st.sampled_from([True, False, None]))
HELD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(max_size=8),
    st.lists(st.text(max_size=4), max_size=3),
)


def answer(operator: Operator, value: Any, held: Any) -> bool | None:
    asked = Criterion("department", operator, value)
    return criteria.test(asked, {"department": held}).ok


@pytest.mark.rule("R099")
@pytest.mark.parametrize(
    ("operator", "value", "held", "expected"),
    [
        (Operator.EQUALS, "Sales", " sales ", True),
        (Operator.EQUALS, "Sales", "Sales EMEA", False),
        (Operator.EQUALS, "Straße", "STRASSE", True),
        (Operator.CONTAINS, "ale", "Sales", True),
        (Operator.STARTS_WITH, "sa", "Sales", True),
        (Operator.STARTS_WITH, "les", "Sales", False),
        (Operator.ENDS_WITH, "LES", "Sales", True),
        (Operator.IN, ("HR", "sales"), "Sales", True),
        (Operator.IN, ("HR", "Legal"), "Sales", False),
        (Operator.IS_EMPTY, None, "  ", True),
        (Operator.IS_EMPTY, None, [], True),
        (Operator.IS_EMPTY, None, [""], True),
        (Operator.IS_NOT_EMPTY, None, False, True),
        (Operator.EQUALS, True, True, True),
        (Operator.EQUALS, "true", True, True),
        (Operator.EQUALS, True, False, False),
        (Operator.EQUALS, 5.0, 5, True),
        (Operator.EQUALS, "5", 5, True),
    ],
)
def test_an_operator_compares_text_by_its_key(
    operator: Operator, value: Any, held: Any, expected: bool
) -> None:
    assert answer(operator, value, held) is expected


@pytest.mark.parametrize("operator", [Operator.EQUALS, Operator.CONTAINS, Operator.IN])
@pytest.mark.parametrize("held", [None, "", " ", []])
def test_empty_equals_nothing(operator: Operator, held: Any) -> None:
    assert answer(operator, "", held) is False
    assert answer(operator, "Sales", held) is False


def test_a_list_matches_if_any_element_does() -> None:
    held = ["a@acme.example", "b@globex.example"]

    assert answer(Operator.ENDS_WITH, "@globex.example", held) is True
    assert answer(Operator.NOT_CONTAINS, "globex", held) is False


def test_text_longer_than_a_key_is_compared_to_its_end() -> None:
    assert answer(Operator.ENDS_WITH, "dc=acme", "x" * 300 + "dc=acme") is True


@pytest.mark.parametrize("operator", list(Operator))
def test_a_property_that_was_not_read_answers_unknown(operator: Operator) -> None:
    asked = criteria.test(Criterion("department", operator, "Sales"), {})

    assert asked == (f"department {operator}", "Sales", None, None)


def test_an_account_without_the_mark_counts_as_enabled() -> None:
    asked = Criterion("accountEnabled", Operator.EQUALS, True)

    assert criteria.test(asked, {"accountEnabled": None}).ok is True


@pytest.mark.parametrize(("positive", "negative"), NEGATIONS, ids=str)
@given(held=HELD, value=st.text(max_size=4))
def test_a_negative_operator_is_the_exact_negation(
    positive: Operator, negative: Operator, held: Any, value: str
) -> None:
    assert answer(negative, value, held) is not answer(positive, value, held)


@given(ANSWERS)
def test_all_is_no_if_any_is_and_else_unknown_if_any_is(
    answers: list[bool | None],
) -> None:
    found = criteria.combined(Combine.ALL, answers)

    expected = False if False in answers else None if None in answers else True
    assert found is expected


@given(ANSWERS.filter(bool))
def test_any_is_the_mirror_image_of_all(answers: list[bool | None]) -> None:
    turned = [None if one is None else not one for one in answers]

    found = criteria.combined(Combine.ANY, answers)

    opposite = criteria.combined(Combine.ALL, turned)
    assert found is (None if opposite is None else not opposite)


def test_no_criteria_select_everybody() -> None:
    assert criteria.combined(Combine.ANY, []) is True
    assert criteria.combined(Combine.ALL, []) is True
