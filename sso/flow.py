"""From the button to Microsoft and back, until it is known who signs in.

Nothing is written here but what waits in the session. msal speaks the protocol,
`connections.id_tokens` believes no token before it holds.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.conf import settings

from common.errors import AppError
from connections import access, callback, delegated, id_tokens
from connections.graph.errors import GraphError
from connections.http import HttpClient
from connections.id_tokens import Expected, Identity, TokenInvalid
from connections.msal_http import Documents
from connections.sign_in import Confidential, Way
from connections.signing_keys import SigningKeys
from sso import pending, published, refusals
from sso.pending import Begun, Purpose
from sso.refusals import SignInDenied
from sso.words import Reason, TenantType

if TYPE_CHECKING:
    from accounts.words import Audience
    from connections.callback import CallbackAnswer
    from connections.clouds import Cloud
    from connections.waiting import Session
    from sso.models import SsoConnection

PEOPLE_OF_ANY_TENANT = "organizations"
_documents = Documents()
_clients: dict[tuple[str, str, str], HttpClient] = {}


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants at a door: to come in, to confirm, to try."""

    door: Audience
    follow: str = ""
    purpose: Purpose = Purpose.SIGN_IN
    account_id: int | None = None


def begin(
    connection: SsoConnection, wish: Wish, *, session: Session, now: datetime
) -> str:
    """Return the address at Microsoft where the browser goes now.

    Raises SignInDenied if the sign-in host is away or does not know the application.
    """
    state = callback.new_state(wish.door.value)
    # Who is signed in elsewhere need not type again; who confirms must.
    prompt = "login" if wish.purpose is Purpose.CONFIRM else ""
    try:
        known, _ = _known(connection)
        begun = delegated.begin_sign_in(
            known,
            redirect_uri=published.redirect_uri(wish.door),
            state=state,
            prompt=prompt,
        )
    except AppError as error:
        raise refusals.provider(error) from error
    row = Begun(
        connection.pk,
        _application(connection),
        wish.door,
        wish.purpose,
        wish.account_id,
        wish.follow,
        begun.nonce,
        begun.kept,
    )
    pending.put(session, state, row, now)
    return begun.address


def identify(
    connection: SsoConnection, begun: Begun, answer: CallbackAnswer, now: datetime
) -> Identity:
    """Return who signs in; raises SignInDenied, the code is used up in any case."""
    refusals.check(answer)
    if _application(connection) != begun.application:
        raise SignInDenied(Reason.UNKNOWN_STATE)
    try:
        known, http = _known(connection, _documents)
        _check_issuer(answer, known.cloud)
        token = delegated.redeem_id_token(known, begun.kept, code=answer.code)
    except TokenInvalid as error:
        raise refusals.invalid(error) from error
    except AppError as error:
        raise refusals.provider(error) from error
    if not token:
        raise SignInDenied(Reason.TOKEN_INVALID)
    expected = Expected(
        known.cloud.authority,
        known.application_id,
        begun.nonce,
        published.tenants(connection),
    )
    keys = SigningKeys(cloud=known.cloud, segment=known.segment, http=http)
    try:
        return id_tokens.validate(token, expected=expected, keys=keys, now=now)
    except TokenInvalid as error:
        raise refusals.invalid(error) from error
    except GraphError as error:
        raise SignInDenied(Reason.PROVIDER_UNREACHABLE, code=error.code) from error


def _check_issuer(answer: CallbackAnswer, cloud: Cloud) -> None:
    """Refuse an answer that says it comes from another sign-in host (mix-up)."""
    if answer.issuer and not answer.issuer.startswith(f"{cloud.authority}/"):
        raise TokenInvalid(id_tokens.Flaw.ISSUER)


def sign_out_address(connection: SsoConnection, door: Audience) -> str:
    """Return where somebody ends their session at Microsoft too; empty: nowhere."""
    registration = connection.registration
    if registration is None:
        return ""
    cloud = access.connection_cloud(registration.cloud)
    segment = _segment(connection) or registration.tenant_id
    back = f"{published.origin(door)}/auth/signed-out"
    query = urlencode({"post_logout_redirect_uri": back})
    return f"{cloud.authority}/{segment}/oauth2/v2.0/logout?{query}"


def is_same_person(identity: Identity, tenant: str, person: str) -> bool:
    """Return whether an identity is the one that a session was opened by."""
    found = f"{identity.tenant_id}.{identity.object_id}"
    return hmac.compare_digest(found, f"{tenant}.{person}")


def _known(
    connection: SsoConnection, documents: Documents | None = None
) -> tuple[Confidential, HttpClient]:
    """Return the application as its sign-in host knows it, and the way there.

    Raises InvalidInput while its cloud is not set up, SignInRefused without credential.
    """
    registration = connection.registration
    if registration is None:
        raise SignInDenied(Reason.NOT_PUBLISHED)
    cloud = access.connection_cloud(registration.cloud)
    http = _client(cloud)
    known = Confidential(
        cloud=cloud,
        tenant_id=registration.tenant_id,
        application_id=registration.application_id,
        credentials=[access.credential(one) for one in registration.credentials.all()],
        http=http,
        way=Way(_segment(connection), ("offline_access",), documents),
    )
    return known, http


def _client(cloud: Cloud) -> HttpClient:
    """Return this process's connections to a cloud: each sign-in takes one along."""
    place = (cloud.ca_bundle, settings.HTTPS_PROXY, settings.NO_PROXY)
    if place not in _clients:
        ca_bundle, proxy, no_proxy = place
        _clients[place] = HttpClient(
            ca_bundle=ca_bundle, proxy=proxy, no_proxy=no_proxy
        )
    return _clients[place]


def _segment(connection: SsoConnection) -> str:
    is_multi = connection.tenant_type == TenantType.MULTI
    return PEOPLE_OF_ANY_TENANT if is_multi else ""


def _application(connection: SsoConnection) -> str:
    registration = connection.registration
    if registration is None:
        return ""
    parts = (connection.tenant_type, registration.cloud, registration.tenant_id)
    return " ".join(map(str, (*parts, registration.application_id)))
