"""A person as they would be if one thing about them were different.

Whoever asks "what would change if" gets the decision about a changed copy: the person
of the mirror stays as they are, and nothing is written. Free of the database.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mappings import catalogue

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from common.types import Json, JsonObject
    from imports.load import Person

EXTENSIONS = "onPremisesExtensionAttributes"
EXTENSION_NAMES = tuple(f"extensionAttribute{number}" for number in range(1, 16))
FLAGS = {"accountEnabled", "isManagementRestricted", "isResourceAccount"}
"""Properties that are true or false."""
LISTS = {"businessPhones", "imAddresses", "otherMails", "proxyAddresses"}
"""Properties that hold several texts."""
DEEP = {"id", "assignedLicenses", "licenseAssignmentStates", EXTENSIONS}
"""What nobody types: an id, and what has parts of its own."""
YES, NO = {"true", "yes", "1", "on"}, {"false", "no", "0", "off"}


class Odd(ValueError):
    """A value that the property cannot have; its text says what it may be."""


@dataclass(frozen=True, slots=True)
class Supposed:
    """What would be different: one property, and groups joined or left."""

    source: str = ""
    """A property of Graph, or an extension attribute; "": none."""
    value: Json = None
    joined: frozenset[UUID] = frozenset()
    left: frozenset[UUID] = frozenset()


def changed(
    person: Person, direct: Mapping[UUID, frozenset[UUID]], supposed: Supposed
) -> tuple[Person, Mapping[UUID, frozenset[UUID]]]:
    """Return a copy of the person and of the groups that hold them, changed."""
    held = direct.get(person.object_id, frozenset())
    groups = (held | supposed.joined) - supposed.left
    copy = person._replace(
        properties=with_value(person.properties, supposed.source, supposed.value),
        # A change of theirs would make void what was decided on them as they are.
        revision=person.revision + 1,
    )
    return copy, {**direct, person.object_id: groups}


def with_value(properties: JsonObject, source: str, value: Json) -> JsonObject:
    """Return a copy of the properties in which one of them has another value."""
    if not source:
        return dict(properties)
    if source in EXTENSION_NAMES:
        held = properties.get(EXTENSIONS)
        known = held if isinstance(held, dict) else {}
        return {**properties, EXTENSIONS: {**known, source: value}}
    return {**properties, source: value}


def offered(properties: JsonObject) -> list[tuple[str, str]]:
    """Return the properties that may be supposed different, with their labels.

    They are those that were read: of others no mapping asks.
    """
    names = [name for name, held in properties.items() if not _is_deep(name, held)]
    if EXTENSIONS in properties:
        names += EXTENSION_NAMES
    return sorted(
        ((name, catalogue.label(name)) for name in names), key=lambda pair: pair[1]
    )


def _is_deep(name: str, held: Json) -> bool:
    if name in DEEP or isinstance(held, dict):
        return True
    return isinstance(held, list) and any(isinstance(one, dict) for one in held)


def parsed(source: str, text: str) -> Json:
    """Return what was typed as Graph would send it; raises Odd.

    Nothing typed is an empty property; several texts are separated by commas.
    """
    if source in LISTS:
        return [one.strip() for one in text.split(",") if one.strip()]
    if not text.strip():
        return None
    if source in FLAGS:
        word = text.strip().casefold()
        if word not in YES | NO:
            raise Odd(f"{catalogue.label(source)} is either true or false.")
        return word in YES
    return text.strip()
