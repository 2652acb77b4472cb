"""Who may save which mapping: power is given by those who hold it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from common.rights import WORDS, Permission

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from common.rights import Rights
    from directory.models import AgentRole
    from mappings.models import SiteMapping

ADMINISTRATORS_ONLY = (
    "Only somebody with the permission “administer” may save mappings to *Agent*, "
    "agent roles and boards, or the group of a mapping: they give people access."
)


def beyond(rights: Rights, role: AgentRole) -> str:
    """Return what is wrong with giving the role, "" if nothing is.

    Nobody grants more than they hold, neither permissions nor organisations.
    """
    more = [
        one
        for one in Permission
        if one.value in role.permissions and not rights.may(one)
    ]
    if more:
        return (
            f"{role} may {WORDS[more[0]]}, and you may not: ask somebody who holds "
            "that permission to save this."
        )
    named = {one.pk for one in role.organisations.all()}
    if rights.organisations is not None and (not named or named - rights.organisations):
        return (
            f"{role} sees organisations that you do not see: ask somebody who does "
            "to save this."
        )
    return ""


def visible_mappings(
    mappings: QuerySet[SiteMapping], rights: Rights
) -> QuerySet[SiteMapping]:
    """Return the site mappings whose organisation the agent may see."""
    if rights.organisations is None:
        return mappings
    return mappings.filter(
        Q(is_agent=True)
        | Q(site__organisation__in=rights.organisations)
        | Q(organisation__in=rights.organisations)
    )
