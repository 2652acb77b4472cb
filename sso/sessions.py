"""Sessions that Microsoft opened end with what they stood on.

A person who is deactivated is out by `accounts.backends`. Here: the connection is
unpublished or leads elsewhere, its tenant is off the list, or the record carries
another identity now.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth import logout

from accounts.audiences import audience_of
from accounts.sessions import ENTRA, SIGN_IN
from accounts.words import Audience
from sso import published

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse


class SsoSessionMiddleware:
    """Sign out whose sign-in no longer stands; behind the AuthenticationMiddleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep what comes after."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """End the session, or go on."""
        door = audience_of(request)
        began = request.session.get(SIGN_IN, {}) if door else {}
        is_by_entra = began.get("by") == ENTRA and request.user.is_authenticated
        if door and is_by_entra and not _stands(request, began, door):
            logout(request)
        return self.get_response(request)


def _stands(request: HttpRequest, began: dict[str, Any], door: Audience) -> bool:
    is_open = published.stands(began["connection"], door, began["tenant"])
    return is_open and _is_still(request, began, door)


def _is_still(request: HttpRequest, began: dict[str, Any], door: Audience) -> bool:
    """Say whether the session's record still is the person that signed in."""
    user: Any = request.user
    record = user.agent if door is Audience.AGENT else user.enduser
    found = (str(record.entra_tenant_id), str(record.entra_object_id))
    return found == (began["tenant"], began["person"])
