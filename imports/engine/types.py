"""The values that pass between the stages of a run: plain, frozen, free of Django.

    Remote ──select──▶ Selection ──match──▶ Match ──plan──▶ PlanItem

`Remote` is a person as the mirror has them, `Local` a record of ours. A property that
was not read has no key in `Remote.properties`: it is unknown, which is not empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from common.types import Json
from directory.states import EntraState
from imports.words import Verdict as Decided
from mappings.criteria import Test as Test
from mappings.rules import Ref
from mappings.words import Kind


class Action(StrEnum):
    """What an item does: the gravest of its changes, gravest first."""

    DELETE = "delete"
    """Only in an undo: the run that is undone made the record."""
    DEACTIVATE = "deactivate"
    REACTIVATE = "reactivate"
    MOVE = "move"
    CREATE = "create"
    LINK = "link"
    FLAG = "flag"
    UPDATE = "update"
    NONE = "none"
    REVIEW = "review"
    SKIP = "skip"


class Reason(StrEnum):
    """Why an item is what it is, where that needs saying."""

    NO_MAPPING = "no_mapping"
    MAPPING_IN_ERROR = "mapping_in_error"
    DISABLED_IN_ENTRA = "disabled_in_entra"
    DELETED_IN_ENTRA = "deleted_in_entra"
    UNMATCHED = "unmatched"
    SITE_INACTIVE = "site_inactive"
    NO_SITE_FOR_AGENT = "no_site_for_agent"
    AGENTS_ONLY = "agents_only"
    """Belongs to an agent without a site mapping: *Import Users* makes no record."""
    SEVERAL_CANDIDATES = "several_candidates"
    CLAIMED_TWICE = "claimed_twice"
    OTHER_ORGANISATION = "other_organisation"
    UNVERIFIED_DOMAIN = "unverified_domain"
    PROTECTED_AGENT = "protected_agent"
    NOT_OWN_TENANT = "not_own_tenant"
    OTHER_IDENTITY = "other_identity"
    RECREATED = "recreated"
    LEFT_OUT = "left_out"
    KEPT_ACTIVE = "kept_active"
    KEPT_BY_DECISION = "kept_by_decision"
    POLICY_LEAVES = "policy_leaves"
    NO_LICENSED_ROLE = "no_licensed_role"
    """Agent licensing is on, and the agent holds no licensed role (AM-34)."""
    LAST_ADMINISTRATOR = "last_administrator"
    RUNS_THE_IMPORT = "runs_the_import"
    HELD_BY_RUN = "held_by_run"
    UNPROVEN = "unproven"
    MANAGER_NOT_HERE = "manager_not_here"
    MANAGER_LOOP = "manager_loop"
    STILL_IN_USE = "still_in_use"
    """The run that made the record was undone, but something refers to it."""


class Result(StrEnum):
    """How one mapping answers for one person."""

    WON = "won"
    MATCHED = "matched"
    NO = "no"
    UNKNOWN = "unknown"


class Verdict(NamedTuple):
    """One mapping's answer, with every test it made."""

    sequence: int
    is_agent: bool
    result: Result
    tests: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class Remote:
    """A person as the tenant last told us."""

    object_id: UUID
    properties: Mapping[str, Json]
    groups: frozenset[UUID] = frozenset()
    """The mirrored groups that hold the person directly."""
    is_deleted: bool = False
    """Proven gone, softly or for good."""
    is_unproven: bool = False
    """Absent, and nobody can say why: nothing is known of them, nothing changes."""
    is_stale: bool = False
    """Has a record, but changes of theirs may have been skipped: no mapping can say
    anything for certain."""
    revision: int = 1


@dataclass(frozen=True, slots=True)
class Groups:
    """What is known of the mirrored groups.

    `inside` maps a group to itself and every group it lies in, however deep;
    `errors` maps the groups whose members are not known to the reason; a nested group
    in error makes the groups around it uncertain for those not found in them.
    """

    inside: Mapping[UUID, frozenset[UUID]] = field(default_factory=dict)
    errors: Mapping[UUID, str] = field(default_factory=dict)
    uncertain: frozenset[UUID] = frozenset()
    """Complete groups around an unread one: "not nested in it" is unknown there."""
    names: Mapping[UUID, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a person belongs: a site of ours, or one still to be made.

    `site_id` None: make `name` in the organisation, remembering `source_value`.
    """

    site_id: int | None
    organisation_id: int
    name: str
    """"Organisation / Site", as people see it."""
    source_value: str = ""
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class Selection:
    """What the mappings say of one person."""

    verdicts: tuple[Verdict, ...]
    place: Place | None = None
    sequence: int | None = None
    """The site mapping that won."""
    role: Ref | None = None
    """The user role of the winner."""
    is_undecided: bool = False
    """An unknown mapping stands before the winner: site, role and state stay."""
    is_agent: bool | None = False
    """None: an unknown `*Agent*` mapping might make them one."""
    agent_roles: tuple[Ref, ...] = ()
    boards: tuple[Ref, ...] = ()
    uncertain_roles: frozenset[int] = frozenset()
    """Roles that an unknown mapping might give: not taken back."""
    uncertain_boards: frozenset[int] = frozenset()
    notes: tuple[str, ...] = ()
    """What was cut, in words."""


@dataclass(frozen=True, slots=True)
class Local:
    """A record of ours, user or agent, with the values a plan may compare.

    `values` holds mapped targets by name ("custom.x" included), as stored.
    """

    id: int
    revision: int
    values: Mapping[str, Json]
    is_active: bool = True
    tenant_id: UUID | None = None
    object_id: UUID | None = None
    is_ours: bool = False
    """Whether this connection is the record's source."""
    entra_state: EntraState | None = None
    keep_active: bool = False
    deactivated_by_us: bool = False
    organisation_id: int | None = None
    site: Ref | None = None
    site_by_us: bool = False
    role: Ref | None = None
    role_by_us: bool = False
    roles: tuple[Ref, ...] = ()
    roles_by_us: frozenset[int] = frozenset()
    boards: tuple[Ref, ...] = ()
    boards_by_us: frozenset[int] = frozenset()
    team: Ref | None = None
    user_id: int | None = None
    is_protected: bool = False
    """An administrator or break-glass agent: never linked by fields (AM-35)."""
    is_break_glass: bool = False
    """No run links, matches, deactivates or strips it (AM-09)."""
    identity_is_gone: bool = False
    """Its Entra identity is proven deleted: may be taken over."""


@dataclass(frozen=True, slots=True)
class Match:
    """Which record is this person's, with all candidates and the key that found them.

    `by` is "object_id", a matching field, "decision", or empty when none was found.
    """

    local: Local | None = None
    by: str = ""
    candidates: tuple[int, ...] = ()
    reason: Reason | None = None
    """Set: the person needs review (or was left out) for this reason."""


@dataclass(frozen=True, slots=True)
class DecisionView:
    """What was decided about a person; `local` is the record to link, as it is now."""

    verdict: Decided
    local: Local | None = None


Change = tuple[Json, Json]
"""Before and after."""


@dataclass(frozen=True, slots=True)
class PlanItem:
    """What to do for one record of one person, and why."""

    kind: Kind
    action: Action
    object_id: UUID
    record_id: int | None = None
    changes: Mapping[str, Change] = field(default_factory=dict)
    reason: Reason | None = None
    sequence: int | None = None
    place: Place | None = None
    """The site to be in, for a create or a move."""
    notes: tuple[str, ...] = ()
    """What was cut or could not be converted, in words."""
    record_revision: int | None = None
    candidates: tuple[int, ...] = ()
    matched_by: str = ""
