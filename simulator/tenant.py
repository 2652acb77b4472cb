"""One tenant: its people, groups, applications and how it behaves."""

from __future__ import annotations

import re
import secrets
import uuid
from dataclasses import dataclass, field

from simulator.changes import ChangeLog
from simulator.clock import Clock
from simulator.contract import (
    DEFAULT_PERMISSIONS,
    DEFAULT_SCOPES,
    NewTenant,
    TenantSettings,
)
from simulator.directory import Directory
from simulator.group_edits import GroupEdits
from simulator.groups import Groups
from simulator.people import Population
from simulator.people_edits import PeopleEdits
from simulator.profiles import seed_groups
from simulator.skus import Skus
from simulator.throttle import Meter


@dataclass(slots=True)
class Application:
    """An application known to the tenant, with the permissions consented to."""

    id: str
    secret: str | None = None
    has_expired_secret: bool = False
    certificate_pem: str | None = None
    permissions: list[str] = field(default_factory=list)
    # What the registration lists: application permissions that admin consent gives,
    # delegated ones that `.default` asks for; and the delegated ones consented to.
    registered: list[str] = field(default_factory=lambda: list(DEFAULT_PERMISSIONS))
    scopes: list[str] = field(default_factory=lambda: list(DEFAULT_SCOPES))
    consented: list[str] = field(default_factory=list)
    # None: wherever the request says; a real registration lists its addresses.
    redirect_uris: list[str] | None = None
    # Open to the people of other tenants, at /organizations and /common.
    is_multi_tenant: bool = False
    is_enabled: bool = True
    object_id: str = field(default_factory=lambda: str(uuid.uuid4()))


# How many people a profile has if nobody says otherwise.
_PEOPLE = {"plain": 0, "contoso": 1200, "fabrikam": 300}


def domain_for(name: str, *, profile: str) -> str:
    """Return the invented domain of a tenant."""
    if profile != "plain":
        return f"{profile}.example"
    label = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "tenant"
    return f"{label}.example"


class Tenant:
    """Everything about one tenant."""

    def __init__(self, spec: NewTenant, *, clock: Clock) -> None:
        """Make it as asked; random ids where none are given."""
        self.id = (spec.get("tenant_id") or str(uuid.uuid4())).lower()
        self.name = spec["name"]
        profile = spec.get("profile") or "plain"
        self.domain = domain_for(self.name, profile=profile)
        self.created_at = clock.now()
        self.settings: TenantSettings = {}
        self.log = ChangeLog(clock)
        self.meter = Meter(clock)
        self.applications: dict[str, Application] = {}
        people = spec.get("people")
        population = Population(
            spec.get("seed", 1),
            people=_PEOPLE[profile] if people is None else people,
            domain=self.domain,
            leavers=profile != "plain",
        )
        self.directory = Directory(population, clock=clock)
        self.people_edits = PeopleEdits(self.directory, clock=clock, log=self.log)
        self.groups = Groups(self.directory, clock=clock)
        self.group_edits = GroupEdits(self.groups, clock=clock, log=self.log)
        self.skus = Skus(self.directory, edits=self.people_edits, clock=clock)
        seed_groups(self.groups, directory=self.directory, profile=profile)
        self.first_application = self._first_application(spec)

    def _first_application(self, spec: NewTenant) -> Application:
        permissions = spec.get("permissions")
        application = Application(
            (spec.get("application_id") or str(uuid.uuid4())).lower(),
            secret=spec.get("secret") or secrets.token_urlsafe(24),
            permissions=list(
                DEFAULT_PERMISSIONS if permissions is None else permissions
            ),
        )
        self.applications[application.id] = application
        return application
