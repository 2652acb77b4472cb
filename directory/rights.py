"""What the signed-in agent may do and which records are visible to whom.

One function a model answers visibility; lists, details, pickers, search, exports,
run items, explanations and history all ask it, so that a foreign id is a 404.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.utils.functional import SimpleLazyObject

from accounts.audiences import audience_of
from accounts.words import Audience
from common.rights import NOBODY, Permission, Rights
from directory.models import (
    Agent,
    AgentRole,
    Asset,
    EndUser,
    Licence,
    Organisation,
    Site,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.contrib.auth.models import AnonymousUser
    from django.db.models import Model, QuerySet
    from django.http import HttpRequest, HttpResponse

    from accounts.models import Account

    M = TypeVar("M", bound=Model)

ORGANISATION_OF: dict[type[Any], str] = {
    Organisation: "pk",
    Site: "organisation",
    EndUser: "site__organisation",
    Asset: "site__organisation",
    Licence: "organisation",
}
"""Where each model that belongs to an organisation names it."""


class RightsMiddleware:
    """Give every request its `rights`, read when they are first asked for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep what comes after."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Set `request.rights` and go on."""
        request.rights = SimpleLazyObject(  # type: ignore[attr-defined]
            lambda: _rights(request)
        )
        return self.get_response(request)


def _rights(request: HttpRequest) -> Rights:
    """Return the agent's rights; a user's session has none, be they an agent or not."""
    if audience_of(request) is not Audience.AGENT:
        return NOBODY
    return rights_of(request.user)


def rights_of(account: Account | AnonymousUser) -> Rights:
    """Return the rights of the account's active agent; NOBODY if there is none."""
    if not account.is_authenticated:
        return NOBODY
    roles = list(
        Agent.objects.filter(account=account, is_active=True).values_list(
            *("pk", "name", "entra_object_id"),
            *("roles", "roles__permissions", "roles__organisations"),
        )
    )
    if not roles:
        return NOBODY
    held = [(words, named) for *_, role, words, named in roles if role is not None]
    named = [organisation for _, organisation in held]
    agent_id, name, object_id, *_ = roles[0]
    return Rights(
        agent_id=agent_id,
        name=name,
        object_id=object_id,
        permissions=frozenset(Permission(word) for words, _ in held for word in words),
        organisations=None if None in named else frozenset(named),
    )


def visible(queryset: QuerySet[M], rights: Rights) -> QuerySet[M]:
    """Return those rows whose organisation the agent may see.

    Models that belong to no organisation (agents, teams, boards, roles) are seen by
    everybody who may view.
    """
    path = ORGANISATION_OF.get(queryset.model)
    if rights.organisations is None or path is None:
        return queryset
    return queryset.filter(**{f"{path}__in": rights.organisations})


def administrators() -> QuerySet[Agent]:
    """Return the active agents who may administer everything."""
    roles = [
        role.pk
        for role in AgentRole.objects.filter(organisations=None)
        if role.is_administrator
    ]
    return Agent.objects.filter(is_active=True, roles__in=roles).distinct()


def is_last_administrator(agent: Agent) -> bool:
    """Return whether nobody else could administer."""
    found = set(administrators().values_list("pk", flat=True)[:2])
    return found == {agent.pk}
