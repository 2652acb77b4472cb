"""Sensible people, records and rules; a test names only what it is about."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid5

from common.types import Json
from directory.states import EntraState
from imports.engine.match import Register, match
from imports.engine.plan_agent import plan_agent
from imports.engine.plan_user import plan_user
from imports.engine.select import select
from imports.engine.types import (
    Action,
    DecisionView,
    Groups,
    Local,
    Match,
    Place,
    PlanItem,
    Reason,
    Remote,
    Result,
    Selection,
)
from imports.engine.values import Desired, desired
from mappings.rules import (
    AgentRule,
    Criterion,
    FieldRule,
    Filter,
    Group,
    Ref,
    RuleSet,
    SiteRef,
    SiteRule,
)
from mappings.words import Kind, Operator

TENANT = UUID("11111111-1111-1111-1111-111111111111")
OTHER_TENANT = UUID("22222222-2222-2222-2222-222222222222")
ADA = UUID("aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa")

ACME = Ref(1, "Acme")
LONDON = SiteRef(10, "Acme / London", 1)
LEEDS = SiteRef(11, "Acme / Leeds", 1)
CLOSED = SiteRef(12, "Acme / Closed", 1, is_active=False)
STANDARD = Ref(20, "Standard User")
POWER = Ref(21, "Power User")
ANALYST = Ref(30, "Analyst")
ADMINISTRATOR = Ref(31, "Administrator")
CAB = Ref(40, "Infrastructure CAB")
DESK = Ref(50, "Service Desk")

BOTH = frozenset(Kind)
EVERYBODY = Filter()


def group(name: str) -> Group:
    """A group whose id follows from its name."""
    return Group(uuid5(TENANT, name), name)


def group_id(name: str) -> UUID:
    """The id of `group(name)`."""
    return uuid5(TENANT, name)


def in_group(name: str, **rest: Any) -> Filter:
    """The filter of a mapping on a group."""
    return Filter(group(name), **rest)


def where(field: str, operator: Operator, value: Any = None, **rest: Any) -> Filter:
    """The filter of a mapping with one criterion."""
    return Filter(criteria=(Criterion(field, operator, value),), **rest)


UNREADABLE = in_group("Unreadable")


def known(*names: str, nested: dict[str, str] | None = None, **rest: Any) -> Groups:
    """Groups that were read; `nested` maps an inner group to the one around it."""
    around = {group_id(one): frozenset({group_id(one)}) for one in names}
    for inner, outer in (nested or {}).items():
        around[group_id(inner)] = frozenset({group_id(inner), group_id(outer)})
        around.setdefault(group_id(outer), frozenset({group_id(outer)}))
    labels = {group_id(one): one for one in (*names, *(nested or {}))}
    errors = {group_id("Unreadable"): "403 Forbidden: grant GroupMember.Read.All."}
    return Groups(around, errors, names=labels, **rest)


def ada(*groups: str, **properties: Json) -> Remote:
    """A member of the tenant; `groups` hold her directly."""
    held: dict[str, Json] = {
        "displayName": "Ada Lovelace",
        "userPrincipalName": "ada@acme.example",
        "mail": "ada@acme.example",
        "userType": "Member",
        "accountEnabled": True,
        **properties,
    }
    return Remote(ADA, held, frozenset(group_id(one) for one in groups))


def unread(remote: Remote, *names: str) -> Remote:
    """The same person, without these properties having been read."""
    kept = {name: one for name, one in remote.properties.items() if name not in names}
    return replace(remote, properties=kept)


FIELDS = (
    FieldRule("displayName", "name"),
    FieldRule("mail_or_upn", "email"),
    FieldRule("userPrincipalName", "network_login"),
)
AGENT_FIELDS = (FieldRule("displayName", "name"), FieldRule("mail", "email"))


def rule_set(*site_rules: SiteRule, **rest: Any) -> RuleSet:
    """Rules of one connection that map a few fields."""
    held: dict[str, Any] = {
        "user_fields": FIELDS,
        "agent_fields": AGENT_FIELDS,
        "organisations": frozenset({ACME.id}),
        **rest,
    }
    return RuleSet(1, TENANT, 1, site_rules=site_rules, **held)


EVERYBODY_TO_LONDON = SiteRule(10, EVERYBODY, LONDON, role=STANDARD)
TO_LONDON = SiteRule(10, in_group("London"), LONDON, role=STANDARD)
TO_LEEDS = SiteRule(20, in_group("Leeds"), LEEDS, role=POWER)
BY_OFFICE = SiteRule(30, EVERYBODY, organisation=ACME, field="officeLocation")
UNREADABLE_TO_LEEDS = SiteRule(5, UNREADABLE, LEEDS)
AGENTS = AgentRule(30, in_group("Agents", nested=False), ANALYST)


def place_of(organisation_id: int, value: str) -> Place:
    """A site that is still to be made, whatever the value."""
    return Place(None, organisation_id, f"Acme / {value}", value)


def selected(remote: Remote, rules: RuleSet, groups: Groups | None = None) -> Selection:
    """What the mappings say of a person, with all groups of the tests read."""
    if groups is None:
        groups = known("Agents", "London", "Leeds", "Admins", "CAB")
    return select(remote, rules=rules, groups=groups, place_of=place_of)


def results(
    remote: Remote, rules: RuleSet, groups: Groups | None = None
) -> list[Result]:
    """What each mapping says of a person."""
    return [verdict.result for verdict in selected(remote, rules, groups).verdicts]


VALUES: dict[str, Json] = {
    "name": "Ada Lovelace",
    "email": "ada@acme.example",
    "network_login": "ada@acme.example",
}


def record(**rest: Any) -> Local:
    """Ada's record as a run has left it: hers, in London, in step."""
    held: dict[str, Any] = {
        "id": 7,
        "revision": 3,
        "values": VALUES,
        "tenant_id": TENANT,
        "object_id": ADA,
        "is_ours": True,
        "entra_state": EntraState.PRESENT,
        "organisation_id": ACME.id,
        "site": Ref(LONDON.id, LONDON.name),
        "site_by_us": True,
        "role": STANDARD,
        "role_by_us": True,
        **rest,
    }
    return Local(**held)


