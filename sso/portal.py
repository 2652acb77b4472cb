"""The users' door: what every page of the portal carries, and where it leads others."""

from __future__ import annotations

from functools import update_wrapper
from typing import TYPE_CHECKING, Final, TypeAlias, cast
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.audiences import audience_of
from accounts.words import Audience

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from accounts.models import Account

DOOR: Final = f"{settings.LOGIN_URL}?{urlencode({'portal': Audience.USER})}"
"""Where users sign in."""


class UserRequest(HttpRequest):
    """A request that passed `portal_page`: a user's, whose `user.enduser` is there."""

    user: Account


Page: TypeAlias = "Callable[[UserRequest], HttpResponse]"
View: TypeAlias = "Callable[[HttpRequest], HttpResponse]"


def portal_page(page: Page) -> View:
    """Let only users' sessions read the page, and no browser keep it.

    Strangers are sent to the users' door by Django's LoginRequiredMiddleware, which
    reads `login_url`; agents are sent there too, as changing over is a new sign-in.
    """

    def view(request: HttpRequest) -> HttpResponse:
        if audience_of(request) is not Audience.USER:
            return redirect_to_login(request.get_full_path(), DOOR)
        return page(cast("UserRequest", request))

    view = never_cache(require_safe(update_wrapper(view, page)))
    view.login_url = DOOR  # type: ignore[attr-defined]  # a function's own
    return view
