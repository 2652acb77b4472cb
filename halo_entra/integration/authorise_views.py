"""Authorize: the button, Microsoft's answer, Disconnect (R066-R071).

The answer comes as a cross-site POST, with which no browser sends our session. So it
is parked, and fetched by a redirect to the same address. Nothing here signs anybody in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from accounts.doors import needs
from accounts.recent import needs_recent_sign_in
from accounts.refusals import too_many
from common import rates
from common.errors import AppError
from common.rights import Permission
from connections import authorise, authorised, callback
from connections.authorise_outcomes import Authorised, Confirm
from connections.authorise_refusals import AuthorisationRefused, Reason
from connections.callback import BadAnswer
from connections.models import Authorisation, TenantConnection
from connections.prove import prove as prove_application
from connections.tabs import tabs
from halo_entra.integration import permissions
from imports import ended

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse, HttpResponseBase

    from accounts.doors import AgentRequest

DETAILS = "connections:details"
MOST = 120
"""Starts and answers a minute from one address; an office shares one."""
PARKED = "answer"
NO_SESSION = (
    "Nobody is signed in here. Sign in as the agent who pressed Authorize, in the same "
    "browser, and press it again."
)


@require_POST
@needs(Permission.CONFIGURE)
@needs_recent_sign_in
def start(request: AgentRequest, pk: int) -> HttpResponse:
    """Send the agent to Microsoft; with `confirm`, for the person last asked about."""
    if limited := _limited(request, "start"):
        return limited
    connection = _connection(pk)
    try:
        address = authorise.start(
            connection,
            account_id=request.user.pk,
            session=request.session,
            now=timezone.now(),
            is_confirmed="confirm" in request.POST,
        )
    except AppError as error:
        messages.error(request, str(error))
        return redirect(DETAILS, pk)
    return _see(address)


@csrf_exempt
@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest) -> HttpResponseBase:
    """Take what Microsoft sends back, by POST or by GET.

    The state is what protects it from forgery, and it only counts in the session of
    the agent who began.
    """
    # Microsoft sends by POST. That is fetched by GET: only to guess at it is to try.
    is_post = request.method == "POST"
    if is_post and (limited := _limited(request, "answer")):
        return limited
    try:
        found = _parked(request) if is_post else _collected(request)
    except BadAnswer as error:
        if not is_post and (limited := _limited(request, "answer")):
            return limited
        found = _refused(request, Reason.UNKNOWN_STATE, str(error))
    found["Referrer-Policy"] = "no-referrer"
    return found


def _limited(request: HttpRequest, what: str) -> HttpResponse | None:
    """Answer 429 to an address that asks too often."""
    who = get_adapter(request).get_client_ip(request) or ""
    asked = rates.count(f"authorise.{what}", who)
    return too_many(request) if asked > MOST else None


def _parked(request: HttpRequest) -> HttpResponse:
    handle = callback.park(callback.read(request.POST))
    return _see(f"{reverse('connections:answer')}?{urlencode({PARKED: handle})}")


def _collected(request: HttpRequest) -> HttpResponseBase:
    if not request.user.is_authenticated:
        return _refused(request, Reason.NO_SESSION, NO_SESSION)
    return _finish(request)


@needs(Permission.CONFIGURE)
@needs_recent_sign_in
def _finish(request: AgentRequest) -> HttpResponse:
    handle = request.GET.get(PARKED)
    found = callback.collect(handle) if handle else callback.read(request.GET)
    try:
        outcome = authorise.finish(
            found,
            account_id=request.user.pk,
            session=request.session,
            needs=permissions.indispensable,
            now=timezone.now(),
        )
    except AuthorisationRefused as refusal:
        if refusal.connection_id is None:
            return _refused(request, refusal.reason, str(refusal))
        messages.error(request, str(refusal))
        return redirect(DETAILS, refusal.connection_id)
    except AppError as error:
        return _refused(request, Reason.PROVIDER_ERROR, str(error))
    if isinstance(outcome, Confirm):
        return _confirm(request, outcome)
    return _done(request, outcome)


def _confirm(request: AgentRequest, outcome: Confirm) -> HttpResponse:
    context = {
        "connection": outcome.connection,
        "tabs": tabs(outcome.connection, DETAILS),
        "username": outcome.username,
        "previous": outcome.previous,
    }
    return render(request, "integration/authorise_confirm.html", context)


def _done(request: AgentRequest, outcome: Authorised) -> HttpResponse:
    connection = outcome.connection
    by = f" by {connection.authorised_as}" if connection.authorised_as else ""
    ended.retry_now(connection.pk)
    messages.success(request, f"{connection} is authorised{by}.")
    if outcome.lacking:
        named = "; ".join(f"{one.needed_for} ({one.name})" for one in outcome.lacking)
        messages.info(request, f"Not granted, and so not available: {named}.")
    if outcome.warning:
        messages.warning(request, outcome.warning)
    return redirect(DETAILS, connection.pk)


@require_POST
@needs(Permission.CONFIGURE)
@needs_recent_sign_in
def prove(request: AgentRequest, pk: int) -> HttpResponse:
    """Authorise application permissions whose consent was given in Entra itself."""
    connection = get_object_or_404(
        TenantConnection.objects.select_related("registration"),
        pk=pk,
        authorisation=Authorisation.APPLICATION,
    )
    try:
        outcome = prove_application(
            connection,
            account_id=request.user.pk,
            needs=permissions.indispensable,
            now=timezone.now(),
        )
    except AppError as error:
        messages.error(request, str(error))
        return redirect(DETAILS, pk)
    return _done(request, outcome)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.CONFIGURE)
@needs_recent_sign_in
def disconnect(request: AgentRequest, pk: int) -> HttpResponse:
    """Ask, then delete the tokens; say where the tenant takes its consent back."""
    connection = _connection(pk)
    where = authorised.where_to_revoke(connection)
    if request.method == "POST":
        authorised.disconnect(connection)
        messages.success(request, f"{connection} is disconnected. {where}")
        return redirect(DETAILS, pk)
    context = {"connection": connection, "where": where}
    return render(request, "integration/disconnect.html", context)


def _refused(request: HttpRequest, reason: Reason, words: str) -> HttpResponse:
    context = {"reason": reason.value, "words": words}
    return render(request, "integration/authorise_refused.html", context, status=403)


def _connection(pk: int) -> TenantConnection:
    rows = TenantConnection.objects.select_related("registration")
    return get_object_or_404(rows, pk=pk)


def _see(address: str) -> HttpResponseRedirect:
    """Return a 303: the browser goes there with a GET, whatever it came with."""
    found = HttpResponseRedirect(address)
    found.status_code = 303
    return found
