"""What must hold of a mapping, from a form as from a file."""

from __future__ import annotations

import pytest

from common.types import Json
from mappings import checks
from mappings.words import Kind, Operator


@pytest.mark.rule("R076")
def test_agents_have_no_custom_fields() -> None:
    assert checks.target("custom.badge", Kind.USERS, {"badge"}) == ""
    assert "Only users" in checks.target("custom.badge", Kind.AGENTS, {"badge"})


@pytest.mark.rule("R082")
def test_a_custom_field_is_created_in_advance() -> None:
    told = checks.target("custom.bagde", Kind.USERS, {"badge"})

    assert "Did you mean 'badge'?" in told
    assert "created in advance" in told


def test_a_manager_goes_with_the_manager() -> None:
    assert checks.pair("manager", "manager") == ""
    assert checks.pair("manager", "name") == checks.pair("mail", "manager") != ""


def test_a_manager_names_no_site() -> None:
    assert checks.naming_field("officeLocation") == ""
    assert checks.naming_field("manager") == "A manager names no site."
    assert "no Azure field 'photo'" in checks.naming_field("photo")


@pytest.mark.parametrize(
    ("operator", "value", "is_given"),
    [
        (Operator.IS_EMPTY, "x", True),
        (Operator.IN, "x", True),
        (Operator.IN, [], True),
        (Operator.EQUALS, ["x"], True),
        (Operator.EQUALS, "", True),
        (Operator.CONTAINS, None, False),
    ],
)
def test_a_value_must_fit_its_operator(
    operator: Operator, value: Json, is_given: bool
) -> None:
    assert checks.operand(operator, value, is_given=is_given)


@pytest.mark.parametrize(
    ("operator", "value", "is_given"),
    [
        (Operator.IS_NOT_EMPTY, None, False),
        (Operator.NOT_IN, ["x", 1], True),
        (Operator.STARTS_WITH, "x", True),
        (Operator.EQUALS, False, True),
    ],
)
def test_a_value_that_fits_is_taken(
    operator: Operator, value: Json, is_given: bool
) -> None:
    assert checks.operand(operator, value, is_given=is_given) == ""
