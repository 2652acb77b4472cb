"""Which properties of a user may be asked for."""

from __future__ import annotations

import pytest

from connections.graph.properties import NOT_IN_LISTS, SOURCES, STRUCTURES, Kind, kind


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("displayName", Kind.TEXT),
        ("accountEnabled", Kind.BOOLEAN),
        ("deviceEnrollmentLimit", Kind.NUMBER),
        ("employeeHireDate", Kind.DATE),
        ("proxyAddresses", Kind.TEXTS),
        ("onPremisesExtensionAttributes", Kind.OBJECT),
        ("assignedLicenses", Kind.OBJECTS),
        ("extension_" + "0a" * 16 + "_badge", Kind.EXTENSION),
        ("extension_short_badge", None),
        ("extensionAttribute1", None),
        ("skills", None),
        ("DISPLAYNAME", None),
        ("passwordProfile", None),
    ],
)
def test_a_property_is_known_by_what_it_holds(name: str, expected: Kind | None) -> None:
    assert kind(name) is expected


def test_no_property_is_in_two_tables() -> None:
    assert not SOURCES.keys() & STRUCTURES.keys()
    assert not SOURCES.keys() & NOT_IN_LISTS
