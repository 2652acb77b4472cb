"""Decisions as pages tell them."""

from __future__ import annotations

import pytest

from imports import telling
from imports.showing import Changed

MAPPING = {"sequence": 10, "pass": "site", "result": "won", "tests": []}


def asked(test: str, expected: object, actual: object, ok: object) -> telling.Asked:
    """Return how a test is told."""
    one = {"test": test, "expected": expected, "actual": actual, "ok": ok}
    (told,) = telling.mappings([{**MAPPING, "tests": [one]}], {10: "London"})
    return told.tests[0]


@pytest.mark.parametrize(
    ("test", "expected", "actual", "ok", "told"),
    [
        ("group", "SG", "direct member", True, ("Member of the group", "SG", "yes")),
        ("external", False, True, False, ("Is a guest", "no", "no")),
        ("department equals", "a", "b", False, ("Department equals", "a", "no")),
        ("city in", ["a", "b"], "a", True, ("City is one of", "a, b", "yes")),
        ("city is_empty", None, "", True, ("City is empty", "empty", "yes")),
        (
            "site from city",
            "a value",
            "x",
            True,
            ("City names a site", "a value", "yes"),
        ),
    ],
)
def test_a_test_is_told_in_words(
    test: str, expected: object, actual: object, ok: object, told: tuple[str, ...]
) -> None:
    found = asked(test, expected, actual, ok)
    assert (found.what, found.expected, found.mark) == told


def test_what_was_not_read_is_not_called_empty() -> None:
    found = asked("city equals", "a", None, None)
    assert (found.actual, found.answer) == ("not read", "Not known")
    assert asked("city equals", "a", None, ok=False).actual == "empty"


def test_only_the_winner_decides() -> None:
    later = {**MAPPING, "sequence": 20, "result": "matched"}
    agent = {**MAPPING, "sequence": 99, "result": "matched", "pass": "agent"}
    answers = [one.answer for one in telling.mappings([MAPPING, later, agent], {})]
    assert answers == ["Wins", "Matches too, but an earlier one decides", "Matches"]
    assert telling.mappings([later], {})[0].name == telling.HIDDEN


@pytest.mark.parametrize(
    ("held", "told"),
    [
        (None, "empty"),
        ([], "empty"),
        (["+44", "+45"], "+44, +45"),
        (True, "yes"),
        (
            {"extensionAttribute1": "a", "extensionAttribute2": None},
            "extensionAttribute1: a",
        ),
        ([{"skuId": "1"}], "skuId: 1"),
        ({"id": 4, "name": "London"}, "London"),
    ],
)
def test_values_are_told_plainly(held: object, told: str) -> None:
    assert telling.value(held) == told  # type: ignore[arg-type]


def test_no_record_is_no_part() -> None:
    assert telling.part(None) is None
    told = {"action": "update", "reason": None, "changes": {"name": ["a", "b"]}}
    part = telling.part(told)
    assert part is not None
    assert (part.label, part.reason) == ("Update", "")
    assert part.changes == [Changed("Name", "a", "b")]
