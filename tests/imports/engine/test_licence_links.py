"""Which licences somebody is linked to, decided without a database."""

from __future__ import annotations

from uuid import UUID

import pytest

from imports.engine import licence_links
from imports.engine.licence_links import Held, Licence, Link, Links

E3, E5 = UUID(int=3), UUID(int=5)
SALES, STAFF = UUID(int=10), UUID(int=11)
LICENCES = {E3: Licence(30, 300, 1), E5: Licence(50, 500, 2)}
NAMES = {SALES: "SG-Sales"}


def sku(sku_id: UUID, **more: str | None) -> dict[str, str | None]:
    """Return an entry as Graph sends it, its id in capitals."""
    return {"skuId": str(sku_id).upper(), **more}


@pytest.mark.rule("R155")
def test_direct_and_inherited_are_told_apart() -> None:
    states = [
        sku(E3, assignedByGroup=None),
        sku(E3, assignedByGroup=str(SALES)),
        sku(E5, assignedByGroup=str(STAFF)),
    ]
    assert licence_links.held([sku(E3), sku(E5)], states) == {
        E3: Held(is_direct=True, groups=frozenset({SALES})),
        E5: Held(is_direct=False, groups=frozenset({STAFF})),
    }


def test_what_was_not_read_is_unknown_and_not_nothing() -> None:
    assert licence_links.held(None, []) is None
    assert licence_links.held([], None) == {}


def test_what_a_state_tells_of_counts_only_where_it_is_assigned() -> None:
    assert licence_links.held([], [sku(E3, assignedByGroup=None)]) == {}
    assert licence_links.held([sku(E3)], None) == {E3: Held(is_direct=True)}


def test_what_makes_no_sense_is_passed_over() -> None:
    odd = [{"skuId": "E3"}, {}, "text", sku(E3)]
    assert licence_links.held(odd, odd) == {E3: Held(is_direct=True)}


@pytest.mark.rule("R153")
def test_nobody_is_linked_across_organisations() -> None:
    holds = {E3: Held(is_direct=True), E5: Held(is_direct=True), SALES: Held()}
    found = licence_links.wanted(holds, LICENCES, NAMES, organisation_id=1)
    assert set(found.links) == {30}
    assert found.is_elsewhere


def test_a_group_is_told_by_name_else_by_id() -> None:
    holds = {E3: Held(groups=frozenset({SALES, STAFF}))}
    found = licence_links.wanted(holds, LICENCES, NAMES, organisation_id=1)
    assert found.links == {30: Link(30, False, f"{STAFF}, SG-Sales")}


def test_only_differences_are_written() -> None:
    want = {1: Link(1, True, ""), 2: Link(2, False, "G"), 3: Link(3, True, "")}
    present = [
        Link(1, True, "", pk=11),
        Link(2, True, "", pk=12),
        Link(4, True, "", pk=14),
    ]
    assert licence_links.decide(want, present) == Links(
        (want[3],), (Link(2, False, "G", pk=12),), (14,)
    )


def test_what_others_gave_is_left_alone() -> None:
    by_hand = [Link(1, True, "", is_ours=False, pk=11)]
    assert licence_links.decide({}, by_hand) == Links()
    assert licence_links.decide({1: Link(1, False, "G")}, by_hand) == Links()
