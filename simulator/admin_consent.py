"""/adminconsent: an administrator gives an application what its registration lists."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from urllib.parse import urlencode

from simulator import authorize, consent, discovery, pages, registrations, user_tokens
from simulator.exchange import Answer, Call
from simulator.login_errors import LoginError
from simulator.tenant import Application, Tenant
from simulator.world import World


def version_2(world: World, call: Call, name: str) -> Answer:
    """GET and POST /{tenant}/v2.0/adminconsent; a scope is needed."""
    return _answer(world, call, name, is_classic=False)


def classic(world: World, call: Call, name: str) -> Answer:
    """GET and POST /{tenant}/adminconsent."""
    return _answer(world, call, name, is_classic=True)


def _answer(world: World, call: Call, name: str, *, is_classic: bool) -> Answer:
    try:
        return _step(world, call, name, is_classic=is_classic)
    except LoginError as error:
        return pages.error(error)


def _step(world: World, call: Call, name: str, *, is_classic: bool) -> Answer:
    tenant = discovery.find_tenant(world, name)
    asked = call.parameters()
    application = _application(world, tenant, asked, is_classic=is_classic)
    form = call.form() if call.method == "POST" else {}
    object_id = form.get("person", "").partition("/")[2]
    card = user_tokens.person(tenant, object_id)
    if form.get("consent") == "decline" and not form.get("person"):
        return _back(asked, _declined(is_classic=is_classic))
    if card is None:
        people = authorize.people([tenant], asked.get("who", "").lower())
        return pages.pick_person(
            islice(people, authorize.SHOWN),
            query=call.query,
            searched=asked.get("who", ""),
        )
    if not consent.may_consent(tenant, object_id):
        raise LoginError(
            90094,
            "consent_required",
            "Only an administrator of the tenant may consent.",
        )
    match form.get("consent"):
        case "accept":
            tenant.applications[application.id] = application
            application.permissions = list(application.registered)
            application.consented = list(application.scopes)
            return _back(asked, _given(tenant, asked))
        case "decline":
            return _back(asked, _declined(is_classic=is_classic))
    return pages.ask_consent(
        form["person"],
        who=str(card["userPrincipalName"]),
        names=[*application.registered, *application.scopes],
        note="the service desk asks for these permissions, for the whole tenant.",
    )


def _application(
    world: World, tenant: Tenant, asked: Mapping[str, str], *, is_classic: bool
) -> Application:
    named = dict(asked)
    if is_classic:
        named.setdefault("scope", consent.DEFAULT)
    application = registrations.application(world, tenant, named)
    registrations.check_address(application, asked["redirect_uri"])
    return application


def _given(tenant: Tenant, asked: Mapping[str, str]) -> dict[str, str]:
    found = {"admin_consent": "True", "tenant": tenant.id}
    return found | ({"scope": asked["scope"]} if "scope" in asked else {})


def _declined(*, is_classic: bool) -> dict[str, str]:
    """Tell a refusal; version 2 says `admin_consent=True` all the same."""
    text = "AADSTS65004: User declined to consent to access the app."
    if is_classic:
        return {"error": "permission_denied", "error_description": text}
    return {
        "admin_consent": "True",
        "error": "consent_required",
        "error_description": text,
    }


def _back(asked: Mapping[str, str], parameters: dict[str, str]) -> Answer:
    if "state" in asked:
        parameters["state"] = asked["state"]
    address = asked["redirect_uri"]
    mark = "&" if "?" in address else "?"
    return Answer(302, {"location": f"{address}{mark}{urlencode(parameters)}"})
