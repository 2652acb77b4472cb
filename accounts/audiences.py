"""The two doors: agents come in at `/`, users at `/portal/`, and who is let in.

The backend that opened a session is its audience. Changing over is a new sign-in.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from django.contrib.auth import BACKEND_SESSION_KEY
from django.core.exceptions import ObjectDoesNotExist

from accounts.words import Audience

if TYPE_CHECKING:
    from django.http import HttpRequest

    from accounts.models import Account


BACKENDS: Final = {
    Audience.AGENT: "accounts.backends.AgentBackend",
    Audience.USER: "accounts.backends.UserBackend",
}
"""What opens and keeps the sessions of each audience."""

DOOR: Final = "door"
"""Where a session keeps the door at which somebody is signing in."""


def audience_of(request: HttpRequest) -> Audience | None:
    """Return the audience of the request's session; None: nobody is signed in."""
    backend = request.session.get(BACKEND_SESSION_KEY)
    return next((one for one, path in BACKENDS.items() if path == backend), None)


def own_layout(request: HttpRequest) -> dict[str, Any]:
    """Name the layout of pages about one's own sign-in, which both doors lead to.

    A context processor; the session is read where a template asks.
    """
    return {"own_layout": partial(_layout, request)}


def _layout(request: HttpRequest) -> str:
    is_portal = audience_of(request) is Audience.USER
    return "layouts/portal.html" if is_portal else "layouts/page.html"


def refusal(account: Account, audience: Audience) -> str:
    """Return why the account may not come in at that door; empty: it may.

    The reasons are those of `data-denied`: not_imported, inactive.
    """
    if not account.is_active:
        return "inactive"
    try:
        if audience is Audience.AGENT:
            return "" if account.agent.is_active else "inactive"
        user = account.enduser
    except ObjectDoesNotExist:
        return "not_imported"
    places = (user, user.site, user.site.organisation)
    return "" if all(one.is_active for one in places) else "inactive"
