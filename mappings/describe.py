"""A site mapping in words: where people come, whom it selects, why it cannot work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from mappings import catalogue, checks, labels
from mappings.words import Combine, MappingType, Operator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from common.types import Json
    from directory.models import AgentRole, Site, UserRole
    from mappings.models import Criterion, SiteMapping

    Role: TypeAlias = AgentRole | UserRole

LONGEST = 3
"""How many values of a list are named."""


@dataclass(frozen=True, slots=True)
class Described:
    """A site mapping as a list shows it; without `mapping` it is not for you to see."""

    mapping: SiteMapping
    target: str
    role: Role | None
    group: str
    criteria: Sequence[str]
    joined: str
    faults: Sequence[str]


def described(mapping: SiteMapping) -> Described:
    """Return the mapping in words; its criteria and targets are fetched already."""
    criteria = [criterion(one) for one in mapping.criteria.all()]
    return Described(
        mapping,
        target(mapping),
        mapping.agent_role if mapping.is_agent else mapping.user_role,
        mapping.group_name or (str(mapping.group_id) if mapping.group_id else ""),
        criteria,
        "any of" if mapping.match == Combine.ANY and len(criteria) > 1 else "",
        list(faults(mapping)),
    )


def target(mapping: SiteMapping) -> str:
    """Return where the people of a mapping come."""
    if mapping.is_agent:
        return "*Agent*"
    if mapping.type == MappingType.EXISTING_SITE:
        return str(mapping.site)
    return f"{mapping.organisation} / by {catalogue.label(mapping.field)}"


def criterion(row: Criterion) -> str:
    """Return one comparison as a sentence's part."""
    operator = Operator(row.operator)
    words = f"{catalogue.label(row.field)} {labels.OPERATORS[operator]}"
    return words if operator in checks.NO_VALUE else f"{words} {_value(row.value)}"


def _value(value: Json) -> str:
    if not isinstance(value, list):
        return f"“{catalogue.as_text(value)}”"
    named = ", ".join(f"“{catalogue.as_text(one)}”" for one in value[:LONGEST])
    more = len(value) - LONGEST
    return f"{named} and {more} more" if more > 0 else named


def faults(mapping: SiteMapping) -> Sequence[str]:
    """Return why a mapping does not do what it says, as far as the desk knows."""
    found = []
    if mapping.group_name and not mapping.group_id:
        found.append("The group is known by its name only, until the next run.")
    if mapping.site and not _is_active(mapping.site):
        found.append(
            f"{mapping.site} is inactive: its people are neither created nor moved "
            "until it is active again."
        )
    if mapping.organisation and not mapping.organisation.is_active:
        found.append(
            f"{mapping.organisation} is inactive: nobody is brought to its sites."
        )
    if mapping.default_site and not _is_active(mapping.default_site):
        found.append(
            f"{mapping.default_site} is inactive: people without a "
            f"{catalogue.label(mapping.field)} are left out."
        )
    return found


def _is_active(site: Site) -> bool:
    return site.is_active and site.organisation.is_active
