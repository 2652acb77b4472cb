"""Random histories of a tenant, told alike to two desks that read it in two ways."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from mappings.models import FieldMapping
from mappings.words import Kind
from tests import bench

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

    from simulator.admin_client import Admin
    from simulator.contract import TenantInfo
    from tests.bench import Desk

NAMESPACE = UUID("0d3f6c1e-8a4b-4c5d-9e6f-7a8b9c0d1e2f")
OFFICES = ("Bristol", "York", None)
BOSSES = 3
"""The first people are managers. They are never deleted for good at once: a list then
names them no more, while a delta proves nothing of them."""


def identity(name: str) -> UUID:
    """Return the object id of a person or group, the same in every tenant."""
    return uuid5(NAMESPACE, name)


@dataclass(slots=True)
class Twins:
    """Two tenants in which the same things happen under the same ids."""

    admin: Admin
    tenants: Sequence[TenantInfo]
    random: Random
    people: list[str] = field(default_factory=list)
    deleted: set[str] = field(default_factory=set)
    groups: tuple[str, ...] = ("site", "inner", "deep", "agents", "approvers", "team")
    gone: set[str] = field(default_factory=set)

    def begin(self, people: int) -> None:
        """Make groups, nested and not, and people in some of them."""
        for name in self.groups:
            self._make_group(name)
        self._join("site", "inner")
        for _ in range(people):
            self.hire()
        for _ in range(2 * people):
            self.join()

    def happen(self, times: int) -> None:
        """Let so many things happen, one after another."""
        events: list[Callable[[], None]] = [
            *(self.hire, self.join, self.join, self.leave, self.leave, self.move),
            *(self.rename, self.rename, self.disable, self.invite, self.report),
            *(self.nest, self.unnest, self.delete, self.restore, self.regroup),
        ]
        for _ in range(times):
            self.random.choice(events)()

    def hire(self) -> None:
        """Let somebody new come."""
        name = f"p{len(self.people)}"
        self.people.append(name)
        self._change(
            name,
            userPrincipalName=f"{name}@{self.tenants[0].domain}",
            displayName=name.title(),
            accountEnabled=True,
            userType="Member",
            officeLocation=self.random.choice(OFFICES),
        )

    def join(self) -> None:
        """Put somebody into a group."""
        group, person = self._group(), self._person()
        if group and person:
            self._join(group, person)

    def leave(self) -> None:
        """Take somebody out of a group."""
        group, person = self._group(), self._person()
        if group and person:
            self._leave(group, person)

    def move(self) -> None:
        """Take somebody from one group to another."""
        before, after, person = self._group(), self._group(), self._person()
        if before and after and person:
            self._leave(before, person)
            self._join(after, person)

    def rename(self) -> None:
        """Change or empty what mappings read of somebody."""
        number = self.random.randrange(1000)
        self._change_anybody(
            displayName=f"N{number}",
            department=self.random.choice(["Sales", None]),
            officeLocation=self.random.choice(OFFICES),
        )

    def disable(self) -> None:
        """Disable or enable somebody."""
        self._change_anybody(accountEnabled=self.random.random() < 0.5)

    def invite(self) -> None:
        """Make somebody a guest, or a member again."""
        self._change_anybody(userType=self.random.choice(["Guest", "Member"]))

    def report(self) -> None:
        """Give somebody another manager, or none."""
        person = self._person()
        boss = self.random.choice([*self.people[:BOSSES], None])
        if person and person != boss:
            self._each(
                lambda tenant: self.admin.set_manager(
                    tenant,
                    str(identity(person)),
                    str(identity(boss)) if boss else None,
                )
            )

    def nest(self) -> None:
        """Put a group into a group."""
        outer, inner = self._group(), self._group()
        if outer and inner and outer != inner:
            self._join(outer, inner)

    def unnest(self) -> None:
        """Take a group out of a group."""
        outer, inner = self._group(), self._group()
        if outer and inner and outer != inner:
            self._leave(outer, inner)

    def delete(self) -> None:
        """Delete somebody, now and then for good."""
        person = self._person()
        if person is None:
            return
        if self.random.random() < 0.3 and person not in self.people[:BOSSES]:
            self.people.remove(person)
            self._each(
                lambda tenant: self.admin.purge_user(tenant, str(identity(person)))
            )
            return
        self.deleted.add(person)
        self._each(lambda tenant: self.admin.delete_user(tenant, str(identity(person))))

    def restore(self) -> None:
        """Bring back somebody who was deleted."""
        if not self.deleted:
            return
        person = self.random.choice(sorted(self.deleted))
        self.deleted.remove(person)
        self._each(
            lambda tenant: self.admin.restore_user(tenant, str(identity(person)))
        )

    def regroup(self) -> None:
        """Delete the group that can be restored, or restore it."""
        if "team" in self.gone:
            self.gone.remove("team")
            act = self.admin.restore_group
        else:
            self.gone.add("team")
            act = self.admin.delete_group
        self._each(lambda tenant: act(tenant, str(identity("team"))))

    def _make_group(self, name: str) -> None:
        """Make a group; only Microsoft 365 groups can be restored."""
        kinds = ["Unified"] if name == "team" else []
        self._each(
            lambda tenant: self.admin.put_group(
                tenant,
                str(identity(name)),
                displayName=name,
                groupTypes=kinds,
                mailEnabled=bool(kinds),
            )
        )

    def _person(self) -> str | None:
        left = [one for one in self.people if one not in self.deleted]
        return self.random.choice(left) if left else None

    def _group(self) -> str | None:
        return self.random.choice([one for one in self.groups if one not in self.gone])

    def _join(self, group: str, member: str) -> None:
        ids = str(identity(group)), str(identity(member))
        self._each(lambda tenant: self.admin.add_member(tenant, *ids))

    def _leave(self, group: str, member: str) -> None:
        ids = str(identity(group)), str(identity(member))
        self._each(lambda tenant: self.admin.remove_member(tenant, *ids))

    def _change_anybody(self, **properties: Any) -> None:
        person = self._person()
        if person:
            self._change(person, **properties)

    def _change(self, person: str, **properties: Any) -> None:
        self._each(
            lambda tenant: self.admin.put_user(
                tenant, str(identity(person)), **properties
            )
        )

    def _each(self, act: Callable[[str], object]) -> None:
        for tenant in self.tenants:
            act(tenant.tenant_id)


def desk(admin: Admin, tenant: TenantInfo, name: str) -> Desk:
    """Return a desk that maps the groups of a history in every way."""
    found = bench.connect(admin, replace(tenant, name=name))
    found.map_site(10, "London", group_id=identity("site"), nested=True)
    found.map_site(20, "Leeds", group_id=identity("team"), include_external=True)
    found.map_agents(30, identity("agents"), "Analyst")
    found.map_field(40, "officeLocation")
    bench.map_role(found, identity("approvers"), bench.agent_role("Approver"))
    bench.agents_get(found, user_site=found.site("Desk"))
    bench.unguarded(found)
    FieldMapping.objects.create(
        connection=found.connection, kind=Kind.USERS, source="manager", target="manager"
    )
    return found
