"""What a session remembers of its sign-in, and how long it lasts."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.contrib.auth import logout

from accounts.audiences import audience_of
from accounts.words import Audience

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

SIGN_IN: Final = "sign_in"
ENTRA: Final = "entra"
"""What opened the session of somebody who signed in with Microsoft."""
SEEN: Final = "seen"
SEEN_EVERY = 60
"""Seconds between two writes of when a session was last used."""


def begin(request: HttpRequest, **_signal: Any) -> None:
    """Write down when the session was opened; by what, is `local` unless told."""
    now = int(time.time())
    request.session[SIGN_IN] = {"by": "local", "at": now}
    request.session[SEEN] = now


def begin_by_entra(
    request: HttpRequest, entra: dict[str, Any] | None = None, **_signal: Any
) -> None:
    """Write down who Microsoft said it is; receives allauth's `user_logged_in`."""
    if entra is not None:
        request.session[SIGN_IN] = {**request.session[SIGN_IN], **entra}


def is_over(session: dict[str, Any], audience: Audience, now: float) -> bool:
    """Return whether a session has reached an age at which it ends.

    Ages in seconds: settings.SESSION_ABSOLUTE_AGE since the sign-in, for everybody;
    settings.SESSION_IDLE_AGE since the last request, for agents.
    """
    began = session.get(SIGN_IN, {}).get("at", 0)
    idle = now - session.get(SEEN, 0)
    return bool(
        now - began >= settings.SESSION_ABSOLUTE_AGE
        or (audience is Audience.AGENT and idle >= settings.SESSION_IDLE_AGE)
    )


class AgesMiddleware:
    """Sign out whose session is over; stands behind the AuthenticationMiddleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep what comes after."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """End the session or note that it is in use, and go on."""
        audience, now = audience_of(request), time.time()
        if audience is not None:
            if is_over(dict(request.session.items()), audience, now):
                logout(request)
            elif now - request.session[SEEN] >= SEEN_EVERY:
                request.session[SEEN] = int(now)
        return self.get_response(request)
