"""What happens to the people of a tenant: random, told to the tenant and to the truth.

Each event returns whom it touched; whoever is concerned through a group or a mapping
is found by the truth itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from tests.month.truth import Person, Where

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID as Id

    from tests.month.ground import Ground

    Event = Callable[[Ground], Sequence[Id]]

NAMESPACE = UUID("5f1d2c3b-4a59-4e68-8776-0a1b2c3d4e5f")
OFFICES = ("Bristol", "York", " Ely ", "", None)
JOINED = ("Group-1", "Group-2", "Group-3", "York", "Inner", "Team", "Agents")
EVERY = (*JOINED, "Approvers", "Board")


def hire(ground: Ground) -> Sequence[Id]:
    """Let somebody new come, into a group or two; now and then a guest."""
    number = len(ground.truth.people)
    person = uuid5(NAMESPACE, f"{ground.tenant} {number}")
    is_guest = ground.random.random() < 0.2
    mark = "_elsewhere.example#EXT#" if is_guest else ""
    known = Person(
        f"new{number}{mark}@{ground.desk.tenant.domain}",
        ground.random.choice(OFFICES),
        "Guest" if is_guest else "Member",
    )
    ground.truth.people[person] = known
    ground.admin.put_user(
        ground.tenant,
        str(person),
        userPrincipalName=known.upn,
        displayName=f"New {number}",
        officeLocation=known.office,
        userType=known.kind,
        accountEnabled=True,
    )
    for group in ground.random.sample(JOINED, ground.random.choice((1, 1, 2))):
        put(ground, group, person)
    report(ground, person)
    return [person]


def join(ground: Ground) -> Sequence[Id]:
    """Put somebody into a group."""
    return put(ground, ground.random.choice(EVERY), anybody(ground))


def leave(ground: Ground) -> Sequence[Id]:
    """Take somebody out of a group."""
    group = ground.random.choice(EVERY)
    members = _members(ground, group)
    return take(ground, group, ground.random.choice(members)) if members else ()


def move(ground: Ground) -> Sequence[Id]:
    """Take somebody from one group to another."""
    before, after = ground.random.sample(JOINED, 2)
    members = _members(ground, before)
    if not members:
        return ()
    person = ground.random.choice(members)
    return [*take(ground, before, person), *put(ground, after, person)]


def rename(ground: Ground) -> Sequence[Id]:
    """Call somebody otherwise."""
    person = anybody(ground)
    name = f"Renamed {ground.random.randrange(10_000)}"
    department = ground.random.choice(["Sales", None])
    ground.desk.change(person, displayName=name, department=department)
    return [person]


def relocate(ground: Ground) -> Sequence[Id]:
    """Give somebody another office, or none."""
    person = anybody(ground)
    known = ground.truth.people[person]
    known.office = ground.random.choice(OFFICES)
    ground.desk.change(person, officeLocation=known.office)
    return [person]


def invite(ground: Ground) -> Sequence[Id]:
    """Make somebody a guest, or a member again."""
    person = anybody(ground)
    known = ground.truth.people[person]
    known.kind = ground.random.choice(["Guest", "Member"])
    ground.desk.change(person, userType=known.kind)
    return [person]


def disable(ground: Ground) -> Sequence[Id]:
    """Switch somebody's account off."""
    return switch(ground, anybody(ground), is_on=False)


def enable(ground: Ground) -> Sequence[Id]:
    """Switch the account of somebody who is disabled on again."""
    people = ground.truth.people
    off = [one for one in ground.truth.here() if not people[one].is_enabled]
    return switch(ground, ground.random.choice(off), is_on=True) if off else ()


def delete(ground: Ground) -> Sequence[Id]:
    """Delete somebody; they can be restored."""
    person = anybody(ground)
    ground.admin.delete_user(ground.tenant, str(person))
    ground.truth.people[person].where = Where.BIN
    return [person]


def purge(ground: Ground) -> Sequence[Id]:
    """Delete somebody for good, in one go."""
    person = anybody(ground)
    ground.admin.purge_user(ground.tenant, str(person))
    ground.truth.people[person].where = Where.PURGED
    return [person]


