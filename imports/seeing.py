"""Which people of a tenant an agent may see: those whose record here they may see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q
from django.http import Http404

from directory.models import Agent, EndUser
from directory.rights import visible

if TYPE_CHECKING:
    from uuid import UUID

    from common.rights import Rights
    from connections.models import TenantConnection


def is_visible(
    connection: TenantConnection, object_id: UUID | None, rights: Rights
) -> bool:
    """Return whether the agent may see a person of the tenant.

    Somebody who has no record yet is seen only by agents who see everything.
    """
    if rights.sees_everything:
        return True
    if object_id is None:
        return False
    theirs = Q(entra_tenant_id=connection.tenant_id, entra_object_id=object_id)
    users = visible(EndUser.objects.filter(theirs), rights)
    return users.exists() or Agent.objects.filter(theirs).exists()


def require_visible(
    connection: TenantConnection, object_id: UUID | None, rights: Rights
) -> None:
    """Raise Http404 unless the agent may see the person."""
    if not is_visible(connection, object_id, rights):
        raise Http404
