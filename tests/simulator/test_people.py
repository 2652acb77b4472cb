"""Seeded people: the same for the same seed, odd in the ways real ones are."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from simulator import profile_card
from simulator.people import Kind, Population

READING = profile_card.readers(list(profile_card.READERS))


def population(seed: int = 1, *, people: int = 3000) -> Population:
    return Population(seed, people=people, domain="acme.example")


def cards(made: Population) -> list[dict[str, Any]]:
    people = [made.person(number) for number in range(made.people)]
    return [{name: read(person) for name, read in READING} for person in people]


@pytest.fixture(scope="module")
def everybody() -> list[dict[str, Any]]:
    return cards(population())


def test_same_seed_makes_the_same_people() -> None:
    assert cards(population(7, people=50)) == cards(population(7, people=50))


def test_another_seed_makes_others() -> None:
    assert cards(population(7, people=50)) != cards(population(8, people=50))


def test_more_people_leave_the_first_ones_as_they_were() -> None:
    assert cards(population(people=500))[:50] == cards(population(people=50))


def test_id_tells_its_number() -> None:
    numbering = population().numbering
    assert [numbering.number(numbering.guid(n)) for n in (0, 1, 999_999)] == [
        0, 1, 999_999,
    ]  # fmt: skip
    assert numbering.number("2e1cb876-99be-48e5-be6a-1c25f157a7d5") is None


def test_no_two_people_share_a_upn() -> None:
    upns = Counter(card["userPrincipalName"] for card in cards(population(people=9000)))
    assert upns.most_common(1)[0][1] == 1


def test_there_are_guests_disabled_ones_and_ones_without_a_type(
    everybody: list[dict[str, Any]],
) -> None:
    types = Counter(card["userType"] for card in everybody)
    assert 0.06 < types["Guest"] / len(everybody) < 0.10
    assert types[None] == 3
    assert any(not card["accountEnabled"] for card in everybody)


def test_guest_upn_carries_ext(everybody: list[dict[str, Any]]) -> None:
    guests = [card for card in everybody if card["userType"] == "Guest"]
    assert all("#EXT#@acme.example" in card["userPrincipalName"] for card in guests)


def test_external_members_exist(everybody: list[dict[str, Any]]) -> None:
    assert any(
        "#EXT#" in card["userPrincipalName"] and card["userType"] == "Member"
        for card in everybody
    )


def test_odd_names_exist(everybody: list[dict[str, Any]]) -> None:
    names = [card["displayName"] for card in everybody]
    assert max(map(len, names)) == 256
    assert any("<script>" in name for name in names)
    assert any("'" in name for name in names)
    assert any("\u0301" in name for name in names)
    assert any("\u05de" in name for name in names)
    assert Counter(names)["Alex Morgan"] > 1


def test_some_have_no_mail_and_some_no_office(everybody: list[dict[str, Any]]) -> None:
    assert any(card["mail"] is None for card in everybody)
    offices = Counter(card["officeLocation"] for card in everybody)
    assert set(offices) == {"London", "Leeds", "Bristol", "Edinburgh", None}


def test_managers_are_staff_and_lead_up_or_in_a_circle() -> None:
    made = population()
    managers = [made.manager(number) for number in range(made.people)]
    found = [manager for manager in managers if manager is not None]
    assert all(made.kind(manager) is Kind.STAFF for manager in found)
    assert managers[0] is None
    assert (managers[12], managers[13]) == (13, 12)
    assert all(
        manager is None or manager < number
        for number, manager in enumerate(managers)
        if number % 1000 != 12
    )


def test_leavers_are_made_only_where_wanted() -> None:
    made = Population(1, people=1200, domain="contoso.example", leavers=True)
    assert 5 <= len(list(made.left())) <= 25
    assert list(population().left()) == []
