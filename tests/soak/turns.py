"""What can be wrong with the tenant itself, and how it is put right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.contract import DEFAULT_PERMISSIONS
from tests.imports import leaving
from tests.soak.schedules import Turn

if TYPE_CHECKING:
    from random import Random

    from tests.soak.ground import Ground

HIDING = ("Group-1", "Board")
"""Groups that may hide their members."""
LEFT_OUT = (3, 40)
"""How many people a list leaves out."""


def take(ground: Ground, turn: Turn, random: Random) -> None:
    """Let the tenant itself turn against us."""
    desk = ground.desk
    group = str(ground.groups[random.choice(sorted(ground.members))])
    match turn:
        case Turn.NO_GROUPS:
            _permit(ground, "User.Read.All", "Organization.Read.All")
        case Turn.NO_PEOPLE:
            _permit(ground, "GroupMember.Read.All", "Organization.Read.All")
        case Turn.HIDDEN:
            name = random.choice(HIDING)
            desk.admin.put_group(
                desk.tenant.tenant_id,
                str(ground.groups[name]),
                visibility="HiddenMembership",
            )
        case Turn.UNREADABLE:
            desk.admin.fault(path=f"{group}/members", status=403)
        case Turn.EMPTIED:
            desk.admin.fault(path=f"{group}/members", **leaving.EMPTY)
        case Turn.SHORT:
            _leave_out(ground, random)


def _leave_out(ground: Ground, random: Random) -> None:
    """Make the list of people look complete without some of them."""
    desk = ground.desk
    rows = list(desk.admin.oracle(desk.tenant.tenant_id, "people"))
    out = {row["id"] for row in random.sample(rows, random.choice(LEFT_OUT))}
    listed = [
        {**row["properties"], "id": row["id"]} for row in rows if row["id"] not in out
    ]
    desk.admin.fault(path="/v1.0/users[?]", status=200, body={"value": listed})


def mend(ground: Ground) -> None:
    """Put everything right again, but for the people who left."""
    desk = ground.desk
    desk.admin.clear_faults()
    _permit(ground, *DEFAULT_PERMISSIONS)
    for name in HIDING:
        desk.admin.put_group(
            desk.tenant.tenant_id, str(ground.groups[name]), visibility=None
        )


def _permit(ground: Ground, *permissions: str) -> None:
    tenant = ground.desk.tenant
    ground.desk.admin.set_application(
        tenant.tenant_id, tenant.application_id, permissions=list(permissions)
    )
