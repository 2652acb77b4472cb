"""Which applications the tenants know, and whose people may sign in to one."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace

from simulator import discovery
from simulator.login_errors import LoginError
from simulator.tenant import Application, Tenant
from simulator.world import World

_SHARED = ("common", "organizations")


def is_shared(name: str) -> bool:
    """Say whether a path names no tenant but whatever work account signs in."""
    return name.lower() in _SHARED


def tenants(world: World, name: str, client_id: str) -> list[Tenant]:
    """Return whose people may sign in: one tenant's, or those of all.

    All are asked only for an application of several tenants; those that know it come
    first.
    """
    if not is_shared(name):
        return [discovery.find_tenant(world, name)]
    known = _knowing(world, client_id)
    if not known:
        raise unknown_application(client_id)
    if not is_multi_tenant(world, client_id):
        raise LoginError(
            50194,
            "invalid_request",
            f"Application '{client_id}'(Service desk) is not configured as a "
            f"multi-tenant application. Usage of the /{name.lower()} endpoint is not "
            "supported for such apps created after '10/15/2018'. Use a tenant-specific "
            "endpoint or configure the application to be multi-tenant.",
        )
    others = [one for one in world.tenants.values() if one not in known]
    return [*known, *others]


def application(world: World, tenant: Tenant, asked: Mapping[str, str]) -> Application:
    """Return the application that a request names; refuse what is no request.

    One of several tenants that this tenant does not know yet is offered for consent.
    """
    for name in ("client_id", "redirect_uri", "scope"):
        if not asked.get(name):
            raise LoginError(
                900144,
                "invalid_request",
                f"The request must contain the following parameter: '{name}'.",
            )
    client_id = asked["client_id"].lower()
    found = tenant.applications.get(client_id)
    if found is None and is_multi_tenant(world, client_id):
        found = copy(world, client_id)
    if found is None or not found.is_enabled:
        raise unknown_application(asked["client_id"])
    return found


def copy(world: World, client_id: str) -> Application | None:
    """Return an application as a further tenant would begin to know it.

    Its registration is the same everywhere; nothing is consented to.
    """
    for tenant in _knowing(world, client_id):
        return replace(
            tenant.applications[client_id.lower()],
            permissions=[],
            consented=[],
            is_enabled=True,
            object_id=str(uuid.uuid4()),
        )
    return None


def is_known(tenant: Tenant, application: Application) -> bool:
    """Say whether somebody of the tenant has consented to have the application."""
    return application.id in tenant.applications


def unknown_application(client_id: str) -> LoginError:
    """No tenant that is asked knows the application."""
    message = f"Application with identifier '{client_id}' was not found."
    return LoginError(700016, "unauthorized_client", message)


def check_address(application: Application, redirect_uri: str) -> None:
    """Refuse an address that the registration does not list."""
    if not lists(application, redirect_uri):
        raise LoginError(
            50011,
            "invalid_request",
            f"The redirect URI '{redirect_uri}' specified in the request does not "
            f"match the redirect URIs configured for the application "
            f"'{application.id}'.",
        )


def lists(application: Application, address: str) -> bool:
    """Say whether the registration lets a browser be sent to an address."""
    listed = application.redirect_uris
    return listed is None or address in listed


def is_multi_tenant(world: World, client_id: str) -> bool:
    """Say whether it was registered for several tenants, or is in several."""
    known, name = _knowing(world, client_id), client_id.lower()
    is_registered_so = any(one.applications[name].is_multi_tenant for one in known)
    return is_registered_so or len(known) > 1


def _knowing(world: World, client_id: str) -> list[Tenant]:
    name = client_id.lower()
    return [one for one in world.tenants.values() if name in one.applications]
