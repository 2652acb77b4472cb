"""Signing in with Microsoft: the way there, and what comes back.

The answer comes as a cross-site POST, with which no browser sends our session. So it
is parked, and fetched by a redirect to the door's own origin.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from accounts.audiences import audience_of
from accounts.refusals import too_many
from accounts.sessions import ENTRA, SIGN_IN
from accounts.views import door_of
from accounts.words import Audience
from common import rates
from connections import callback
from connections.callback import BadAnswer
from sso import completing, denying, events, flow, published
from sso.events import Attempt
from sso.flow import Wish
from sso.pending import Purpose
from sso.refusals import SignInDenied
from sso.words import Reason

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse, HttpResponseBase

    from sso.models import SsoConnection

MOST = 240
"""Starts and answers a minute from one address; an office shares one."""
PARKED = "answer"


@login_not_required
@never_cache
@require_safe
def start(request: HttpRequest, slug: str) -> HttpResponse:
    """Send the browser to Microsoft, by the connection of that name."""
    connection = published.rows().filter(slug=slug).first()
    return lead(request, connection, door_of(request))


def lead(
    request: HttpRequest, connection: SsoConnection | None, door: Audience
) -> HttpResponse:
    """Send the browser to Microsoft by a connection, to come in at a door."""
    if limited := _limited(request, "start"):
        return limited
    attempt = Attempt(connection.pk if connection else None, door.value)
    try:
        found = published.check(connection, door)
        _check_came_from_here(request)
        wish = Wish(door, next_page(request))
        now = timezone.now()
        address = flow.begin(found, wish, session=request.session, now=now)
    except SignInDenied as denied:
        return denying.page(request, denied, attempt)
    return HttpResponseRedirect(address)


def _check_came_from_here(request: HttpRequest) -> None:
    """Raise SignInDenied for a start that another site asked the browser for."""
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise SignInDenied(Reason.UNKNOWN_STATE)


@never_cache
@require_safe
def confirm(request: HttpRequest) -> HttpResponse:
    """Let somebody who signed in with Microsoft prove again who they are."""
    began = request.session.get(SIGN_IN, {})
    if began.get("by") != ENTRA:
        return redirect(
            f"{reverse('account_reauthenticate')}?{request.GET.urlencode()}"
        )
    door = audience_of(request) or Audience.AGENT
    connection = published.rows().get(pk=began["connection"])
    wish = Wish(door, next_page(request), Purpose.CONFIRM, request.user.pk)
    try:
        now = timezone.now()
        address = flow.begin(connection, wish, session=request.session, now=now)
    except SignInDenied as denied:
        return denying.page(request, denied, Attempt(connection.pk, door.value))
    return HttpResponseRedirect(address)


@csrf_exempt
@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest) -> HttpResponseBase:
    """Take what Microsoft sends back, by POST or by GET.

    The state is what protects it from forgery: it only counts in the session that
    began, once.
    """
    handle = request.GET.get(PARKED, "")
    # What is parked was counted when it came: only to guess at handles is to try again.
    if not handle and (limited := _limited(request, "answer")):
        return limited
    try:
        found = _answered(request, handle)
    except BadAnswer:
        if handle and (limited := _limited(request, "answer")):
            return limited
        found = denying.page(request, SignInDenied(Reason.UNKNOWN_STATE))
    found["Referrer-Policy"] = "no-referrer"
    return found


def _answered(request: HttpRequest, handle: str) -> HttpResponseBase:
    if handle:
        return completing.complete(request, callback.collect(handle))
    came = callback.read(request.POST if request.method == "POST" else request.GET)
    home = published.origin(Audience(callback.label_of(came.state) or Audience.AGENT))
    is_home = urlsplit(home).netloc == request.get_host()
    if request.method == "GET" and is_home:
        return completing.complete(request, came)
    query = urlencode({PARKED: callback.park(came)})
    place = "" if is_home else home
    response = HttpResponseRedirect(f"{place}{reverse('sso_answer')}?{query}")
    response.status_code = 303
    return response


def _limited(request: HttpRequest, what: str) -> HttpResponse | None:
    """Answer 429 to an address that asks too often; once a minute that is logged."""
    asked = rates.count(f"sso.{what}", events.address(request) or "")
    if asked <= MOST:
        return None
    if asked == MOST + 1:
        events.refused(request, Attempt(), SignInDenied(Reason.RATE_LIMITED))
    return too_many(request)


def next_page(request: HttpRequest) -> str:
    """Return where to go after signing in: a path of ours, else nothing."""
    asked = request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        asked, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    parts = urlsplit(asked)
    if not is_ours or not parts.path.startswith("/"):
        return ""
    return parts._replace(scheme="", netloc="", fragment="").geturl()


@login_not_required
@never_cache
@require_safe
def signed_out(request: HttpRequest) -> HttpResponse:
    """Say that the session has ended, and offer to end Microsoft's too."""
    by = request.GET.get("by", "")
    rows = published.rows().filter(published=True)
    connection = rows.filter(pk=by).first() if by.isdigit() and len(by) < 10 else None
    door = door_of(request)
    context = {
        "is_portal": door is Audience.USER,
        "microsoft": flow.sign_out_address(connection, door) if connection else "",
    }
    return render(request, "account/signed_out.html", context)
