"""How deltas are cut into parts, and when a cursor suffices."""

from __future__ import annotations

from uuid import UUID

import pytest

from imports.engine import parts
from imports.engine.parts import Held

GROUPS = [UUID(int=number) for number in range(1, 131)]
PROPERTIES = ("displayName", "mail")


def held(*names: str, groups: int = 0) -> Held:
    return Held(frozenset(names), frozenset(GROUPS[:groups]))


def why(cursors: Held, groups: int = 0) -> str:
    return parts.why_full(cursors, properties=PROPERTIES, groups=GROUPS[:groups])


def test_without_a_cursor_everybody_is_read() -> None:
    assert why(Held()) == parts.NO_CURSOR


@pytest.mark.parametrize(
    "cursors",
    [held(*PROPERTIES, groups=2), held(*PROPERTIES, "department", groups=3)],
    ids=["as needed", "more than needed"],
)
def test_a_cursor_that_holds_all_that_is_needed_suffices(cursors: Held) -> None:
    assert why(cursors, groups=2) == ""


def test_a_property_that_was_not_read_is_named() -> None:
    assert "Mail" in why(held("displayName"))
    assert why(held("displayName")).startswith("New source")


def test_a_manager_counts_as_a_property() -> None:
    found = parts.why_full(held("mail"), properties=["mail", "manager"], groups=())
    assert "Manager" in found


def test_a_group_that_is_not_followed_is_told() -> None:
    assert why(held(*PROPERTIES, groups=1), groups=2) == parts.NEW_GROUP


@pytest.mark.parametrize(
    ("number", "sizes"),
    [(0, []), (1, [1]), (50, [50]), (51, [50, 1]), (130, [50, 50, 30])],
)
def test_parts_are_as_few_as_can_be(number: int, sizes: list[int]) -> None:
    packed = parts.pack(reversed(GROUPS[:number]))
    assert [len(part) for part in packed] == sizes
    assert parts.is_packed(packed, GROUPS[:number])


def test_a_group_comes_into_one_part_only() -> None:
    assert parts.pack([*GROUPS[:3], *GROUPS[:3]]) == [GROUPS[:3]]


@pytest.mark.parametrize(
    "cut",
    [
        [GROUPS[:1], GROUPS[1:2]],
        [GROUPS[:1]],
        [GROUPS[:3]],
        [GROUPS[:2], GROUPS[:2]],
    ],
    ids=["two where one would do", "one lacking", "one too many", "twice"],
)
def test_other_parts_are_to_be_made_anew(cut: list[list[UUID]]) -> None:
    assert not parts.is_packed(cut, GROUPS[:2])
