"""The words of mappings as administrators read and choose them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

from mappings import catalogue
from mappings.properties import PROPERTIES
from mappings.words import (
    Apply,
    Combine,
    Kind,
    MappingType,
    Operator,
    Policy,
    WhenEmpty,
)

Group: TypeAlias = tuple[str, Sequence[tuple[str, str]]]

KINDS: Final = {Kind.USERS: "Users", Kind.AGENTS: "Agents"}
TYPES: Final = {
    MappingType.EXISTING_SITE: "Map to an existing Site",
    MappingType.ORGANISATION_BY_FIELD: (
        "Map to an existing Organization based on an Azure field"
    ),
}
OPERATORS: Final = {
    Operator.EQUALS: "equals",
    Operator.NOT_EQUALS: "does not equal",
    Operator.CONTAINS: "contains",
    Operator.NOT_CONTAINS: "does not contain",
    Operator.STARTS_WITH: "starts with",
    Operator.ENDS_WITH: "ends with",
    Operator.IN: "is one of",
    Operator.NOT_IN: "is none of",
    Operator.IS_EMPTY: "is empty",
    Operator.IS_NOT_EMPTY: "is not empty",
}
WHEN_EMPTY: Final = {WhenEmpty.KEEP: "Keep ours", WhenEmpty.CLEAR: "Clear ours"}
APPLY: Final = {
    Apply.ALWAYS: "Always",
    Apply.NEW_ONLY: "Only on new records",
    Apply.IF_EMPTY: "Only if ours is empty",
}
COMBINE: Final = {Combine.ALL: "All criteria", Combine.ANY: "Any criterion"}
POLICIES: Final = {
    Policy.LEAVE: "Leave as it is",
    Policy.FLAG: "Flag",
    Policy.DEACTIVATE: "Deactivate",
}
DERIVED: Final = (
    *("mail_or_upn", "first_business_phone", "primary_smtp", "upn_prefix"),
    *("has_licence", "has_mail"),
)
"""Sources that we make of several properties, or of part of one."""


def sources() -> Sequence[Group]:
    """Return what a field mapping may read, for a select: label after label."""
    return [
        ("Links", [(catalogue.MANAGER, catalogue.label(catalogue.MANAGER))]),
        *((label, _pairs(names, is_source=True)) for label, names in _readable()),
    ]


def naming_fields() -> Sequence[Group]:
    """Return what may name sites, for a select."""
    return [(label, _pairs(names, is_source=True)) for label, names in _readable()]


def criterion_fields() -> Sequence[Group]:
    """Return what a criterion may compare, for a select."""
    return [(label, _pairs(names, is_source=False)) for label, names in _readable()]


def _readable() -> Sequence[tuple[str, Sequence[str]]]:
    return (
        ("Made from others", DERIVED),
        ("Azure fields", tuple(PROPERTIES)),
        ("Extension attributes", [f"extensionAttribute{n}" for n in range(1, 16)]),
    )


def _pairs(names: Sequence[str], *, is_source: bool) -> list[tuple[str, str]]:
    return [
        (name, catalogue.label(name))
        for name in names
        if not is_source or catalogue.is_source(name)
    ]


def target(name: str, kind: Kind, custom: Mapping[str, str]) -> str:
    """Return the label of a field of ours; `custom` holds those of custom fields."""
    if name.startswith(catalogue.CUSTOM):
        bare = name.removeprefix(catalogue.CUSTOM)
        return custom.get(bare, bare)
    return catalogue.TARGETS[kind].get(name, name)
