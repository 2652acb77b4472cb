"""A tenant of a thousand, a desk that maps it in every way, and what is true of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from directory.models import ChangeAdvisoryBoard
from mappings.models import FieldMapping
from mappings.words import Kind, Policy, WhenEmpty
from tests import bench
from tests.imports import staff
from tests.imports.integrator import scheduled
from tests.month.clocks import now
from tests.month.truth import Group, Person, SiteRule, Truth, Where

if TYPE_CHECKING:
    from random import Random

    from simulator.admin_client import Admin
    from tests.bench import Desk

FULL_EVERY, DELTA_EVERY = timedelta(days=7), timedelta(hours=4)
THIRDS = ("Group-1", "Group-2", "Group-3")
SMALL = {
    "York": ("Group-1", 14),
    "Inner": ("Group-2", 10),
    "Team": ("Group-2", 60),
    "Agents": ("Group-3", 40),
    "Approvers": ("Group-3", 12),
    "Board": ("Group-3", 8),
}
"""Groups inside the thirds: of which, and of each thousand how many."""
AGENTS = ("Agents", "Approvers", "Board")
SITES = ("York", "London", "Leeds", "Hull", "Bath")


@dataclass(slots=True)
class Ground:
    """The desk, the tenant, and the truth about both."""

    desk: Desk
    random: Random
    truth: Truth
    ids: dict[str, UUID] = field(default_factory=dict)

    @property
    def tenant(self) -> str:
        """The tenant's id."""
        return self.desk.tenant.tenant_id

    @property
    def admin(self) -> Admin:
        """Who arranges the tenant."""
        return self.desk.admin


def lay(admin: Admin, random: Random, *, people: int) -> Ground:
    """Return a new tenant of so many people, and the desk that is to import it."""
    tenant = admin.create_tenant(
        name="Acme", people=people, seed=random.randrange(1 << 30)
    )
    desk = bench.connect(admin, replace(tenant, name="Acme"))
    found = Ground(desk, random, Truth(), staff.groups(desk))
    _groups(found, people)
    _read(found)
    _configure(found)
    found.truth.note(now(), found.truth.people)
    return found


def _groups(ground: Ground, people: int) -> None:
    """Make the small groups, one of them nested and one that can be restored."""
    everybody = staff.people(ground.desk)
    for name, (outer, share) in SMALL.items():
        is_team = name == "Team"
        kinds = ["Unified"] if is_team else []
        ground.ids[name] = ground.desk.group(
            name, groupTypes=kinds, mailEnabled=is_team
        )
        number = max(3, share * people // 1000)
        pool = everybody[THIRDS.index(outer) :: 3]
        first = 20 if name not in AGENTS else 5
        for person in pool[first : first + number]:
            ground.desk.join(ground.ids[name], person)
    ground.desk.join(ground.ids["York"], ground.ids["Inner"])


def _read(ground: Ground) -> None:
    """Learn from the simulator what there is."""
    truth, admin = ground.truth, ground.admin
    for row in admin.oracle(ground.tenant, "people"):
        card = row["properties"]
        truth.people[UUID(row["id"])] = Person(
            card["userPrincipalName"],
            card["officeLocation"],
            card["userType"],
            card["accountEnabled"] is not False,
            UUID(row["manager"]) if row["manager"] else None,
            Where.HERE if row["state"] == "present" else Where.BIN,
        )
    names = {str(group): name for name, group in ground.ids.items()}
    truth.groups = {name: Group() for name in names.values()}
    for row in admin.oracle(ground.tenant, "memberships"):
        group = truth.groups[names[row["group"]]]
        if row["type"] == "group":
            group.inner.add(names[row["member"]])
        else:
            group.members.add(UUID(row["member"]))


def _configure(ground: Ground) -> None:
    """Map sites by group and by field, agents, roles, a board and managers."""
    desk, ids, truth = ground.desk, ground.ids, ground.truth
    role = bench.user_role("Standard User")
    truth.rules = [
        SiteRule(5, "York", "York", role=role.name),
        SiteRule(10, "Group-1", "London", role=role.name),
        SiteRule(20, "Team", "Leeds", external=True, role=role.name),
        SiteRule(30, "Group-2", "Hull"),
        SiteRule(40, "Agents", nested=False, is_agent=True),
        SiteRule(50, "Group-3", nested=False),
    ]
    for rule in truth.rules:
        chosen = {"group_id": ids[rule.group], "group_name": rule.group}
        more = {"nested": rule.nested, "include_external": rule.external}
        if rule.is_agent:
            desk.map_agents(rule.sequence, ids[rule.group], "Analyst")
        elif rule.site is None:
            desk.map_field(rule.sequence, "officeLocation", **chosen, **more)
        else:
            given = role if rule.role else None
            desk.map_site(rule.sequence, rule.site, user_role=given, **chosen, **more)
    bench.agents_get(desk, user_site=desk.site("Desk"))
    truth.agent_site, truth.agent_role = "Desk", "Analyst"
    bench.map_role(desk, ids["Approvers"], bench.agent_role("Approver"))
    truth.roles = {"Approvers": "Approver"}
    board = ChangeAdvisoryBoard.objects.create(name="CAB")
    bench.map_board(desk, ids["Board"], board)
    truth.boards = {"Board": "CAB"}
    bench.leavers(desk, unmatched=Policy.DEACTIVATE)
    FieldMapping.objects.create(
        connection=desk.connection, kind=Kind.USERS, source="manager", target="manager"
    )
    # What is emptied there is emptied here: so that the end is the same by any way.
    FieldMapping.objects.update(when_empty=WhenEmpty.CLEAR)
    scheduled(desk, delta=True, full_every=FULL_EVERY, delta_every=DELTA_EVERY)
