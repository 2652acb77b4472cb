"""A tenant of thousands that can be had again as it was, and a desk that imported it.

A tenant made anew from the same seed under the same id holds the same people, and
answers the same delta links: so one import serves many schedules.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from directory.models import ChangeAdvisoryBoard
from imports.words import RunKind, Status, Walk
from mappings.models import GuardLimits
from mappings.words import Policy
from tests import bench
from tests.imports import staff

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from simulator.admin_client import Admin
    from tests.bench import Desk

PEOPLE = 2000
SEED = 7
PLAIN = ("Group-1", "Group-2", "Group-3")
"""Groups of the seed: a third of the people each, by number."""
SMALL = {"York": ("Group-1", 12), "Approvers": ("Group-3", 8), "Board": ("Group-3", 6)}
"""Groups inside those: of which, and how many."""
NAMESPACE = UUID("7c1f0a52-93d4-4d0e-8b5e-2f6f6f1f9a10")


@dataclass(frozen=True, slots=True)
class Ground:
    """The desk after its first import, and who is in which group."""

    desk: Desk
    groups: Mapping[str, UUID]
    members: Mapping[str, Sequence[UUID]]

    def again(self, *, page_size: int) -> None:
        """Make the tenant what it was when it was imported."""
        self.desk.admin.clear_faults()
        tenant = self.desk.tenant
        self.desk.admin.create_tenant(
            name="Acme",
            people=PEOPLE,
            seed=SEED,
            tenant_id=tenant.tenant_id,
            application_id=tenant.application_id,
            secret=tenant.secret,
        )
        self.desk.admin.settings(tenant.tenant_id, page_size=page_size)
        _fill(self.desk, self.groups, self.members)


def lay(admin: Admin) -> Ground:
    """Return a desk that has imported a new tenant, and holds its delta links."""
    tenant = admin.create_tenant(name="Acme", people=PEOPLE, seed=SEED)
    desk = bench.connect(admin, replace(tenant, name="Acme"))
    groups = {**staff.groups(desk), **{one: uuid5(NAMESPACE, one) for one in SMALL}}
    people = staff.people(desk)
    members: dict[str, Sequence[UUID]] = {
        name: people[third::3] for third, name in enumerate(PLAIN)
    }
    for name, (outer, number) in SMALL.items():
        members[name] = members[outer][20 : 20 + number]
    _fill(desk, groups, members)
    _configure(desk, groups)
    assert desk.run(RunKind.DELTA, walk=Walk.FULL).status == Status.SUCCEEDED
    return Ground(desk, groups, members)


def _fill(
    desk: Desk, groups: Mapping[str, UUID], members: Mapping[str, Sequence[UUID]]
) -> None:
    """Make the small groups."""
    for name in SMALL:
        group = groups[name]
        desk.admin.put_group(desk.tenant.tenant_id, str(group), displayName=name)
        for member in members[name]:
            desk.join(group, member)


def _configure(desk: Desk, groups: Mapping[str, UUID]) -> None:
    """Map sites, agents, roles and a board; whoever is unmatched is deactivated."""
    role = bench.user_role("Standard User")
    desk.map_site(5, "York", group_id=groups["York"], user_role=role)
    desk.map_site(10, "London", group_id=groups["Group-1"], user_role=role)
    desk.map_site(20, "Leeds", group_id=groups["Group-2"])
    desk.map_agents(30, groups["Group-3"], "Analyst")
    bench.agents_get(desk, user_site=desk.site("Desk"))
    bench.map_role(desk, groups["Approvers"], bench.agent_role("Approver"))
    board = ChangeAdvisoryBoard.objects.create(name="CAB")
    bench.map_board(desk, groups["Board"], board)
    bench.leavers(desk, unmatched=Policy.DEACTIVATE)
    GuardLimits.objects.create(connection=desk.connection, people=10, percent=1)
