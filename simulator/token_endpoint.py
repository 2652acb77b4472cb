"""POST /token: for the application itself, for a code, for a refresh token."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator import (
    client_proof,
    consent,
    discovery,
    policies,
    registrations,
    user_tokens,
)
from simulator.exchange import Answer, Call, json_answer
from simulator.grants import Grant
from simulator.login_errors import LoginError
from simulator.tenant import Application, Tenant
from simulator.world import World

_HEADERS = {"cache-control": "no-store, no-cache", "pragma": "no-cache"}


def answer(world: World, call: Call, name: str) -> Answer:
    """POST /{tenant}/oauth2/v2.0/token."""
    form = call.form()
    match form.get("grant_type"):
        case "client_credentials":
            body = _for_application(world, name, form)
        case "authorization_code":
            body = _for_code(world, name, form)
        case "refresh_token":
            body = _for_refresh(world, name, form)
        case other:
            raise LoginError(
                70003,
                "unsupported_grant_type",
                f"The app requested an unsupported grant type '{other}'.",
            )
    return json_answer(body, headers=_HEADERS)


def _for_application(
    world: World, name: str, form: Mapping[str, str]
) -> dict[str, Any]:
    tenant = discovery.find_tenant(world, name)
    application = client_proof.application(tenant, form)
    is_certificate = client_proof.prove(world, tenant.id, application, form)
    _check_scope(form.get("scope", ""))
    token, lifetime = world.tokens.for_application(
        tenant, application, is_certificate=is_certificate
    )
    return {
        "token_type": "Bearer",
        "expires_in": lifetime,
        "ext_expires_in": lifetime,
        "access_token": token,
    }


def _for_code(world: World, name: str, form: Mapping[str, str]) -> dict[str, Any]:
    tenant, application = _proved(world, name, form, world.grants.tenant_of(form))
    grant = world.grants.redeem(form, application.id)
    if grant.tenant_id != tenant.id:
        raise LoginError(
            700005,
            "invalid_grant",
            "Provided Authorization Code is intended to use against other tenant.",
        )
    return _for_person(world, tenant, application, grant)


def _for_refresh(world: World, name: str, form: Mapping[str, str]) -> dict[str, Any]:
    tenant, application = _proved(world, name, form, world.grants.tenant_of(form))
    token = form.get("refresh_token", "")
    found = world.grants.refresh(token, tenant, application.id)
    body = _for_person(world, tenant, application, found.grant)
    if "refresh_token" in body:
        world.grants.adopt(body["refresh_token"], found.family)
    return body


def _proved(
    world: World, name: str, form: Mapping[str, str], home: str
) -> tuple[Tenant, Application]:
    """Return tenant and application, proven; `home` is the tenant of the grant."""
    known = registrations.tenants(world, name, form.get("client_id", ""))
    tenant = next((one for one in known if one.id == home), known[0])
    application = client_proof.application(tenant, form)
    segment = name.lower() if registrations.is_shared(name) else tenant.id
    client_proof.prove(world, segment, application, form)
    return tenant, application


def _for_person(
    world: World, tenant: Tenant, application: Application, grant: Grant
) -> dict[str, Any]:
    policies.check_grant(tenant, grant)
    scopes = consent.granted(application, grant.scope)
    asked = grant.scope.split()
    if consent.is_missing(application, grant.scope):
        raise LoginError(
            65001,
            "invalid_grant",
            "The user or administrator has not consented to use the application with "
            f"ID '{application.id}'.",
        )
    token, lifetime = user_tokens.access_token(world, tenant, grant, scopes)
    shown = [name for name in ("openid", "profile", "email") if name in asked]
    body: dict[str, Any] = {
        "token_type": "Bearer",
        "scope": " ".join([*shown, *scopes]),
        "expires_in": lifetime,
        "ext_expires_in": lifetime,
        "access_token": token,
    }
    if "offline_access" in asked:
        body["refresh_token"] = world.grants.new_refresh(grant)
    if "openid" in asked:
        body["id_token"] = user_tokens.id_token(world, tenant, grant)
    return body


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
