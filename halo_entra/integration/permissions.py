"""What a connection is set up to do, and so which permissions it needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connections.probe import Need
from imports.models import SyncSchedule
from mappings.models import AgentRoleMapping, BoardMapping, SiteMapping
from mappings.words import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connections.models import TenantConnection


def needed(connection: TenantConnection) -> Sequence[Need]:
    """Return what the connection does that takes a permission."""
    needs = [Need.USERS, Need.GROUPS]
    schedule = SyncSchedule.objects.filter(connection=connection).first()
    kinds = schedule.kinds if schedule else [kind.value for kind in Kind]
    licences = getattr(connection, "licence_settings", None)
    devices = getattr(connection, "device_settings", None)
    if "licences" in kinds or (licences and licences.organisation_id):
        needs.append(Need.LICENCES)
    if licences and licences.managed_here:
        needs.append(Need.LICENCE_CHANGES)
    if devices and devices.enabled:
        needs.append(Need.DEVICES)
    return needs


def indispensable(connection: TenantConnection) -> Sequence[Need]:
    """Return what lacks for what is set up, so that it is not authorised without.

    Groups only where a mapping names one: field mappings work without them (R019).
    """
    models = (SiteMapping, AgentRoleMapping, BoardMapping)
    names_group = any(
        model.objects.filter(connection=connection)
        .exclude(group_id=None, group_name="")
        .exists()
        for model in models
    )
    return [
        need for need in needed(connection) if names_group or need is not Need.GROUPS
    ]
