"""What the administrator configured, compiled: plain, frozen, free of Django.

`mappings.compile` makes a RuleSet from the rows; a run stores it as JSON and decides
by what it started with. Ids are those of our records; Entra's are UUIDs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from pydantic import TypeAdapter

from directory.states import CustomKind
from mappings.words import Apply, Combine, Kind, Operator, Policy, WhenEmpty

if TYPE_CHECKING:
    from common.types import JsonObject


@dataclass(frozen=True, slots=True)
class Ref:
    """One of our records, named as people see it."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class SiteRef:
    """A site as a mapping names it; an inactive one takes nobody in (R094)."""

    id: int
    name: str
    organisation_id: int
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class Group:
    """A group of the tenant; without an id its name is still to be resolved."""

    id: UUID | None
    name: str


@dataclass(frozen=True, slots=True)
class Criterion:
    """One comparison of one property of a person."""

    field: str
    operator: Operator
    value: bool | float | str | tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """Whom a mapping selects: group and criteria, both optional, both must hold."""

    group: Group | None = None
    nested: bool = True
    include_external: bool = False
    match: Combine = Combine.ALL
    criteria: tuple[Criterion, ...] = ()


@dataclass(frozen=True, slots=True)
class SiteRule:
    """A site mapping: a fixed `site`, or `organisation` and the `field` that names
    the site, with `default_site` for people whose field is empty."""

    sequence: int
    filter: Filter
    site: SiteRef | None = None
    organisation: Ref | None = None
    field: str = ""
    default_site: SiteRef | None = None
    role: Ref | None = None


@dataclass(frozen=True, slots=True)
class AgentRule:
    """An `*Agent*` mapping: additive, each gives its role (R100)."""

    sequence: int
    filter: Filter
    role: Ref | None = None


@dataclass(frozen=True, slots=True)
class GrantRule:
    """A group whose agents hold a role, or sit on a board."""

    group: Group
    nested: bool
    target: Ref


@dataclass(frozen=True, slots=True)
class FieldRule:
    """One field mapping; `kind` and `choices` are the target's."""

    source: str
    target: str
    when_empty: WhenEmpty = WhenEmpty.KEEP
    apply: Apply = Apply.ALWAYS
    kind: CustomKind = CustomKind.TEXT
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Leavers:
    """What happens to people who leave, by cause (AM-29)."""

    disabled: Policy = Policy.DEACTIVATE
    deleted: Policy = Policy.DEACTIVATE
    unmatched: Policy = Policy.FLAG
    agents_unmatched: Policy = Policy.DEACTIVATE


@dataclass(frozen=True, slots=True)
class Guard:
    """How much a plan may take away before somebody must look (AM-45)."""

    people: int = 10
    percent: int = 10
    new_sites: int = 25


@dataclass(frozen=True, slots=True)
class AgentDefaults:
    """What agents get that no mapping says (AM-27)."""

    team: Ref | None = None
    user_site: SiteRef | None = None
    user_role: Ref | None = None
    remove_roles: bool = True


@dataclass(frozen=True, slots=True)
class RuleSet:
    """All that decides about the people of one connection, as it was at one moment.

    `site_rules` and `agent_rules` are ordered by sequence; matching fields by their
    order; `organisations` are those in which people may be matched (AM-35).
    """

    connection_id: int
    tenant_id: UUID
    version: int
    user_fields: tuple[FieldRule, ...] = ()
    agent_fields: tuple[FieldRule, ...] = ()
    user_matching: tuple[str, ...] = ()
    agent_matching: tuple[str, ...] = ()
    site_rules: tuple[SiteRule, ...] = ()
    agent_rules: tuple[AgentRule, ...] = ()
    role_rules: tuple[GrantRule, ...] = ()
    board_rules: tuple[GrantRule, ...] = ()
    defaults: AgentDefaults = field(default_factory=AgentDefaults)
    leavers: Leavers = field(default_factory=Leavers)
    guard: Guard = field(default_factory=Guard)
    own_tenant: bool = False
    organisations: frozenset[int] = frozenset()
    administrator_roles: frozenset[int] = frozenset()
    licensed_roles: frozenset[int] | None = None
    """Agents are active if they hold one of these (AM-34); None: switched off."""
    licences_into: int | None = None
    """The organisation that Microsoft 365 licences belong to (R152); None: none come,
    and nobody is linked to one."""

    def __hash__(self) -> int:
        """Return a hash that is cheap enough to look a rule set up for each person."""
        return hash((self.connection_id, self.version))

    def fields(self, kind: Kind) -> tuple[FieldRule, ...]:
        """Return the field mappings of one kind of record."""
        return self.user_fields if kind is Kind.USERS else self.agent_fields

    def matching(self, kind: Kind) -> tuple[str, ...]:
        """Return the matching fields of one kind of record, in their order."""
        return self.user_matching if kind is Kind.USERS else self.agent_matching


_ADAPTER: TypeAdapter[RuleSet] = TypeAdapter(RuleSet)


def to_json(rules: RuleSet) -> JsonObject:
    """Return the rule set as a run stores it."""
    stored: JsonObject = _ADAPTER.dump_python(rules, mode="json")
    return stored


def from_json(stored: JsonObject) -> RuleSet:
    """Return the rule set that `to_json` stored."""
    return _ADAPTER.validate_python(stored)
