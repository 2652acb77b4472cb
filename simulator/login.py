"""The identity platform's addresses."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime

from simulator import admin_consent, authorize, discovery, logout, token_endpoint
from simulator.exchange import Answer, Call, json_answer
from simulator.login_errors import LoginError
from simulator.world import World


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
        **error.more,
    }
    headers = {"cache-control": "no-store, no-cache", "pragma": "no-cache"}
    headers["x-ms-request-id"] = trace
    headers["x-ms-clitelem"] = f"1,{error.number},0,,"
    return json_answer(body, status=error.status, headers=headers)


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
    ("POST", _route(r"/([^/]+)/oauth2/v2\.0/token"), token_endpoint.answer),
    ("GET", _route(r"/([^/]+)/oauth2/v2\.0/authorize"), authorize.answer),
    ("POST", _route(r"/([^/]+)/oauth2/v2\.0/authorize"), authorize.answer),
    ("GET", _route(r"/([^/]+)/oauth2/v2\.0/logout"), logout.answer),
    ("POST", _route(r"/([^/]+)/oauth2/v2\.0/logout"), logout.answer),
    ("GET", _route(r"/([^/]+)/v2\.0/adminconsent"), admin_consent.version_2),
    ("POST", _route(r"/([^/]+)/v2\.0/adminconsent"), admin_consent.version_2),
    ("GET", _route(r"/([^/]+)/adminconsent"), admin_consent.classic),
    ("POST", _route(r"/([^/]+)/adminconsent"), admin_consent.classic),
)


def tenant_of(world: World, call: Call) -> str | None:
    """Return the id of the tenant that a login path names, if we have it."""
    tenant = world.find(call.path.lstrip("/").split("/", maxsplit=1)[0])
    return tenant.id if tenant is not None else None
