"""What a tenant's SKUs make of licences: decided without a database."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from connections.graph.licences import GraphSku
from directory.states import LicenceState
from imports.engine import licences
from imports.engine.licences import Stored

E3 = UUID("6fd2c87f-b296-42f0-b197-1e91e994b900")
OTHER = UUID(int=7)
SKU = GraphSku(E3, "ENTERPRISEPACK", "User", "Enabled", consumed=14, enabled=25)


@pytest.mark.rule("R163")
def test_a_sku_becomes_a_licence_with_its_seats() -> None:
    ((sku_id, columns),) = decided(replace(SKU, warning=2)).create
    assert sku_id == E3
    assert columns == {
        "organisation_id": 1,
        "source_id": 2,
        "sku_part_number": "ENTERPRISEPACK",
        "name": "Office 365 E3",
        "imported_name": "Office 365 E3",
        "state": "enabled",
        "total": 27,
        "consumed": 14,
        "available": 13,
        "is_active": True,
    }


def test_more_may_be_used_than_was_bought() -> None:
    suspended = replace(SKU, status="Suspended", enabled=0, suspended=25)
    ((_, columns),) = decided(suspended).create
    assert (columns["total"], columns["available"]) == (0, -14)
    assert (columns["state"], columns["is_active"]) == ("suspended", False)


def test_a_product_that_our_table_does_not_know_is_called_by_its_part_number() -> None:
    assert licences.name(replace(SKU, sku_id=OTHER)) == "ENTERPRISEPACK"
    assert licences.name(replace(SKU, sku_id=OTHER, part_number=" ")) == str(OTHER)


def test_a_state_of_a_time_to_come_is_unknown() -> None:
    ((_, columns),) = decided(replace(SKU, status="Resting")).create
    assert (columns["state"], columns["is_active"]) == ("unknown", False)


def test_nothing_is_written_that_is_so_already() -> None:
    assert decided(SKU, stored()) == licences.Licences([], {})


def test_only_what_has_moved_is_written() -> None:
    found = decided(replace(SKU, consumed=15), stored())
    assert found.update == {5: {"consumed": 15, "available": 10}}


def test_a_name_given_by_hand_stays() -> None:
    named = replace(stored(), columns={**stored().columns, "name": "Office for all"})
    assert decided(SKU, named).update == {}
    older = {**stored().columns, "name": "O365 E3", "imported_name": "O365 E3"}
    moved = decided(SKU, replace(stored(), columns=older)).update[5]
    assert moved == {"name": "Office 365 E3", "imported_name": "Office 365 E3"}


def test_a_sku_that_is_gone_is_marked_once_and_comes_back() -> None:
    found = licences.decide([], [stored()], into=1, source=2)
    assert found.update == {5: {"state": LicenceState.GONE, "is_active": False}}
    gone = replace(stored(), columns={**stored().columns, **found.update[5]})
    assert licences.decide([], [gone], into=1, source=2).update == {}
    assert decided(SKU, gone).update == {5: {"state": "enabled", "is_active": True}}


def decided(sku: GraphSku, *held: Stored) -> licences.Licences:
    """Return what a tenant with this SKU asks for."""
    return licences.decide([sku], held, into=1, source=2)


def stored() -> Stored:
    """Return SKU as it was imported."""
    ((sku_id, columns),) = decided(SKU).create
    return Stored(5, sku_id, columns)
