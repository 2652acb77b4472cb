"""The end of a sign-in: who it is decides what happens, in the session that began."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from allauth.account.utils import perform_login
from django.contrib.auth import logout
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.audiences import DOOR
from accounts.sessions import SIGN_IN
from accounts.words import Audience
from sso import admit, denying, entering, flow, pending, published, refusals
from sso import standing as standings
from sso.admit import Admit, Create, Deny, LinkOnce
from sso.pending import Purpose
from sso.refusals import SignInDenied
from sso.words import Reason

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from connections.callback import CallbackAnswer
    from connections.id_tokens import Identity
    from sso.admit import Decision
    from sso.models import SsoConnection
    from sso.pending import Begun
    from sso.standing import Record

LANDING = {Audience.AGENT: "/", Audience.USER: "/portal/"}


def complete(request: HttpRequest, answer: CallbackAnswer) -> HttpResponse:
    """Return what comes of an answer; a refusal changes nothing but the log."""
    now = timezone.now()
    begun = pending.take(request.session, answer.state, now)
    if begun is None:
        return denying.page(request, SignInDenied(Reason.UNKNOWN_STATE))
    try:
        connection = published.rows().filter(pk=begun.connection_id).first()
        if begun.purpose is Purpose.TEST:
            return _tested(request, connection, begun, answer)
        connection = published.check(connection, begun.door)
        identity = flow.identify(connection, begun, answer, now)
        if begun.purpose is Purpose.CONFIRM:
            return _confirmed(request, begun, identity)
        record = _admitted(connection, begun, identity)
        return _open(request, connection, begun, identity, record)
    except SignInDenied as denied:
        return denying.page(request, denied, denying.attempt_of(begun))


def decide(
    connection: SsoConnection,
    door: Audience,
    identity: Identity,
    record: Record | None,
) -> Decision:
    """Return what would be done with an identity that is proven; writes nothing.

    `record` is the one of the door's kind that carries the identity.
    """
    is_new = record is None and door is Audience.USER
    return admit.admit(
        is_guest=identity.is_guest,
        door=door,
        policy=published.policy(connection),
        record=standings.standing(record, identity),
        namesakes=standings.namesakes(identity, connection) if is_new else (),
    )


def _admitted(connection: SsoConnection, begun: Begun, identity: Identity) -> Record:
    record = standings.record_of(identity, begun.door)
    decision = decide(connection, begun.door, identity, record)
    if isinstance(decision, LinkOnce):
        entering.link(identity, decision.record_id, connection)
    elif isinstance(decision, Create):
        entering.bring_in(identity, connection)
    if isinstance(decision, LinkOnce | Create):
        record = standings.record_of(identity, begun.door)
        decision = decide(connection, begun.door, identity, record)
    if isinstance(decision, Admit) and record is not None:
        return record
    reason = decision.reason if isinstance(decision, Deny) else Reason.NOT_IMPORTED
    raise SignInDenied(reason, identity=identity)


def _open(
    request: HttpRequest,
    connection: SsoConnection,
    begun: Begun,
    identity: Identity,
    record: Record,
) -> HttpResponse:
    """Hand the account to django-allauth, which asks for a second factor."""
    account = entering.account_of(identity, record)
    if request.user.is_authenticated:
        logout(request)  # whoever was signed in here may be somebody else
    request.session[DOOR] = begun.door
    entra = {
        "by": "entra",
        "connection": connection.pk,
        "door": begun.door.value,
        "tenant": str(identity.tenant_id),
        "person": str(identity.object_id),
        "upn": identity.username,
        "factor": connection.second_factor,
        "proved": _proved_at(identity),
    }
    response: HttpResponse = perform_login(
        request,
        account,
        email_verification="none",
        redirect_url=begun.follow or LANDING[begun.door],
        signal_kwargs={"entra": entra},
    )
    return response


def _proved_at(identity: Identity) -> int:
    """Return when the person last typed something at Microsoft, as far as is known."""
    told = identity.claims.get("auth_time")
    now = int(time.time())
    return min(told, now) if type(told) is int else now


def _confirmed(request: HttpRequest, begun: Begun, identity: Identity) -> HttpResponse:
    """Note that the session's own person proved again who they are."""
    began = request.session.get(SIGN_IN, {})
    is_theirs = request.user.is_authenticated and request.user.pk == begun.account_id
    if not is_theirs or not flow.is_same_person(
        identity, began.get("tenant", ""), began.get("person", "")
    ):
        raise SignInDenied(Reason.UNKNOWN_STATE, identity=identity)
    request.session[SIGN_IN] = {**began, "proved": int(time.time())}
    return redirect(begun.follow or LANDING[begun.door])


def _tested(
    request: HttpRequest,
    connection: SsoConnection | None,
    begun: Begun,
    answer: CallbackAnswer,
) -> HttpResponse:
    """Show an administrator what a sign-in would come to; nothing is written."""
    is_theirs = request.user.is_authenticated and request.user.pk == begun.account_id
    if connection is None or not is_theirs:
        raise SignInDenied(Reason.UNKNOWN_STATE)
    context: dict[str, Any] = {"connection": connection}
    try:
        identity = flow.identify(connection, begun, answer, timezone.now())
    except SignInDenied as denied:
        context["denied"] = denied
    else:
        context["identity"] = identity
        context["doors"] = [
            (door.value, *_foreseen(connection, door, identity)) for door in Audience
        ]
    return render(request, "sso/tested.html", context)


def _foreseen(
    connection: SsoConnection, door: Audience, identity: Identity
) -> tuple[str, str]:
    """Return the tone and the words of what would happen at a door."""
    record = standings.record_of(identity, door)
    decision = decide(connection, door, identity, record)
    if isinstance(decision, Deny) and decision.reason is Reason.NOT_PUBLISHED:
        return "warn", "This connection is not published yet: nobody can sign in by it."
    if isinstance(decision, Deny):
        return "bad", refusals.WORDS[decision.reason]
    if isinstance(decision, Create):
        return "ok", "Would be made as a user, as an import of this person would."
    if isinstance(decision, LinkOnce):
        return "ok", f"Would be linked to user {decision.record_id}, then let in."
    return "ok", "Would be let in."
