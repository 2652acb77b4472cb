"""What must hold of a mapping, wherever it comes from: a form, or a file.

Each function returns what is wrong as a sentence, "" if nothing is. Free of Django.
"""

from __future__ import annotations

from collections.abc import Collection

from common.hints import listed, nearest
from common.types import Json
from mappings import catalogue
from mappings.catalogue import CUSTOM, MANAGER
from mappings.words import Kind, Operator

NO_VALUE = frozenset({Operator.IS_EMPTY, Operator.IS_NOT_EMPTY})
LIST_VALUE = frozenset({Operator.IN, Operator.NOT_IN})
LONGEST_LIST = 500
LAST_SEQUENCE = 1_000_000
EVERYBODY_AN_AGENT = (
    "An *Agent* mapping needs a group or criteria: without them everybody in the "
    "tenant would become an agent."
)


def source(name: str) -> str:
    """Return what is wrong with the property that a field mapping reads."""
    if catalogue.is_source(name):
        return ""
    return (
        f"There is no Azure field {name!r}. Use the name of a property of a user in "
        "Microsoft Graph that holds text, a number, true or false, a date or a list "
        "of text."
    )


def target(name: str, kind: Kind, custom_fields: Collection[str]) -> str:
    """Return what is wrong with the field that a field mapping fills (R075, R076)."""
    if name.startswith(CUSTOM):
        return _custom(name.removeprefix(CUSTOM), kind, custom_fields)
    targets = catalogue.TARGETS[kind]
    if name in targets:
        return ""
    more = f", {CUSTOM}NAME" if kind is Kind.USERS else ""
    return (
        f"There is no field {name!r} of {kind}.{nearest(name, targets)} Allowed: "
        f"{listed(sorted(targets))}{more}."
    )


def _custom(name: str, kind: Kind, custom_fields: Collection[str]) -> str:
    if kind is Kind.AGENTS:
        return "Only users have custom fields, not agents."
    if name in custom_fields:
        return ""
    return (
        f"There is no custom field {name!r}.{nearest(name, custom_fields)} Custom "
        "fields are created in advance, under custom_fields."
    )


def pair(source_name: str, target_name: str) -> str:
    """Return what is wrong with the two together: a manager is a link, not text."""
    if (source_name == MANAGER) == (target_name == MANAGER):
        return ""
    return "The source manager goes with the target manager."


def matching(name: str, kind: Kind, mapped: Collection[str]) -> str:
    """Return what is wrong with a matching field: it must be mapped (R126)."""
    if name in mapped and name != MANAGER:
        return ""
    return (
        f"{name!r} cannot match {kind}: a matching field must be a mapped field of "
        f"{kind}. Mapped are: {listed(sorted(mapped))}."
    )


def naming_field(name: str) -> str:
    """Return what is wrong with the property whose value names sites (R105)."""
    if name == MANAGER:
        return "A manager names no site."
    return source(name)


def criterion_field(name: str) -> str:
    """Return what is wrong with the property that a criterion compares."""
    if catalogue.is_criterion_field(name):
        return ""
    return f"There is no Azure field {name!r} to compare."


def operand(operator: Operator, value: Json, *, is_given: bool) -> str:
    """Return what is wrong with what a criterion compares with (AM-25)."""
    if operator in NO_VALUE:
        return f"{operator} takes no value: leave it out." if is_given else ""
    if operator in LIST_VALUE:
        is_list = isinstance(value, list) and value
        return "" if is_list else f"{operator} takes a list of values."
    if not is_given or isinstance(value, list):
        return f"{operator} takes one value; in takes a list."
    if value == "":
        return "Empty equals nothing: use is_empty or is_not_empty."
    return ""


def licensing(roles: int, *, is_on: bool) -> str:
    """Return what is wrong with deciding by this many licensed roles (AM-34)."""
    if roles or not is_on:
        return ""
    return (
        "Name at least one licensed role: without one every agent of this connection "
        "would become inactive."
    )
