"""A person supposed different: a copy changes, the person does not."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from imports import supposing
from imports.load import Person
from imports.supposing import Odd, Supposed

ANN = UUID(int=1)
EXTENSIONS = "onPremisesExtensionAttributes"


def person(**properties: object) -> Person:
    known = dict(properties)
    return Person(
        *(1, ANN, "ann@acme.example", known, "present", 7, 3),
        users_due=True,
        agents_due=True,
    )


def test_only_the_copy_has_another_value() -> None:
    ann = person(city="Rome", department="Sales")
    copy, _ = supposing.changed(ann, {}, Supposed("city", "Oslo"))
    assert copy.properties == {"city": "Oslo", "department": "Sales"}
    assert ann.properties["city"] == "Rome"
    assert copy.revision > ann.revision


def test_groups_are_joined_and_left() -> None:
    old, new, kept = uuid4(), uuid4(), uuid4()
    supposed = Supposed(joined=frozenset({new}), left=frozenset({old}))
    ann = person()
    before = {ANN: frozenset({old, kept})}
    _, direct = supposing.changed(ann, before, supposed)
    assert direct[ANN] == {new, kept}
    assert before[ANN] == {old, kept}
    assert supposing.changed(ann, {}, supposed)[1][ANN] == {new}


@pytest.mark.parametrize("held", [None, {"extensionAttribute1": "a"}])
def test_an_extension_attribute_is_set_among_the_others(held: object) -> None:
    ann = person(**{EXTENSIONS: held})
    copy, _ = supposing.changed(ann, {}, Supposed("extensionAttribute2", "b"))
    others = held if isinstance(held, dict) else {}
    assert copy.properties == {EXTENSIONS: {**others, "extensionAttribute2": "b"}}


def test_only_what_was_read_is_offered_by_its_label() -> None:
    offered = supposing.offered(
        {"id": "1", "city": None, "assignedLicenses": [], "x": {}, "y": [{}]}
    )
    assert offered == [("city", "City")]
    assert ("extensionAttribute15", "Extension Attribute 15") in supposing.offered(
        {EXTENSIONS: None}
    )


@pytest.mark.parametrize(
    ("source", "text", "value"),
    [
        ("city", " Oslo ", "Oslo"),
        ("city", " ", None),
        ("accountEnabled", "No", False),
        ("accountEnabled", "true", True),
        ("accountEnabled", "", None),
        ("otherMails", "a@x.example, b@x.example,", ["a@x.example", "b@x.example"]),
        ("otherMails", "", []),
    ],
)
def test_what_is_typed_is_read_as_graph_would_send_it(
    source: str, text: str, value: object
) -> None:
    assert supposing.parsed(source, text) == value


def test_a_value_that_a_property_cannot_have_is_refused() -> None:
    with pytest.raises(Odd, match="Account Enabled is either true or false"):
        supposing.parsed("accountEnabled", "perhaps")
