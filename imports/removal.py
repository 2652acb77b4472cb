"""Removing a connection: its people stay, what it granted is kept or taken back.

Nobody is deleted or deactivated (R072, AM-14). What is kept counts as set by hand
from then on: the columns that name the giver lose it with the connection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from common.errors import AppError
from directory import indispensable
from directory.models import Agent, AgentRoleGrant, BoardSeat, EndUser
from imports.models import (
    MemberRead,
    MirrorMembership,
    MirrorUser,
    PersonMatch,
    Reported,
    Run,
    RunItem,
)
from imports.words import ACTIVE

if TYPE_CHECKING:
    from connections.models import TenantConnection

BUSY = "A run of this connection is under way. Cancel it or wait, then delete."


@transaction.atomic
def remove(connection: TenantConnection, *, take_back: bool) -> None:
    """Delete the connection with its mappings, mirror and runs.

    `take_back`: roles, seats and user roles that it gave go too. Raises AppError,
    and changes nothing, while a run is under way or if that would take the last
    administrator away, or the last break-glass one.
    """
    if Run.objects.filter(connection=connection, status__in=ACTIVE).exists():
        raise AppError(BUSY)
    if take_back:
        with indispensable.kept():
            _take_back(connection)
    # The large tables first, each in one statement.
    runs = Run.objects.filter(connection=connection)
    people = MirrorUser.objects.filter(connection=connection)
    mine = {"connection": connection}
    for rows in (
        RunItem.objects.filter(run__in=runs),
        PersonMatch.objects.filter(person__in=people),
        MemberRead.objects.filter(**mine),
        MirrorMembership.objects.filter(**mine),
        Reported.objects.filter(**mine),
        people,
    ):
        rows._raw_delete(rows.db)
    registration = connection.registration
    connection.delete()
    users = (registration.connections, registration.sso_connections)
    if not any(one.exists() for one in users):
        registration.delete()


def _take_back(connection: TenantConnection) -> None:
    grants = AgentRoleGrant.objects.filter(granted_by=connection)
    seats = BoardSeat.objects.filter(granted_by=connection)
    agents = {
        *grants.values_list("agent", flat=True),
        *seats.values_list("agent", flat=True),
    }
    grants.delete()
    seats.delete()
    Agent.objects.filter(pk__in=agents).update(revision=F("revision") + 1)
    EndUser.objects.filter(user_role_set_by=connection).update(
        user_role=None, user_role_set_by=None, revision=F("revision") + 1
    )
