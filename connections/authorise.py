"""Authorize: from the button to Microsoft and back (R066-R071).

This is authorisation, not sign-in: it opens no session. `start` and `finish` are asked
by the same account in the same session; whatever does not fit is refused before a
token is kept.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from django.conf import settings

from connections import (
    access,
    authorise_outcomes,
    callback,
    delegated,
    id_tokens,
    pending,
    scopes,
)
from connections import authorise_refusals as refusals
from connections.authorise_outcomes import Confirm, Needs, Outcome
from connections.authorise_refusals import AuthorisationRefused
from connections.authorised import Authorisation, Target
from connections.callback import CallbackAnswer
from connections.graph.errors import GraphError
from connections.id_tokens import Expected, Identity, TokenInvalid
from connections.models import Authorisation as Kind
from connections.models import TenantConnection
from connections.pending import Pending
from connections.probe import Need
from connections.prove import prove
from connections.signing_keys import SigningKeys
from connections.waiting import Session

if TYPE_CHECKING:
    from datetime import datetime

    from connections.delegated import Redeemed

PATH = "/azure/auth"
logger = logging.getLogger(__name__)


def redirect_uri() -> str:
    """Return where Microsoft sends the browser back to (R030)."""
    base = urlsplit(settings.AGENT_BASE_URL)
    return f"{base.scheme}://{base.netloc}{PATH}"


def start(
    connection: TenantConnection,
    *,
    account_id: int,
    session: Session,
    now: datetime,
    is_confirmed: bool = False,
) -> str:
    """Return the address at Microsoft where the browser goes now.

    `is_confirmed`: the account accepts the person of the last `Confirm`. Raises the
    AppError that says why nobody can be sent there, such as a tenant that is unknown.
    """
    chosen = pending.confirmed(session, connection.pk) if is_confirmed else None
    person, username = chosen or (None, "")
    state = callback.new_state()
    flow = None
    if connection.authorisation == Kind.DELEGATED:
        with access.confidential(access.application_of(connection)) as (known, _):
            flow = delegated.begin(
                known, redirect_uri=redirect_uri(), state=state, hint=username
            )
    begun = Pending(
        Target.of(connection),
        account_id,
        nonce=flow.nonce if flow else "",
        kept=flow.kept if flow else {},
        person=person,
    )
    pending.put(session, state, begun, now)
    return flow.address if flow else _consent_address(connection, state)


def _consent_address(connection: TenantConnection, state: str) -> str:
    application = access.application_of(connection)
    cloud = access.connection_cloud(application.cloud)
    asked = {
        "client_id": str(application.application_id),
        "redirect_uri": redirect_uri(),
        "state": state,
        "scope": cloud.scope,
    }
    tenant = application.tenant_id
    return f"{cloud.authority}/{tenant}/v2.0/adminconsent?{urlencode(asked)}"


def finish(
    answer: CallbackAnswer,
    *,
    account_id: int,
    session: Session,
    needs: Needs,
    now: datetime,
) -> Outcome:
    """Return what came of it; `needs` says what the connection is set up to do.

    Raises AuthorisationRefused; the state is used up in any case.
    """
    begun = pending.take(session, answer.state, now)
    if begun is None:
        raise refusals.unknown_state()
    if begun.account_id != account_id:
        raise refusals.other_account()
    connection_id = begun.target.connection_id
    try:
        connection = _unchanged(begun.target)
        refusals.check_answer(answer, needs_code=bool(begun.kept))
        if begun.kept:
            outcome = _delegated(connection, begun, answer.code, needs(connection), now)
            if isinstance(outcome, Confirm):
                pending.propose(
                    session, connection_id, outcome.person, outcome.username
                )
            return outcome
        return prove(connection, account_id=account_id, needs=needs, now=now)
    except AuthorisationRefused as refusal:
        refusal.connection_id = connection_id
        logger.info(
            "authorisation refused: %s",
            refusal.reason.value,
            extra={"connection": connection_id},
        )
        raise


def _unchanged(target: Target) -> TenantConnection:
    rows = TenantConnection.objects.select_related("registration")
    connection = rows.filter(pk=target.connection_id).first()
    if connection is None or Target.of(connection) != target:
        raise refusals.changed()
    return connection


def _delegated(
    connection: TenantConnection,
    begun: Pending,
    code: str,
    needs: Sequence[Need],
    now: datetime,
) -> Outcome:
    redeemed, identity = _signed_in(connection, begun, code, now)
    if identity.is_guest:
        raise refusals.guest(identity)
    refusals.check_granted(scopes.permissions(redeemed.scopes, needs))
    if _is_stranger(identity, connection, begun):
        return Confirm(
            connection,
            identity.object_id,
            identity.username,
            connection.authorised_as,
        )
    granted = Authorisation(
        account_id=begun.account_id,
        at=now,
        scopes=redeemed.scopes,
        person=identity.object_id,
        username=identity.username,
        tokens=redeemed.tokens.dump(),
    )
    found = scopes.permissions(redeemed.scopes, tuple(Need))
    return authorise_outcomes.keep(
        begun.target, granted, found, warning=_warning(identity)
    )


def _is_stranger(
    identity: Identity, connection: TenantConnection, begun: Pending
) -> bool:
    """Say whether somebody else authorised last time, and nobody confirmed this."""
    known = {connection.authorised_person, begun.person}
    return connection.authorised_person is not None and identity.object_id not in known


def _signed_in(
    connection: TenantConnection, begun: Pending, code: str, now: datetime
) -> tuple[Redeemed, Identity]:
    application = access.application_of(connection)
    try:
        with access.confidential(application) as (known, http):
            redeemed = delegated.redeem(known, begun.kept, code=code, now=now)
            identity = id_tokens.validate(
                redeemed.id_token,
                expected=Expected(
                    known.cloud.authority,
                    known.application_id,
                    begun.nonce,
                    frozenset({known.tenant_id}),
                ),
                keys=SigningKeys(
                    cloud=known.cloud, segment=str(known.tenant_id), http=http
                ),
                now=now,
            )
    except TokenInvalid as error:
        raise refusals.invalid(error) from error
    except GraphError as error:
        raise refusals.provider(error) from error
    return redeemed, identity


def _warning(identity: Identity) -> str:
    role = scopes.privileged_role(identity.claims.get("wids"))
    if not role:
        return ""
    return (
        f"{identity.username} is a {role}. The connection now acts with the reach of "
        "that account: an account with fewer rights, or application permissions, are "
        "safer."
    )