def restore(ground: Ground) -> Sequence[Id]:
    """Bring back somebody who was deleted."""
    found = ground.truth.people
    deleted = [one for one, known in found.items() if known.where is Where.BIN]
    if not deleted:
        return ()
    person = ground.random.choice(deleted)
    ground.admin.restore_user(ground.tenant, str(person))
    found[person].where = Where.HERE
    ground.truth.restored.add(person)
    return [person]


def reassign(ground: Ground) -> Sequence[Id]:
    """Give somebody another manager, or none."""
    person = anybody(ground)
    report(ground, person)
    return [person]


def nest(ground: Ground) -> Sequence[Id]:
    """Put the inner group into another, or take it out of one."""
    outer = ground.random.choice(("York", "Group-1", "Team"))
    held = ground.truth.groups[outer].inner
    if "Inner" in held:
        ground.desk.leave(ground.ids[outer], ground.ids["Inner"])
        held.remove("Inner")
    elif ground.truth.groups[outer].is_here:
        ground.desk.join(ground.ids[outer], ground.ids["Inner"])
        held.add("Inner")
    return ()


def regroup(ground: Ground) -> Sequence[Id]:
    """Delete the group that can be restored, or restore it."""
    team = ground.truth.groups["Team"]
    act = ground.admin.delete_group if team.is_here else ground.admin.restore_group
    act(ground.tenant, str(ground.ids["Team"]))
    team.is_here = not team.is_here
    return ()


def rename_group(ground: Ground) -> Sequence[Id]:
    """Call a group otherwise: mappings know it by its id."""
    group = ground.ids[ground.random.choice(EVERY)]
    name = f"Renamed {ground.random.randrange(10_000)}"
    ground.admin.put_group(ground.tenant, str(group), displayName=name)
    return ()


def empty(ground: Ground) -> Sequence[Id]:
    """Take everybody out of a small group."""
    group = ground.random.choice(("York", "Inner", "Approvers", "Board"))
    members = _members(ground, group)
    return [one for person in members for one in take(ground, group, person)]


def reorganise(ground: Ground) -> Sequence[Id]:
    """Let many leave a large group at once, most of them into another."""
    before, after = ground.random.sample(("Group-1", "Group-2", "Group-3"), 2)
    members = _members(ground, before)
    chosen = ground.random.sample(members, len(members) * 2 // 5)
    for person in chosen:
        take(ground, before, person)
        if ground.random.random() < 0.8:
            put(ground, after, person)
    return chosen


OFTEN: Sequence[Event] = (
    *(hire, hire, join, join, leave, leave, move, move, rename, rename, rename),
    *(relocate, invite, disable, enable, delete, restore, reassign, reassign, purge),
)
SELDOM: Sequence[Event] = (nest, nest, regroup, rename_group, empty)
"""A few a week."""


def anybody(ground: Ground) -> Id:
    """Return somebody who is in the tenant."""
    return ground.random.choice(ground.truth.here())


def report(ground: Ground, person: Id) -> None:
    """Let somebody report to somebody, or to nobody."""
    boss = ground.random.choice([anybody(ground), anybody(ground), None])
    if boss != person:
        told = str(boss) if boss else None
        ground.admin.set_manager(ground.tenant, str(person), told)
        ground.truth.people[person].manager = boss


def put(ground: Ground, group: str, person: Id) -> Sequence[Id]:
    """Make somebody a member, unless they are or the group is gone."""
    found = ground.truth.groups[group]
    if not found.is_here or person in found.members:
        return ()
    ground.desk.join(ground.ids[group], person)
    found.members.add(person)
    return [person]


def take(ground: Ground, group: str, person: Id) -> Sequence[Id]:
    """End somebody's membership."""
    ground.desk.leave(ground.ids[group], person)
    ground.truth.groups[group].members.remove(person)
    return [person]


def switch(ground: Ground, person: Id, *, is_on: bool) -> Sequence[Id]:
    """Switch an account on or off."""
    ground.desk.change(person, accountEnabled=is_on)
    ground.truth.people[person].is_enabled = is_on
    return [person]


def _members(ground: Ground, name: str) -> list[Id]:
    """Return the direct members who are in the tenant, in a fixed order."""
    group, people = ground.truth.groups[name], ground.truth.people
    if not group.is_here:
        return []
    return sorted(one for one in group.members if people[one].where is Where.HERE)
