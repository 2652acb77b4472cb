"""A desk connected to a tenant of the simulator, for tests of whole runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from connections.models import (
    AppRegistration,
    CloudName,
    Credential,
    Module,
    TenantConnection,
)
from directory.models import AgentRole, Organisation, Site, UserRole
from imports import runs
from imports.words import RunKind, Trigger
from mappings.models import (
    AgentRoleMapping,
    AgentSettings,
    BoardMapping,
    FieldMapping,
    GuardLimits,
    LeaverPolicy,
    MatchingField,
    SiteMapping,
)
from mappings.words import Kind, MappingType, Policy

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imports.models import Run
    from simulator.admin_client import Admin
    from simulator.contract import TenantInfo

USER_FIELDS = {
    "displayName": "name",
    "userPrincipalName": "network_login",
    "mail": "email",
    "department": "department",
}
AGENT_FIELDS = {"displayName": "name", "mail": "email", "userPrincipalName": "ad_login"}


@dataclass(slots=True)
class Desk:
    """A connection and shorthands for what tests do with it."""

    admin: Admin
    tenant: TenantInfo
    connection: TenantConnection
    organisation: Organisation

    def site(self, name: str) -> Site:
        """Return the organisation's site of that name, made if missing."""
        site, _ = Site.objects.get_or_create(
            organisation=self.organisation, name_key=name.casefold(), name=name
        )
        return site

    def person(self, upn: str, **properties: Any) -> UUID:
        """Make or change somebody in the tenant; return the object id."""
        properties.setdefault("displayName", upn.partition("@")[0].title())
        card = self.admin.put_user(
            self.tenant.tenant_id,
            userPrincipalName=f"{upn}@{self.tenant.domain}",
            accountEnabled=True,
            userType="Member",
            **properties,
        )
        return UUID(card["id"])

    def address(self, upn: str) -> str:
        """Return an address in the tenant's verified domain."""
        return f"{upn}@{self.tenant.domain}"

    def change(self, person: UUID, **properties: Any) -> None:
        """Change somebody in the tenant."""
        self.admin.put_user(self.tenant.tenant_id, str(person), **properties)

    def group(self, name: str, members: Iterable[UUID] = (), **properties: Any) -> UUID:
        """Make a group in the tenant with these direct members."""
        card = self.admin.put_group(
            self.tenant.tenant_id, displayName=name, **properties
        )
        for member in members:
            self.join(UUID(card["id"]), member)
        return UUID(card["id"])

    def join(self, group: UUID, member: UUID) -> None:
        """Put somebody, or a group, into a group."""
        self.admin.add_member(self.tenant.tenant_id, str(group), str(member))

    def leave(self, group: UUID, member: UUID) -> None:
        """Take somebody out of a group."""
        self.admin.remove_member(self.tenant.tenant_id, str(group), str(member))

    def map_site(self, sequence: int, site: str, **columns: Any) -> SiteMapping:
        """Map people to a site of the organisation."""
        return SiteMapping.objects.create(
            connection=self.connection,
            sequence=sequence,
            type=MappingType.EXISTING_SITE,
            site=self.site(site),
            **columns,
        )

    def map_field(self, sequence: int, field: str, **columns: Any) -> SiteMapping:
        """Map people to sites named by a property."""
        return SiteMapping.objects.create(
            connection=self.connection,
            sequence=sequence,
            type=MappingType.ORGANISATION_BY_FIELD,
            organisation=self.organisation,
            field=field,
            **columns,
        )

    def map_agents(self, sequence: int, group: UUID, role: str = "") -> SiteMapping:
        """Make the members of a group agents."""
        return SiteMapping.objects.create(
            connection=self.connection,
            sequence=sequence,
            type=MappingType.EXISTING_SITE,
            is_agent=True,
            nested=False,
            group_id=group,
            group_name="agents",
            agent_role=agent_role(role) if role else None,
        )

    def rules_changed(self) -> None:
        """Do what saving a mapping does."""
        self.connection.refresh_from_db()
        self.connection.rules_version += 1
        self.connection.save(update_fields=["rules_version"])

    def run(self, kind: RunKind = RunKind.IMPORT, **order: Any) -> Run:
        """Run to the end and return the run."""
        queued = runs.queue(
            self.connection, runs.Order(kind=kind, trigger=Trigger.COMMAND, **order)
        )
        return runs.execute(queued, patience=0)

    def preview(self, **order: Any) -> Run:
        """Preview and return the run."""
        return self.run(RunKind.PREVIEW, **order)


def agent_role(name: str, *permissions: str) -> AgentRole:
    """Return the agent role of that name, made if missing."""
    role, _ = AgentRole.objects.get_or_create(
        name_key=name.casefold(),
        defaults={"name": name, "permissions": list(permissions)},
    )
    return role


def user_role(name: str) -> UserRole:
    """Return the user role of that name, made if missing."""
    role, _ = UserRole.objects.get_or_create(
        name_key=name.casefold(), defaults={"name": name}
    )
    return role


def connect(admin: Admin, tenant: TenantInfo) -> Desk:
    """Return a desk with one connection to the tenant, fields mapped, no sites."""
    Module.objects.get_or_create(slug=runs.MODULE, defaults={"enabled": True})
    registration = AppRegistration.objects.create(
        cloud=CloudName.CUSTOM,
        tenant_id=tenant.tenant_id,
        application_id=tenant.application_id,
    )
    credential = Credential(registration=registration)
    credential.keep(tenant.secret)
    credential.save()
    connection = TenantConnection.objects.create(
        name=tenant.name,
        registration=registration,
        cloud=CloudName.CUSTOM,
        tenant_id=UUID(tenant.tenant_id),
        own_tenant=True,
    )
    for kind, fields in ((Kind.USERS, USER_FIELDS), (Kind.AGENTS, AGENT_FIELDS)):
        for source, target in fields.items():
            FieldMapping.objects.create(
                connection=connection, kind=kind, source=source, target=target
            )
    AgentSettings.objects.create(connection=connection)
    organisation = Organisation.objects.create(name=tenant.name)
    return Desk(admin, tenant, connection, organisation)


def map_role(desk: Desk, group: UUID, role: AgentRole) -> AgentRoleMapping:
    """Give the agents of a group a role."""
    return AgentRoleMapping.objects.create(
        connection=desk.connection, group_id=group, group_name="g", role=role
    )


def map_board(desk: Desk, group: UUID, board: Any) -> BoardMapping:
    """Give the agents of a group a seat."""
    return BoardMapping.objects.create(
        connection=desk.connection, group_id=group, group_name="g", board=board
    )


def match_by(desk: Desk, kind: Kind, *targets: str) -> None:
    """Set the matching fields, in their order."""
    MatchingField.objects.bulk_create(
        MatchingField(
            connection=desk.connection, kind=kind, target=target, position=position
        )
        for position, target in enumerate(targets)
    )


def leavers(desk: Desk, **policies: Policy) -> None:
    """Set what becomes of people who leave; what is not given is as by default."""
    LeaverPolicy.objects.update_or_create(connection=desk.connection, defaults=policies)


def unguarded(desk: Desk) -> None:
    """Switch the limits on people off."""
    GuardLimits.objects.update_or_create(
        connection=desk.connection, defaults={"percent": 100}
    )


def agents_get(desk: Desk, **columns: Any) -> None:
    """Set what every agent of the connection gets, under Advanced Configuration."""
    AgentSettings.objects.filter(connection=desk.connection).update(**columns)
