"""Which calls Graph understands, what permission opens them and what they cost."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from simulator import (
    deleted,
    delta_groups,
    delta_users,
    group_reads,
    organisation,
    subscribed_skus,
    users,
)
from simulator.ask import Ask
from simulator.exchange import Answer

_DIRECTORY = frozenset({"Directory.Read.All", "Directory.ReadWrite.All"})
_PEOPLE = _DIRECTORY | {"User.Read.All", "User.ReadWrite.All"}
_MEMBERS = _DIRECTORY | {
    "GroupMember.ReadBasic.All",
    "GroupMember.Read.All",
    "GroupMember.ReadWrite.All",
    "Group.Read.All",
    "Group.ReadWrite.All",
}
_GROUPS = _MEMBERS | {"Group.ReadBasic.All"}
_ORGANISATION = _DIRECTORY | {"Organization.Read.All", "User.Read.All"}
_LICENCES = frozenset(
    {
        "LicenseAssignment.Read.All",
        "LicenseAssignment.ReadWrite.All",
        "Organization.Read.All",
        "Directory.Read.All",
    }
)


@dataclass(frozen=True, slots=True)
class Route:
    """One call that Graph understands: any of the permissions of each set opens it."""

    method: str
    path: re.Pattern[str]
    handle: Callable[[Ask], Answer]
    needs: tuple[frozenset[str], ...]
    units: int


def _route(
    shape: str, handle: Callable[[Ask], Answer], *needs: frozenset[str], units: int
) -> Route:
    method, path = shape.split(" ")
    pattern = re.escape(path).replace("KEY", "([^/]+)")
    return Route(method, re.compile(pattern + "$", re.IGNORECASE), handle, needs, units)


_DELTA_USERS = (delta_users.answer, _PEOPLE)
_DELTA_GROUPS = (delta_groups.answer, _GROUPS)

# The first match counts, so fixed segments stand before KEY.
ROUTES: tuple[Route, ...] = (
    _route("GET /users", users.list_users, _PEOPLE, units=2),
    _route("GET /users/$count", users.count_users, _PEOPLE, units=2),
    _route("GET /users/delta", *_DELTA_USERS, units=2),
    _route("GET /users/delta()", *_DELTA_USERS, units=2),
    _route("GET /users/microsoft.graph.delta()", *_DELTA_USERS, units=2),
    _route("GET /users/KEY", users.get_user, _PEOPLE, units=1),
    _route("GET /users/KEY/manager", users.get_manager, _PEOPLE, units=1),
    _route(
        "POST /users/KEY/checkMemberGroups",
        group_reads.check_member_groups, _PEOPLE, _GROUPS, units=4,
    ),
    _route("GET /groups", group_reads.list_groups, _GROUPS, units=1),
    _route("GET /groups/$count", group_reads.count_groups, _GROUPS, units=1),
    _route("GET /groups/delta", *_DELTA_GROUPS, units=1),
    _route("GET /groups/delta()", *_DELTA_GROUPS, units=1),
    _route("GET /groups/microsoft.graph.delta()", *_DELTA_GROUPS, units=1),
    _route("GET /groups/KEY", group_reads.get_group, _GROUPS, units=1),
    _route("GET /groups/KEY/members", group_reads.list_members, _MEMBERS, units=3),
    _route(
        "GET /groups/KEY/members/$count", group_reads.count_members, _MEMBERS, units=3
    ),
    _route(
        "GET /groups/KEY/members/KEY",
        group_reads.list_members_of_type, _MEMBERS, units=3,
    ),
    _route(
        "GET /groups/KEY/transitiveMembers",
        group_reads.list_transitive_members, _MEMBERS, units=5,
    ),
    _route(
        "GET /groups/KEY/transitiveMembers/KEY",
        group_reads.list_transitive_members_of_type, _MEMBERS, units=5,
    ),
    _route(
        "GET /directory/deletedItems/microsoft.graph.user",
        deleted.list_users, _PEOPLE, units=1,
    ),
    _route(
        "GET /directory/deletedItems/microsoft.graph.user/KEY",
        deleted.get_user, _PEOPLE, units=1,
    ),
    _route(
        "GET /directory/deletedItems/microsoft.graph.group",
        deleted.list_groups, _GROUPS, units=1,
    ),
    _route("GET /directory/deletedItems/KEY", deleted.get_object, _PEOPLE, units=1),
    _route(
        "GET /organization", organisation.list_organisations, _ORGANISATION, units=1
    ),
    _route("GET /subscribedSkus", subscribed_skus.list_skus, _LICENCES, units=3),
)  # fmt: skip
