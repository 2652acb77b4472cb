"""/logout: the browser forgets who is signed in, and goes back if it may."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from simulator import cookies, discovery, pages, registrations
from simulator.exchange import Answer, Call
from simulator.login_errors import LoginError
from simulator.tenant import Application
from simulator.world import World


def answer(world: World, call: Call, name: str) -> Answer:
    """GET and POST /{tenant}/oauth2/v2.0/logout."""
    try:
        known = list(_applications(world, name))
    except LoginError as error:
        return pages.error(error)
    asked = call.parameters() | (call.form() if call.method == "POST" else {})
    address = asked.get("post_logout_redirect_uri", "")
    if address and any(registrations.lists(one, address) for one in known):
        return _back(address, asked)
    return pages.page(
        "You signed out",
        "<p>It is a good idea to close all browser windows.</p>",
        cookie=cookies.FORGET,
    )


def _applications(world: World, name: str) -> Iterable[Application]:
    """Yield the applications whose addresses a sign-out may end at."""
    if not registrations.is_shared(name):
        yield from discovery.find_tenant(world, name).applications.values()
        return
    for tenant in world.tenants.values():
        for application in tenant.applications.values():
            if registrations.is_multi_tenant(world, application.id):
                yield application


def _back(address: str, asked: Mapping[str, str]) -> Answer:
    if "state" in asked:
        mark = "&" if "?" in address else "?"
        address += mark + urlencode({"state": asked["state"]})
    headers = {
        "location": address,
        "cache-control": "no-store",
        "set-cookie": cookies.FORGET,
    }
    return Answer(302, headers)
