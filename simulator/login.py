"""The identity platform's addresses, and its token endpoint."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from simulator import assertions, discovery
from simulator.exchange import Answer, Call, json_answer
from simulator.login_errors import LoginError
from simulator.tenant import Application, Tenant
from simulator.world import World

_DOCUMENT = r"/v2\.0/\.well-known/openid-configuration"
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def answer(world: World, call: Call) -> Answer | None:
    """Answer a request to the login host; None if the path is not one of its own."""
    for method, pattern, handle in _ROUTES:
        match = pattern.match(call.path)
        if match is not None and method == call.method:
            try:
                return handle(world, call, match[1])
            except LoginError as error:
                return _refusal(world, error)
    return None


def _refusal(world: World, error: LoginError) -> Answer:
    now = datetime.fromtimestamp(world.clock.now(), UTC)
    timestamp = now.strftime("%Y-%m-%d %H:%M:%SZ")
    trace, correlation = str(uuid.uuid4()), str(uuid.uuid4())
    body = {
        "error": error.error,
        "error_description": f"AADSTS{error.number}: {error} Trace ID: {trace} "
        f"Correlation ID: {correlation} Timestamp: {timestamp}",
        "error_codes": [error.number],
        "timestamp": timestamp,
        "trace_id": trace,
        "correlation_id": correlation,
        "error_uri": f"{world.origin}/error?code={error.number}",
    }
    headers = {"cache-control": "no-store, no-cache", "pragma": "no-cache"}
    headers["x-ms-request-id"] = trace
    headers["x-ms-clitelem"] = f"1,{error.number},0,,"
    return json_answer(body, status=error.status, headers=headers)


def _token(world: World, call: Call, name: str) -> Answer:
    tenant = discovery.find_tenant(world, name)
    form = call.form()
    if form.get("grant_type") != "client_credentials":
        raise LoginError(
            70003,
            "unsupported_grant_type",
            f"The app requested an unsupported grant type '{form.get('grant_type')}'.",
        )
    application = _application(tenant, form)
    is_certificate = _prove(world, tenant, application, form)
    _check_scope(form.get("scope", ""))
    token, lifetime = world.tokens.for_application(
        tenant, application, is_certificate=is_certificate
    )
    body = {
        "token_type": "Bearer",
        "expires_in": lifetime,
        "ext_expires_in": lifetime,
        "access_token": token,
    }
    headers = {"cache-control": "no-store, no-cache", "pragma": "no-cache"}
    return json_answer(body, headers=headers)


def _application(tenant: Tenant, form: Mapping[str, str]) -> Application:
    client_id = form.get("client_id", "")
    if not client_id:
        raise LoginError(
            900144,
            "invalid_request",
            "The request body must contain the following parameter: 'client_id'.",
        )
    application = tenant.applications.get(client_id.lower())
    if application is None:
        raise LoginError(
            700016,
            "unauthorized_client",
            f"Application with identifier '{client_id}' was not found in the directory "
            f"'{tenant.name}'. This can happen if the application has not been "
            "installed by the administrator of the tenant or consented to by any user "
            "in the tenant.",
        )
    if not application.is_enabled:
        raise LoginError(
            7000112,
            "unauthorized_client",
            f"Application '{client_id}'(Service desk) is disabled.",
        )
    return application


def _prove(
    world: World, tenant: Tenant, application: Application, form: Mapping[str, str]
) -> bool:
    """Check secret or assertion; return whether it was an assertion."""
    if form.get("client_assertion_type") == _ASSERTION:
        _prove_certificate(world, tenant, application, form.get("client_assertion", ""))
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
    world: World, tenant: Tenant, application: Application, assertion: str
) -> None:
    is_valid = application.certificate_pem is not None and assertions.is_valid(
        assertion,
        certificate_pem=application.certificate_pem,
        client_id=application.id,
        audience=f"{world.origin}/{tenant.id}/oauth2/v2.0/token",
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


def _check_scope(scope: str) -> None:
    if not scope:
        raise LoginError(
            900144,
            "invalid_request",
            "The request body must contain the following parameter: 'scope'.",
        )
    if not scope.endswith("/.default") or " " in scope:
        raise LoginError(
            1002012,
            "invalid_scope",
            f"The provided value for scope {scope} is not valid. Client credential "
            "flows must have a scope value with /.default suffixed to the resource "
            "identifier (application ID URI).",
        )


Handler = Callable[[World, Call, str], Answer]


def _route(path: str) -> re.Pattern[str]:
    return re.compile(path + "$", re.IGNORECASE)


_ROUTES: tuple[tuple[str, re.Pattern[str], Handler], ...] = (
    ("GET", _route(r"/(common)/discovery/instance"), discovery.instances),
    (
        "GET",
        _route(r"/([^/]+)/v2\.0/\.well-known/openid-configuration"),
        discovery.document,
    ),
    ("GET", _route(r"/([^/]+)/discovery/v2\.0/keys"), discovery.keys),
    ("POST", _route(r"/([^/]+)/oauth2/v2\.0/token"), _token),
)


def tenant_of(world: World, call: Call) -> str | None:
    """Return the id of the tenant that a login path names, if we have it."""
    tenant = world.find(call.path.lstrip("/").split("/", maxsplit=1)[0])
    return tenant.id if tenant is not None else None
