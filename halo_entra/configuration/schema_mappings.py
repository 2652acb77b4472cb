"""The shape of field, site, role and board mappings in the file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from common import keys
from halo_entra.configuration import readers
from halo_entra.configuration.document import Node
from halo_entra.configuration.entries import (
    CriterionEntry,
    FieldEntry,
    GrantEntry,
    GroupEntry,
    SiteEntry,
    SiteName,
)
from halo_entra.configuration.problems import Wrong
from halo_entra.configuration.readers import Given, Name
from mappings import checks
from mappings.words import Apply, Combine, Kind, MappingType, Operator, WhenEmpty

AGENT_SITE = "*Agent*"


def group(node: Node) -> GroupEntry:
    """Read a group: a name, or a mapping with id, with or without its name."""
    if not isinstance(node.value, dict):
        return GroupEntry(None, readers.text(node), node.place)
    given = readers.row(node, {"id": readers.guid, "name": readers.text})
    if not given:
        raise Wrong(node.place, "Write the group's name, or {id: …}.")
    return GroupEntry(given.get("id"), given.get("name", ""), node.place)


def site(node: Node) -> SiteName:
    """Read a site: `Organisation / Site`, or a mapping with the two names."""
    if isinstance(node.value, dict):
        table = {"organisation": readers.text, "site": readers.text}
        given = readers.row(node, table, required=("organisation", "site"))
        parts = (given["organisation"], given["site"])
        return SiteName(" / ".join(parts), parts, node.place)
    text = readers.text(node)
    if " / " not in text:
        raise Wrong(node.place, "Write a site as Organisation / Site.")
    return SiteName(text, None, node.place)


def _target_site(node: Node) -> SiteName:
    """Read the site of a mapping, which may be `*Agent*`."""
    if isinstance(node.value, str) and keys.key(node.value) == keys.key(AGENT_SITE):
        return SiteName(AGENT_SITE, None, node.place)
    return site(node)


def field_row(node: Node) -> FieldEntry:
    """Read one field mapping."""
    table = {
        "source": readers.name,
        "target": readers.name,
        "when_empty": readers.word(WhenEmpty),
        "apply": readers.word(Apply),
    }
    given = readers.row(node, table, required=("source", "target"))
    return FieldEntry(
        given["source"],
        given["target"],
        given.get("when_empty", WhenEmpty.KEEP),
        given.get("apply", Apply.ALWAYS),
    )


def criterion(node: Node) -> CriterionEntry:
    """Read one criterion; its value must fit its operator (AM-25)."""
    table = {
        "field": readers.name,
        "operator": readers.word(Operator),
        "value": _plain,
    }
    given = readers.row(node, table, required=("field", "operator"))
    value = given.get("value")
    wrong = checks.operand(given["operator"], value, is_given="value" in given)
    if wrong:
        raise Wrong(node.place, wrong)
    return CriterionEntry(given["field"], given["operator"], value, node.place)


def _plain(node: Node) -> Any:
    """Read what a property may be compared with: a scalar, or a list of scalars."""
    if isinstance(node.value, list):
        if len(node.value) > checks.LONGEST_LIST:
            raise Wrong(node.place, f"A list has at most {checks.LONGEST_LIST} values.")
        return [_scalar(one) for one in node.value]
    return _scalar(node)


def _scalar(node: Node) -> str | int | float | bool:
    value = node.value
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, str) and len(value) <= keys.MAX_LENGTH:
        return value
    if hasattr(value, "isoformat"):
        return str(value)
    raise Wrong(node.place, "Compare with text, a number, true, false or a date.")


SITE_MAPPING = {
    "sequence": readers.number(checks.LAST_SEQUENCE),
    "enabled": readers.flag,
    "type": readers.word(MappingType),
    "site": _target_site,
    "organisation": readers.name,
    "field": readers.name,
    "default_site": readers.optional(site),
    "role": readers.optional(readers.name),
    "group": readers.optional(group),
    "nested": readers.flag,
    "include_external": readers.flag,
    "match": readers.word(Combine),
    "criteria": readers.rows(criterion),
}


def site_mapping(node: Node) -> SiteEntry:
    """Read one site mapping; its parts must fit its type (R093, R103, R107)."""
    given = readers.row(node, SITE_MAPPING, required=("sequence", "type"))
    is_agent = "site" in given and given["site"].text == AGENT_SITE
    by_field = given["type"] is MappingType.ORGANISATION_BY_FIELD
    if by_field:
        _check_by_field(node, given, is_agent=is_agent)
    else:
        _check_existing(node, given)
    return SiteEntry(
        node.place,
        given["sequence"],
        given.get("enabled", True),
        given["type"],
        is_agent,
        None if is_agent else given.get("site"),
        given.get("organisation"),
        given.get("field"),
        given.get("default_site"),
        given.get("role"),
        given.get("group"),
        # AM-23b: power through nested groups needs a deliberate word.
        given.get("nested", not is_agent),
        given.get("include_external", False),
        given.get("match", Combine.ALL),
        given.get("criteria", ()),
    )


def _check_existing(node: Node, given: Given) -> None:
    if "site" not in given:
        raise Wrong(node.place, "The type existing_site needs a site, or *Agent*.")
    odd = [key for key in ("organisation", "field", "default_site") if given.get(key)]
    if odd:
        raise Wrong(
            given[odd[0]].place,
            "This goes with type: organisation_by_field, not with existing_site.",
        )
    agents = given["site"].text == AGENT_SITE
    if agents and not given.get("group") and not given.get("criteria"):
        raise Wrong(node.place, checks.EVERYBODY_AN_AGENT)


def _check_by_field(node: Node, given: Given, *, is_agent: bool) -> None:
    if is_agent:
        raise Wrong(
            given["site"].place,
            "*Agent* goes with type: existing_site, not with organisation_by_field.",
        )
    if "site" in given:
        raise Wrong(
            given["site"].place,
            "The type organisation_by_field takes organisation, field and, if you "
            "like, default_site.",
        )
    missing = [key for key in ("organisation", "field") if key not in given]
    if missing:
        raise Wrong(
            node.place,
            f"The type organisation_by_field needs {' and '.join(missing)}.",
        )


def grant(kind: str) -> Callable[[Node], GrantEntry]:
    """Return a reader of a row that gives the members of a group a `kind`."""
    table = {"group": group, kind: readers.name, "nested": readers.flag}

    def read(node: Node) -> GrantEntry:
        given = readers.row(node, table, required=("group", kind))
        target: Name = given[kind]
        return GrantEntry(
            node.place, given["group"], target, given.get("nested", False)
        )

    return read


def by_kind(reader: Callable[[Node], Any]) -> Callable[[Node], Given]:
    """Return a reader of lists for users and agents."""
    table = {kind.value: readers.rows(reader) for kind in Kind}
    return lambda node: readers.section(node, table)
