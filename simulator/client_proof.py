"""How a client proves which application it is: secret or signed assertion."""

from __future__ import annotations

import time
from collections.abc import Mapping

from simulator import assertions
from simulator.login_errors import LoginError
from simulator.tenant import Application, Tenant
from simulator.world import World

_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def application(tenant: Tenant, form: Mapping[str, str]) -> Application:
    """Return the application that the form names; refuse an unknown or disabled one."""
    client_id = form.get("client_id", "")
    if not client_id:
        raise LoginError(
            900144,
            "invalid_request",
            "The request body must contain the following parameter: 'client_id'.",
        )
    found = tenant.applications.get(client_id.lower())
    if found is None:
        raise LoginError(
            700016,
            "unauthorized_client",
            f"Application with identifier '{client_id}' was not found in the directory "
            f"'{tenant.name}'. This can happen if the application has not been "
            "installed by the administrator of the tenant or consented to by any user "
            "in the tenant.",
        )
    if not found.is_enabled:
        raise LoginError(
            7000112,
            "unauthorized_client",
            f"Application '{client_id}'(Service desk) is disabled.",
        )
    return found


def prove(
    world: World, segment: str, application: Application, form: Mapping[str, str]
) -> bool:
    """Check secret or assertion; return whether it was an assertion.

    `segment` is how the token endpoint's address begins, by its own document.
    """
    if form.get("client_assertion_type") == _ASSERTION:
        assertion = form.get("client_assertion", "")
        _prove_certificate(world, segment, application, assertion)
        return True
    secret = form.get("client_secret")
    if not secret:
        raise LoginError(
            7000218,
            "invalid_client",
            "The request body must contain the following parameter: "
            "'client_assertion' or 'client_secret'.",
            status=401,
        )
    if secret != application.secret:
        raise LoginError(
            7000215,
            "invalid_client",
            "Invalid client secret provided. Ensure the secret being sent in the "
            "request is the client secret value, not the client secret ID, for a "
            f"secret added to app '{application.id}'.",
            status=401,
        )
    if application.has_expired_secret:
        raise LoginError(
            7000222,
            "invalid_client",
            f"The provided client secret keys for app '{application.id}' are expired.",
            status=401,
        )
    return False


def _prove_certificate(
    world: World, segment: str, application: Application, assertion: str
) -> None:
    is_valid = application.certificate_pem is not None and assertions.is_valid(
        assertion,
        certificate_pem=application.certificate_pem,
        client_id=application.id,
        audience=f"{world.origin}/{segment}/oauth2/v2.0/token",
        # Made by a client that knows nothing of how far our clock was moved.
        now=time.time(),
    )
    if not is_valid:
        raise LoginError(
            700027,
            "invalid_client",
            "The certificate with identifier used to sign the client assertion is not "
            f"registered on application '{application.id}', or its signature or "
            "claims are not valid.",
            status=401,
        )
