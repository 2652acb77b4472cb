"""Writing the settings of a tenant connection; a key left out stays as it is."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from halo_entra.configuration.known import What
from halo_entra.configuration.rows import changed, put
from imports.models import SyncSchedule
from mappings.models import (
    AgentLicensing,
    AgentSettings,
    DeviceSettings,
    GuardLimits,
    LeaverPolicy,
    LicenceSettings,
)

if TYPE_CHECKING:
    from connections.models import TenantConnection
    from halo_entra.configuration.entries import Record
    from halo_entra.configuration.known import Known
    from halo_entra.configuration.readers import Given
    from halo_entra.configuration.write_applications import Context

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
WEEK = datetime.timedelta(days=7)


def write(context: Context, record: Record, connection: TenantConnection) -> None:
    """Write the sections that the record has."""
    given, known = record.given, context.known
    if "agents" in given:
        _put(context, AgentSettings, connection, _agents(given["agents"], known))
    if "agent_licensing" in given:
        _write_agent_licensing(context, given["agent_licensing"], connection)
    if "leavers" in given:
        _put(context, LeaverPolicy, connection, given["leavers"])
    if "guard" in given:
        _put(context, GuardLimits, connection, given["guard"])
    if "integrator" in given:
        _put(
            context,
            SyncSchedule,
            connection,
            _schedule(given["integrator"], connection),
        )
    if "licences" in given:
        _put(context, LicenceSettings, connection, _licences(given["licences"], known))
    if "devices" in given:
        _put(context, DeviceSettings, connection, _devices(given["devices"], known))


def _put(
    context: Context,
    model: type[Settings],
    connection: TenantConnection,
    columns: dict[str, Any],
) -> Settings:
    """Return the settings with these columns; where they are the defaults, unsaved."""
    stored = model._default_manager.filter(connection=connection).first()
    row = stored or model(connection=connection)
    if all(getattr(row, name) == value for name, value in columns.items()):
        context.report.unchanged += 1
    else:
        put(context.report, row, columns, label=_label(row))
    return row


def _label(row: Settings) -> str:
    return f"{row._meta.verbose_name} of {row.connection}"


def _agents(given: Given, known: Known) -> dict[str, Any]:
    columns = {name: given[name] for name in ("remove_roles",) if name in given}
    for key, what in (("default_team", What.TEAM), ("user_role", What.USER_ROLE)):
        if key in given:
            columns[f"{key}_id"] = known.find(what, given[key]) if given[key] else None
    return columns | _site(given, "user_site", known)


def _write_agent_licensing(
    context: Context, given: Given, connection: TenantConnection
) -> None:
    columns = {name: given[name] for name in ("enabled",) if name in given}
    row = _put(context, AgentLicensing, connection, columns)
    if "licensed_roles" not in given:
        return
    roles = given["licensed_roles"]
    wanted = {context.known.find(What.AGENT_ROLE, name) for name in roles}
    is_new = row._state.adding
    held = set() if is_new else set(row.licensed_roles.values_list("pk", flat=True))
    if wanted != held:
        row.save()
        row.licensed_roles.set(wanted)
        changed(context.report, label=_label(row), is_new=is_new)


def _schedule(given: Given, connection: TenantConnection) -> dict[str, Any]:
    """Return the Integrator's columns; a first schedule with delta is full weekly."""
    columns = {key: value for key, value in given.items() if key != "import"}
    if "import" in given:
        columns["kinds"] = given["import"]
    if "quiet" in given:
        columns["quiet"] = list(given["quiet"])
    is_first = not SyncSchedule.objects.filter(connection=connection).exists()
    if is_first and given.get("delta"):
        columns.setdefault("full_every", WEEK)
    return columns


def _licences(given: Given, known: Known) -> dict[str, Any]:
    columns = {name: given[name] for name in ("managed_here",) if name in given}
    if "organisation" in given:
        name = given["organisation"]
        columns["organisation_id"] = (
            known.find(What.ORGANISATION, name) if name else None
        )
    return columns


def _devices(given: Given, known: Known) -> dict[str, Any]:
    columns = {name: given[name] for name in ("enabled",) if name in given}
    return columns | _site(given, "default_site", known)


def _site(given: Given, key: str, known: Known) -> dict[str, Any]:
    if key not in given:
        return {}
    return {f"{key}_id": known.find_site(given[key]) if given[key] else None}
