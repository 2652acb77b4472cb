"""How tenant connections, their mappings and settings are written to the file."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from common import spans
from connections.models import TenantConnection
from halo_entra.configuration import export_applications
from halo_entra.configuration.export_applications import group, site
from halo_entra.configuration.schema_mappings import AGENT_SITE
from imports.models import SyncSchedule
from mappings import checks
from mappings.models import (
    AgentLicensing,
    AgentRoleMapping,
    AgentSettings,
    BoardMapping,
    Criterion,
    DeviceSettings,
    GuardLimits,
    LeaverPolicy,
    LicenceSettings,
    SiteMapping,
)
from mappings.words import Kind, MappingType

if TYPE_CHECKING:
    from common.types import Json, JsonObject

Settings = TypeVar(
    "Settings",
    AgentSettings,
    AgentLicensing,
    LeaverPolicy,
    GuardLimits,
    LicenceSettings,
    DeviceSettings,
    SyncSchedule,
)


def connection(row: TenantConnection) -> JsonObject:
    """Return a tenant connection as the file names it, every setting spelled out."""
    registration = row.registration
    return {
        "name": row.name,
        "cloud": row.cloud,
        "tenant_id": str(row.tenant_id),
        "application_id": str(registration.application_id),
        **export_applications.credentials(registration),
        "authorisation": row.authorisation,
        "own_tenant": row.own_tenant,
        **_mappings(row),
        "agents": _agents(_settings(AgentSettings, row)),
        "agent_licensing": _agent_licensing(_settings(AgentLicensing, row)),
        "leavers": _leavers(_settings(LeaverPolicy, row)),
        "guard": _guard(_settings(GuardLimits, row)),
        "integrator": _integrator(_settings(SyncSchedule, row)),
        "notify": list(row.notify),
        "licences": _licences(_settings(LicenceSettings, row)),
        "devices": _devices(_settings(DeviceSettings, row)),
    }


def _settings(model: type[Settings], connection: TenantConnection) -> Settings:
    """Return the settings; those that nobody has saved are the defaults."""
    stored = model._default_manager.filter(connection=connection).first()
    return stored or model(connection=connection)


def _leavers(row: LeaverPolicy) -> JsonObject:
    causes = ("disabled", "deleted", "unmatched", "agents_unmatched")
    # A default is a word of Policy, which YAML does not know; a stored one is text.
    return {cause: str(getattr(row, cause)) for cause in causes}


def _guard(row: GuardLimits) -> JsonObject:
    limits = ("people", "percent", "new_sites")
    return {limit: getattr(row, limit) for limit in limits}


def _mappings(row: TenantConnection) -> JsonObject:
    fields = list(row.field_mappings.order_by("position", "id"))
    matching = list(row.matching_fields.order_by("position"))
    return {
        "field_mappings": {
            kind.value: [
                {
                    "source": one.source,
                    "target": one.target,
                    "when_empty": one.when_empty,
                    "apply": one.apply,
                }
                for one in fields
                if one.kind == kind
            ]
            for kind in Kind
        },
        "matching_fields": {
            kind.value: [one.target for one in matching if one.kind == kind]
            for kind in Kind
        },
        "site_mappings": [
            _site_mapping(one) for one in row.site_mappings.order_by("sequence")
        ],
        "agent_role_mappings": [
            {**_grant(one), "role": one.role.name}
            for one in row.role_mappings.select_related("role")
        ],
        "board_mappings": [
            {**_grant(one), "board": one.board.name}
            for one in row.board_mappings.select_related("board")
        ],
    }


def _grant(row: AgentRoleMapping | BoardMapping) -> JsonObject:
    return {"group": group(row.group_id, row.group_name), "nested": row.nested}


def _site_mapping(row: SiteMapping) -> JsonObject:
    role = row.agent_role if row.is_agent else row.user_role
    found: JsonObject = {
        "sequence": row.sequence,
        "enabled": row.enabled,
        "type": row.type,
        **_place(row),
    }
    if role:
        found["role"] = role.name
    if row.group_id or row.group_name:
        found["group"] = group(row.group_id, row.group_name)
    criteria = [_criterion(one) for one in row.criteria.order_by("position", "id")]
    return {
        **found,
        "nested": row.nested,
        "include_external": row.include_external,
        "match": row.match,
        "criteria": criteria,
    }


def _place(row: SiteMapping) -> JsonObject:
    if row.type == MappingType.ORGANISATION_BY_FIELD and row.organisation:
        found: JsonObject = {"organisation": row.organisation.name, "field": row.field}
        if row.default_site:
            found["default_site"] = site(row.default_site)
        return found
    return {"site": site(row.site) if row.site else AGENT_SITE}


def _criterion(row: Criterion) -> JsonObject:
    value: JsonObject = {} if row.operator in checks.NO_VALUE else {"value": row.value}
    return {"field": row.field, "operator": row.operator, **value}


def _agents(row: AgentSettings) -> JsonObject:
    found: JsonObject = {}
    if row.default_team:
        found["default_team"] = row.default_team.name
    if row.user_site:
        found["user_site"] = site(row.user_site)
    if row.user_role:
        found["user_role"] = row.user_role.name
    return {**found, "remove_roles": row.remove_roles}


def _agent_licensing(row: AgentLicensing) -> JsonObject:
    roles = [] if row.pk is None else row.licensed_roles.order_by("name_key")
    return {"enabled": row.enabled, "licensed_roles": [role.name for role in roles]}


def _integrator(row: SyncSchedule) -> JsonObject:
    return {
        "enabled": row.enabled,
        "import": list(row.kinds),
        "full_every": spans.written(row.full_every),
        "delta": row.delta,
        "delta_every": spans.written(row.delta_every),
        **({"log_full": True} if row.log_full else {}),
        "quiet": list(row.quiet),
        "time_zone": row.time_zone,
    }


def _licences(row: LicenceSettings) -> JsonObject:
    found: JsonObject = {}
    if row.organisation:
        found["organisation"] = row.organisation.name
    return {**found, "managed_here": row.managed_here}


def _devices(row: DeviceSettings) -> JsonObject:
    place: Json = site(row.default_site) if row.default_site else None
    return {
        "enabled": row.enabled,
        **({"default_site": place} if place else {}),
    }