def agent_record(**rest: Any) -> Local:
    """Ada's agent record as a run has left it: an analyst, in step."""
    held: dict[str, Any] = {
        "values": {"name": "Ada Lovelace", "email": "ada@acme.example"},
        "organisation_id": None,
        "site": None,
        "site_by_us": False,
        "role": None,
        "role_by_us": False,
        "roles": (ANALYST,),
        "roles_by_us": frozenset({ANALYST.id}),
        **rest,
    }
    return record(**held)


def old_record(**rest: Any) -> Local:
    """A record that nobody in Entra has claimed yet."""
    held: dict[str, Any] = {
        "tenant_id": None,
        "object_id": None,
        "is_ours": False,
        "entra_state": None,
        "site_by_us": False,
        "role_by_us": False,
        **rest,
    }
    return record(**held)


def linked_to(local: Local | None) -> Match:
    """The match of a person whose record carries their identity, or has none."""
    return Match() if local is None else Match(local, "object_id", (local.id,))


def matched(
    *found: Local,
    rules: RuleSet,
    kind: Kind = Kind.USERS,
    values: dict[str, Json] | None = None,
    decision: DecisionView | None = None,
) -> Match:
    """The match of Ada, whom every matching field finds in the same records."""

    def find(target: str, key: str) -> tuple[Local, ...]:
        return found

    register = Register(kind, rules, find, frozenset({"acme.example"}))
    held = VALUES if values is None else values
    return match(ada(), held, register=register, linked=None, decision=decision)


def wanted(remote: Remote, rules: RuleSet, kind: Kind = Kind.USERS) -> Desired:
    """What the person's mapped fields should hold."""
    return desired(remote, rules.fields(kind), kind=kind)


def user_item(
    remote: Remote,
    rules: RuleSet,
    match: Match | Local | None = None,
    *,
    groups: Groups | None = None,
    kinds: Collection[Kind] = BOTH,
) -> PlanItem:
    """What a run does for the person's user record."""
    return plan_user(
        remote,
        selected(remote, rules, groups),
        match if isinstance(match, Match) else linked_to(match),
        rules=rules,
        desired=wanted(remote, rules),
        kinds=kinds,
    )


def agent_item(
    remote: Remote,
    rules: RuleSet,
    match: Match | Local | None = None,
    *,
    groups: Groups | None = None,
) -> PlanItem:
    """What a run does for the person's agent record."""
    return plan_agent(
        remote,
        selected(remote, rules, groups),
        match if isinstance(match, Match) else linked_to(match),
        rules=rules,
        desired=wanted(remote, rules, Kind.AGENTS),
    )


def outline(item: PlanItem) -> tuple[Action, Reason | None]:
    """What is done with a record, and why."""
    return item.action, item.reason
