"""Recent authentication: secrets, publishing and approving ask again who it is.

"Recent" is settings.ACCOUNT_REAUTHENTICATION_TIMEOUT (seconds). django-allauth records
in the session each password and second factor given, by whom and when; a sign-in with
Microsoft is written down as `proved`.
"""

from __future__ import annotations

import time
from functools import update_wrapper
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar, cast
from urllib.parse import urlencode, urlsplit

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseRedirect
from django_htmx.http import HttpResponseClientRedirect

from accounts.sessions import SIGN_IN

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse, HttpResponseBase

    from accounts.doors import AgentRequest

P = ParamSpec("P")
R = TypeVar("R", bound=HttpRequest)


def needs_recent_sign_in(
    page: Callable[Concatenate[R, P], HttpResponseBase],
) -> Callable[Concatenate[R, P], HttpResponseBase]:
    """Let only those through who lately proved who they are; stands below `needs`.

    Others are led to do so and come back to the page. Nothing that they sent is kept,
    as it may hold secrets: the page says that nothing was saved. An account with
    neither password nor second factor gets a 403 that says what to do.
    """

    def view(request: R, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if is_recent(request):
            return page(request, *args, **kwargs)
        return _ask_again(request)

    # Only in its annotations does the copy differ from the page itself.
    return cast(
        "Callable[Concatenate[R, P], HttpResponseBase]", update_wrapper(view, page)
    )


def is_recent(request: HttpRequest) -> bool:
    """Return whether the session's account proved lately who it is."""
    records = get_authentication_records(request, request.user)
    proved = request.session.get(SIGN_IN, {}).get("proved", 0.0)
    latest = max((record["at"] for record in records), default=0.0)
    return bool(
        time.time() - max(latest, proved) < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
    )


def _ask_again(request: HttpRequest) -> HttpResponse:
    ways = get_adapter(request).get_reauthentication_methods(request.user)
    if not ways:
        raise PermissionDenied(
            "This needs a fresh proof of who you are. Sign out, sign in again, and "
            "come back within 15 minutes."
        )
    return ask_at(ways[0]["url"], request)


def ask_at(address: str, request: HttpRequest) -> HttpResponse:
    """Lead to a page that asks for a proof, and from there back to the request's."""
    if request.method not in {"GET", "HEAD"}:
        messages.warning(
            request, "Nothing was saved. Confirm that it is you, then do it again."
        )
    ask = f"{address}?{urlencode({'next': _page(request)})}"
    if getattr(request, "htmx", False):
        return HttpResponseClientRedirect(ask)
    return HttpResponseRedirect(ask)


def _page(request: HttpRequest) -> str:
    """Return the address of the page that the request was sent from."""
    if getattr(request, "htmx", False):
        shown = cast("AgentRequest", request).htmx.current_url_abs_path
        return shown or request.path
    if request.method in {"GET", "HEAD"}:
        return request.get_full_path()
    referer = urlsplit(request.headers.get("Referer", ""))
    if (referer.scheme, referer.netloc) != (request.scheme, request.get_host()):
        return request.path
    return referer._replace(scheme="", netloc="", fragment="").geturl() or request.path
