"""What becomes of what a mapping gave, when the mapping goes (AM-14).

Kept: it counts as given by hand, and no run takes it back. Else the next run decides,
as its preview shows. Nobody is deleted either way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from django.db.models import F

from directory.models import Agent, AgentRoleGrant, BoardSeat, EndUser
from mappings.models import AgentRoleMapping, BoardMapping, SiteMapping

if TYPE_CHECKING:
    from django.db.models import QuerySet

    Given: TypeAlias = QuerySet[AgentRoleGrant] | QuerySet[BoardSeat]

Mapping: TypeAlias = SiteMapping | AgentRoleMapping | BoardMapping


def count(mapping: Mapping) -> int:
    """Return how many people hold, from this connection, what the mapping gives."""
    return _people(mapping).count() if _is_of_site(mapping) else _given(mapping).count()


def keep(mapping: Mapping) -> None:
    """Let what the connection gave count as given by hand from now on."""
    if _is_of_site(mapping):
        _people(mapping).update(site_set_by=None, revision=F("revision") + 1)
        return
    given = _given(mapping)
    agents = list(given.values_list("agent", flat=True))
    given.update(granted_by=None)
    Agent.objects.filter(pk__in=agents).update(revision=F("revision") + 1)


def _is_of_site(mapping: Mapping) -> bool:
    return isinstance(mapping, SiteMapping) and not mapping.is_agent


def _people(mapping: Any) -> QuerySet[EndUser]:
    people = EndUser.objects.filter(site_set_by=mapping.connection_id)
    if mapping.organisation_id:
        return people.filter(site__organisation=mapping.organisation_id)
    return people.filter(site=mapping.site_id)


def _given(mapping: Any) -> Given:
    by = mapping.connection_id
    if isinstance(mapping, BoardMapping):
        return BoardSeat.objects.filter(board=mapping.board_id, granted_by=by)
    role = (
        mapping.agent_role_id if isinstance(mapping, SiteMapping) else mapping.role_id
    )
    return AgentRoleGrant.objects.filter(role=role, granted_by=by)
