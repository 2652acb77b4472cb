"""Nothing is emitted that Graph does not have, and every value has the right type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from simulator import profile_card, schema
from simulator.contract import TenantInfo
from simulator.process import Simulator
from tests.simulator.graph_caller import GraphCaller

SELECTABLE = sorted(
    set(schema.properties("user")) - schema.NOT_IN_STORE - {"signInActivity"}
)


@pytest.fixture
def contoso(simulator: Simulator) -> TenantInfo:
    return simulator.admin.create_tenant(name="Contoso", people=1200, profile="contoso")


def complaints(card: Mapping[str, Any], of_type: str) -> list[str]:
    """Return the keys of a card that Graph does not have or types otherwise."""
    known = schema.properties(of_type)
    return [
        name
        for name, value in card.items()
        if not name.startswith("@odata.")
        and (name not in known or not schema.fits(of_type, name, value))
    ]


def test_every_property_of_every_user_is_one_of_graph(
    simulator: Simulator, contoso: TenantInfo
) -> None:
    graph = GraphCaller(simulator, contoso)
    people = graph.walk(f"/users?$top=999&$select={','.join(SELECTABLE)}")
    assert len(people) > 1100
    assert [found for card in people if (found := complaints(card, "user"))] == []


def test_every_property_of_groups_members_and_organisation_is_one_of_graph(
    simulator: Simulator, contoso: TenantInfo
) -> None:
    graph = GraphCaller(simulator, contoso)
    groups = graph.walk("/groups")
    leeds = next(group for group in groups if group["displayName"] == "SG-Leeds")
    members = graph.walk(f"/groups/{leeds['id']}/members")
    organisation = graph.walk("/organization")
    found = [complaints(card, "group") for card in groups]
    found += [complaints(card, card["@odata.type"][17:]) for card in members]
    found += [complaints(card, "organization") for card in organisation]
    assert not any(found)
    assert {member["@odata.type"][17:] for member in members} == {"user", "group"}


def test_nested_values_have_the_keys_of_their_types(
    simulator: Simulator, contoso: TenantInfo
) -> None:
    select = "onPremisesExtensionAttributes,employeeOrgData,identities"
    nested = {
        "onPremisesExtensionAttributes": "onPremisesExtensionAttributes",
        "employeeOrgData": "employeeOrgData",
        "identities": "objectIdentity",
    }
    people = GraphCaller(simulator, contoso).walk(f"/users?$select={select}")
    for card in people:
        for name, of_type in nested.items():
            values = card[name] if isinstance(card[name], list) else [card[name] or {}]
            assert all(
                set(value) <= set(schema.properties(of_type)) for value in values
            )


def test_delta_emits_nothing_else(simulator: Simulator, contoso: TenantInfo) -> None:
    entries, _ = GraphCaller(simulator, contoso).round(
        f"/users/delta?$select={','.join(SELECTABLE)},manager"
    )
    notes = {"manager@delta", "@removed"}
    cards = [
        {name: value for name, value in entry.items() if name not in notes}
        for entry in entries
    ]
    assert [found for card in cards if (found := complaints(card, "user"))] == []


def test_seeded_properties_are_known_by_name() -> None:
    assert set(profile_card.READERS) <= set(schema.properties("user"))


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("displayName", "Ada", True),
        ("displayName", 5, False),
        ("accountEnabled", 1, False),
        ("businessPhones", ["1"], True),
        ("businessPhones", "1", False),
        ("deviceEnrollmentLimit", True, False),
        ("extension_0a1b_badge", 12, True),
        ("jobTitle", None, True),
    ],
)
def test_values_are_held_to_their_type(
    name: str, value: object, expected: bool
) -> None:
    assert schema.fits("user", name, value) is expected
