"""Rows in, RuleSet out: the one door from what is saved to what decides.

At most nine queries, however many mappings there are. The version is read before the
rows, so that rules saved in between are seen again by the next run, never missed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from common.rights import Permission
from connections.models import TenantConnection
from directory.models import AgentRole, CustomField, Site
from directory.states import CustomKind
from mappings import rules
from mappings.catalogue import CUSTOM
from mappings.models import AgentRoleMapping, BoardMapping, Criterion, SiteMapping
from mappings.words import Apply, Combine, Kind, Operator, Policy, WhenEmpty

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from uuid import UUID

    from common.types import Json
    from directory.models import ChangeAdvisoryBoard, Organisation, Team, UserRole
    from mappings.models import AgentSettings, FieldMapping, GuardLimits, LeaverPolicy

    Named = AgentRole | ChangeAdvisoryBoard | Organisation | Team | UserRole


def compile_rules(connection: TenantConnection) -> rules.RuleSet:
    """Return the connection's rules as they are saved now."""
    row = (
        TenantConnection.objects.select_related("leaver_policy", "guard_limits")
        .select_related("licence_settings")
        .select_related("agent_settings__default_team", "agent_settings__user_role")
        .select_related("agent_settings__user_site__organisation")
        .get(pk=connection.pk)
    )
    mappings = _site_mappings(row)
    defaults = _agent_defaults(getattr(row, "agent_settings", None))
    fields = _fields(row)
    matching = list(row.matching_fields.order_by("position"))
    return rules.RuleSet(
        row.pk,
        row.tenant_id,
        row.rules_version,
        user_fields=fields[Kind.USERS],
        agent_fields=fields[Kind.AGENTS],
        user_matching=tuple(one.target for one in matching if one.kind == Kind.USERS),
        agent_matching=tuple(one.target for one in matching if one.kind == Kind.AGENTS),
        site_rules=tuple(_site_rule(one) for one in mappings if not one.is_agent),
        agent_rules=tuple(_agent_rule(one) for one in mappings if one.is_agent),
        role_rules=_role_rules(row),
        board_rules=_board_rules(row),
        defaults=defaults,
        leavers=_leavers(getattr(row, "leaver_policy", None)),
        guard=_guard(getattr(row, "guard_limits", None)),
        own_tenant=row.own_tenant,
        organisations=_organisations(mappings, defaults),
        administrator_roles=_administrator_roles(),
        licences_into=_licences_into(row),
    )


def _site_mappings(connection: TenantConnection) -> list[SiteMapping]:
    return list(
        connection.site_mappings.filter(enabled=True)
        .select_related("site__organisation", "default_site__organisation")
        .select_related("organisation", "user_role", "agent_role")
        .prefetch_related("criteria")
        .order_by("sequence")
    )


def _fields(connection: TenantConnection) -> Mapping[Kind, tuple[rules.FieldRule, ...]]:
    custom = {field.name: field for field in CustomField.objects.all()}
    rows = list(connection.field_mappings.order_by("position", "id"))
    return {
        kind: tuple(_field_rule(row, custom) for row in rows if row.kind == kind)
        for kind in Kind
    }


def _field_rule(
    row: FieldMapping, custom: Mapping[str, CustomField]
) -> rules.FieldRule:
    field = None
    if row.target.startswith(CUSTOM):
        field = custom.get(row.target.removeprefix(CUSTOM))
    return rules.FieldRule(
        row.source,
        row.target,
        WhenEmpty(row.when_empty),
        Apply(row.apply),
        CustomKind(field.kind) if field else CustomKind.TEXT,
        tuple(field.choices) if field else (),
    )


def _site_rule(row: SiteMapping) -> rules.SiteRule:
    return rules.SiteRule(
        row.sequence,
        _filter(row),
        _site(row.site),
        _ref(row.organisation),
        row.field,
        _site(row.default_site),
        _ref(row.user_role),
    )


def _agent_rule(row: SiteMapping) -> rules.AgentRule:
    return rules.AgentRule(row.sequence, _filter(row), _ref(row.agent_role))


def _filter(row: SiteMapping) -> rules.Filter:
    return rules.Filter(
        _group(row.group_id, row.group_name),
        row.nested,
        row.include_external,
        Combine(row.match),
        tuple(_criterion(one) for one in row.criteria.all()),
    )


def _criterion(row: Criterion) -> rules.Criterion:
    value: Json = row.value
    if isinstance(value, list):
        listed = tuple(str(one) for one in value)
        return rules.Criterion(row.field, Operator(row.operator), listed)
    if isinstance(value, dict):
        raise TypeError(f"criterion {row.pk} compares with an object")
    return rules.Criterion(row.field, Operator(row.operator), value)


def _role_rules(connection: TenantConnection) -> tuple[rules.GrantRule, ...]:
    rows = connection.role_mappings.select_related("role").order_by("position", "id")
    return tuple(_grant(row, row.role) for row in rows)


def _board_rules(connection: TenantConnection) -> tuple[rules.GrantRule, ...]:
    rows = connection.board_mappings.select_related("board").order_by("position", "id")
    return tuple(_grant(row, row.board) for row in rows)


def _grant(
    row: AgentRoleMapping | BoardMapping, target: AgentRole | ChangeAdvisoryBoard
) -> rules.GrantRule:
    return rules.GrantRule(
        rules.Group(row.group_id, row.group_name),
        row.nested,
        rules.Ref(target.pk, target.name),
    )


def _agent_defaults(row: AgentSettings | None) -> rules.AgentDefaults:
    if row is None:
        return rules.AgentDefaults()
    return rules.AgentDefaults(
        _ref(row.default_team),
        _site(row.user_site),
        _ref(row.user_role),
        row.remove_roles,
    )


def _leavers(row: LeaverPolicy | None) -> rules.Leavers:
    if row is None:
        return rules.Leavers()
    return rules.Leavers(
        Policy(row.disabled),
        Policy(row.deleted),
        Policy(row.unmatched),
        Policy(row.agents_unmatched),
    )


def _guard(row: GuardLimits | None) -> rules.Guard:
    if row is None:
        return rules.Guard()
    return rules.Guard(row.people, row.percent, row.new_sites)


def _licences_into(connection: TenantConnection) -> int | None:
    settings = getattr(connection, "licence_settings", None)
    return settings.organisation_id if settings else None


def _administrator_roles() -> frozenset[int]:
    roles = AgentRole.objects.values_list("pk", "permissions")
    return frozenset(pk for pk, held in roles if Permission.ADMINISTER in held)


def _organisations(
    mappings: Iterable[SiteMapping], defaults: rules.AgentDefaults
) -> frozenset[int]:
    """Return the organisations in which people of the connection may be (AM-35)."""
    found = {defaults.user_site.organisation_id} if defaults.user_site else set()
    for row in mappings:
        sites = [site for site in (row.site, row.default_site) if site]
        found |= {site.organisation_id for site in sites}
        found |= {row.organisation_id} if row.organisation_id else set()
    return frozenset(found)


def _group(group_id: UUID | None, name: str) -> rules.Group | None:
    return rules.Group(group_id, name) if group_id or name else None


def _ref(record: Named | None) -> rules.Ref | None:
    return rules.Ref(record.pk, record.name) if record else None


def _site(site: Site | None) -> rules.SiteRef | None:
    """Return the site; an inactive organisation makes it inactive too."""
    if site is None:
        return None
    is_active = site.is_active and site.organisation.is_active
    return rules.SiteRef(site.pk, str(site), site.organisation_id, is_active)
