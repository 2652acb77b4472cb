"""What the identity platform publishes about itself: endpoints and keys."""

from __future__ import annotations

import re

from simulator.exchange import Answer, Call, json_answer
from simulator.login_errors import LoginError
from simulator.tenant import Tenant
from simulator.world import World

_SHARED = ("common", "organizations", "consumers")
_CONSUMERS = "9188040d-6c67-4c5b-b112-36a304b66dad"
_TENANT_NAME = re.compile(r"^[0-9a-f-]{36}$|^[\w-]+(\.[\w-]+)+$", re.IGNORECASE)


def find_tenant(world: World, name: str) -> Tenant:
    """Return the tenant named in a path; unknown ones raise AADSTS90002."""
    tenant = world.find(name)
    if tenant is not None:
        return tenant
    if not _TENANT_NAME.match(name):
        raise LoginError(
            900023,
            "invalid_request",
            f"Specified tenant identifier '{name}' is neither a valid DNS name, nor a "
            "valid external domain.",
        )
    raise LoginError(
        90002,
        "invalid_tenant",
        f"Tenant '{name}' not found. Check to make sure you have the correct tenant ID "
        "and are signing into the correct cloud. Check with your subscription "
        "administrator, this may happen if there are no active subscriptions for the "
        "tenant.",
    )


def _issuer(world: World, name: str) -> str:
    if name == "consumers":
        return f"{world.origin}/{_CONSUMERS}/v2.0"
    if name in _SHARED:
        return f"{world.origin}/{{tenantid}}/v2.0"
    return f"{world.origin}/{find_tenant(world, name).id}/v2.0"


def document(world: World, _call: Call, name: str) -> Answer:
    """GET /{tenant}/v2.0/.well-known/openid-configuration."""
    issuer = _issuer(world, name)
    segment = name if name in _SHARED else find_tenant(world, name).id
    base = f"{world.origin}/{segment}"
    content = {
        "token_endpoint": f"{base}/oauth2/v2.0/token",
        "token_endpoint_auth_methods_supported": [
            "client_secret_post",
            "private_key_jwt",
            "client_secret_basic",
        ],
        "jwks_uri": f"{base}/discovery/v2.0/keys",
        "response_modes_supported": ["query", "fragment", "form_post"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": [
            "code",
            "id_token",
            "code id_token",
            "id_token token",
        ],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "issuer": issuer,
        "request_uri_parameter_supported": False,
        "userinfo_endpoint": f"{world.origin}/oidc/userinfo",
        "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
        "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
        "http_logout_supported": True,
        "frontchannel_logout_supported": True,
        "end_session_endpoint": f"{base}/oauth2/v2.0/logout",
        "tenant_region_scope": None if name in _SHARED else "EU",
        "cloud_instance_name": "microsoftonline.com",
        "cloud_graph_host_name": "graph.windows.net",
        "msgraph_host": world.origin.removeprefix("https://"),
    }
    return json_answer(content, headers={"cache-control": "max-age=86400, private"})


def keys(world: World, _call: Call, _name: str) -> Answer:
    """GET /{tenant}/discovery/v2.0/keys: one set for all tenants."""
    issuer = f"{world.origin}/{{tenantid}}/v2.0"
    return json_answer({"keys": [key.as_jwk(issuer) for key in world.tokens.keys]})


def instances(world: World, _call: Call, _name: str) -> Answer:
    """GET /common/discovery/instance: this host is the only one of its cloud."""
    host = world.origin.removeprefix("https://")
    entry = {"preferred_network": host, "preferred_cache": host, "aliases": [host]}
    endpoint = f"{world.origin}/common/v2.0/.well-known/openid-configuration"
    return json_answer({"tenant_discovery_endpoint": endpoint, "metadata": [entry]})
