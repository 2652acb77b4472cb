"""The one line that every page of the agents' app carries: which permission it needs.

`request.rights` is set by `directory.rights.RightsMiddleware`.
"""

from __future__ import annotations

from functools import update_wrapper
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeAlias, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from common.rights import WORDS, Permission, Rights

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponseBase
    from django_htmx.middleware import HtmxDetails

    from accounts.models import Account

P = ParamSpec("P")


class AgentRequest(HttpRequest):
    """A request that passed `needs`: a signed-in agent's, with rights and htmx."""

    user: Account
    rights: Rights
    htmx: HtmxDetails


Page: TypeAlias = "Callable[Concatenate[AgentRequest, P], HttpResponseBase]"
View: TypeAlias = "Callable[Concatenate[HttpRequest, P], HttpResponseBase]"


def needs(*permissions: Permission) -> Callable[[Page[P]], View[P]]:
    """Let only agents through who hold all these permissions.

    Others get a 403 that says what is missing (`refuse`). Who is not signed in never
    comes here: Django's LoginRequiredMiddleware sends them to the sign-in page.
    """

    def door(page: Page[P]) -> View[P]:
        def view(
            request: HttpRequest, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponseBase:
            agent_request = cast("AgentRequest", request)
            for permission in permissions:
                require(agent_request.rights, permission)
            return page(agent_request, *args, **kwargs)

        return cast("View[P]", update_wrapper(view, page))

    return door


def require(rights: Rights, permission: Permission) -> None:
    """Raise PermissionDenied, in words for the page, unless the permission is held."""
    if not rights.may(permission):
        raise PermissionDenied(
            f"This needs the permission “{permission.value}”: to {WORDS[permission]}. "
            "Ask an administrator for a role that has it."
        )
