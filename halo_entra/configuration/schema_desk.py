"""The shape of the desk's own records in the file."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from common.rights import Permission
from directory.states import CustomKind
from halo_entra.configuration import readers
from halo_entra.configuration.document import Node
from halo_entra.configuration.entries import Record
from halo_entra.configuration.problems import Wrong
from halo_entra.configuration.readers import Given, Name, Reader

FIELD_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
MODULES = ("microsoft-entra-id", "microsoft-csp")


def record(
    table: Mapping[str, Reader[Any]],
    *,
    finish: Callable[[Node, Given], Given] | None = None,
) -> Reader[Record]:
    """Return a reader of a record: a bare name, or a mapping with `name`.

    `finish` completes what was given, or raises Wrong.
    """
    whole = {"name": readers.name, **table}

    def read(node: Node) -> Record:
        if not isinstance(node.value, dict):
            return Record(whole["name"](node), {})
        given = readers.row(node, whole, required=("name",))
        name: Name = given.pop("name")
        return Record(name, finish(node, given) if finish else given)

    return read


def _permissions(node: Node, given: Given) -> Given:
    """Let `administrator: true` stand for every permission."""
    if "administrator" not in given:
        return given
    if "permissions" in given:
        raise Wrong(node.place, "Give administrator or permissions, not both.")
    if given.pop("administrator"):
        return {**given, "permissions": tuple(Permission)}
    return {**given, "permissions": (Permission.VIEW,)}


def _custom_field(node: Node, given: Given) -> Given:
    """Let the kind choice have choices, and no other."""
    is_choice = given.get("kind") is CustomKind.CHOICE
    choices = given.get("choices", ())
    if choices and not is_choice:
        raise Wrong(node.place, "Choices go with kind: choice.")
    if is_choice and not choices:
        raise Wrong(node.place, "The kind choice needs choices: a list of text.")
    if len({one.key for one in choices}) < len(choices):
        raise Wrong(node.place, "The same choice stands here twice.")
    if "kind" not in given:
        return given
    return {**given, "choices": [one.text for one in choices]}


def _field_name(node: Node) -> Name:
    name = readers.name(node)
    if not FIELD_NAME.fullmatch(name.text):
        raise Wrong(
            node.place,
            "Use lower-case letters, digits and _, starting with a letter, at most 64.",
        )
    return name


def modules(node: Node) -> dict[str, bool]:
    """Read which modules are on."""
    return readers.section(node, dict.fromkeys(MODULES, readers.flag))


def version(node: Node) -> int:
    """Read the version of the file's language."""
    if node.value != 1 or isinstance(node.value, bool):
        raise Wrong(node.place, "This product reads version: 1.")
    return 1


SITE = record({"is_active": readers.flag})
ORGANISATION = record({"is_active": readers.flag, "sites": readers.rows(SITE)})
USER_ROLE = record({})
AGENT_ROLE = record(
    {
        "administrator": readers.flag,
        "permissions": readers.rows(readers.word(Permission)),
        "organisations": readers.rows(readers.name),
    },
    finish=_permissions,
)
TEAM = record({})
BOARD = record({"approvals_needed": readers.number(1000)})
CUSTOM_FIELD = record(
    {
        "name": _field_name,
        "label": readers.text,
        "kind": readers.word(CustomKind),
        "choices": readers.rows(readers.name),
    },
    finish=_custom_field,
)
DESK = {
    "organisations": ORGANISATION,
    "user_roles": USER_ROLE,
    "agent_roles": AGENT_ROLE,
    "teams": TEAM,
    "change_advisory_boards": BOARD,
    "custom_fields": CUSTOM_FIELD,
}
