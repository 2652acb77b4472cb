"""Microsoft Graph v1.0: token, route, resource units, permission, answer."""

from __future__ import annotations

from urllib.parse import unquote

from simulator import errors, faults, throttle
from simulator.ask import Ask
from simulator.errors import GraphError, Ids
from simulator.exchange import Answer, Call
from simulator.routes import ROUTES, Route
from simulator.tenant import Tenant
from simulator.throttle import Reading
from simulator.world import World

ROOT = "/v1.0"
# The part of the limit that is used is shown between these.
SHOWN_FROM, SHOWN_TO = 0.8, 1.8


def answer(world: World, call: Call) -> Answer:
    """Answer one Graph request, also one inside a batch."""
    ids = Ids.of(call)
    units = 1
    try:
        tenant, application_id, roles = authenticate(world, call)
        route, keys = _find(call)
        parameters = call.parameters()
        units = throttle.cost(route.units, parameters)
        reading = _meter(tenant, application_id, units)
        if reading.is_throttled:
            answer = _throttled(reading, tenant, application_id)
            return _finish(answer, ids, units, reading.share)
        if not all(roles & allowed for allowed in route.needs):
            raise errors.denied()
        ask = Ask(
            tenant,
            roles,
            call,
            keys,
            parameters,
            world.origin + ROOT,
            world.clock.now(),
        )
        return _finish(route.handle(ask), ids, units, reading.share)
    except GraphError as error:
        return _finish(errors.error_answer(error, ids), ids, units)


def authenticate(world: World, call: Call) -> tuple[Tenant, str, frozenset[str]]:
    """Return tenant, application id and permissions of the bearer token."""
    scheme, _, token = call.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise errors.unauthorised("Access token is empty.")
    claims = world.tokens.read(token.strip())
    if claims is None:
        raise errors.unauthorised("Lifetime validation failed, the token is expired.")
    tenant = world.tenants.get(claims["tid"])
    if tenant is None:
        raise errors.unauthorised("CompactToken validation failed: unknown tenant.")
    if claims["appid"] not in tenant.applications:
        raise GraphError(
            403,
            "Authorization_IdentityNotFound",
            "The identity of the calling application could not be established.",
        )
    roles = claims.get("roles") or str(claims.get("scp", "")).split()
    return tenant, claims["appid"], frozenset(roles)


def _find(call: Call) -> tuple[Route, tuple[str, ...]]:
    path = call.path.removeprefix(ROOT).rstrip("/")
    is_known = False
    for route in ROUTES:
        match = route.path.match(path)
        if match is None:
            continue
        is_known = True
        if route.method == call.method:
            return route, tuple(unquote(key) for key in match.groups())
    if is_known:
        message = "Specified HTTP method is not allowed for the request target."
        raise GraphError(405, "Request_BadRequest", message)
    segment = path.rsplit("/", maxsplit=1)[-1]
    message = f"Resource not found for the segment '{segment}'."
    raise GraphError(400, "BadRequest", message)


def _meter(tenant: Tenant, application_id: str, units: int) -> Reading:
    limit = tenant.settings.get("resource_units")
    return tenant.meter.count(application_id, units=units, limit=limit)


def _throttled(reading: Reading, tenant: Tenant, application_id: str) -> Answer:
    scope = f"Tenant_Application/ReadWrite/{application_id}/{tenant.id}"
    return faults.throttled(reading.retry_after, scope=scope)


def _finish(answer: Answer, ids: Ids, units: int, share: float = 0.0) -> Answer:
    if answer.headers.get("content-type", "").startswith("application/json"):
        answer.headers["content-type"] = (
            "application/json;odata.metadata=minimal;odata.streaming=true;"
            "IEEE754Compatible=false;charset=utf-8"
        )
    answer.headers.update(
        {
            "odata-version": "4.0",
            "cache-control": "no-cache",
            "request-id": ids.request,
            "client-request-id": ids.client,
            "x-ms-resource-unit": str(units),
            "strict-transport-security": "max-age=31536000",
        }
    )
    if share > SHOWN_FROM:
        percentage = f"{min(share, SHOWN_TO):.1f}"
        answer.headers["x-ms-throttle-limit-percentage"] = percentage
    answer.resource_units = units
    return answer
