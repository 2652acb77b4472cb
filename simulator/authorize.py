"""/authorize: who signs in, whether they consent, and the way back."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import urlencode

import orjson

from simulator import consent, discovery, pages, user_tokens
from simulator.exchange import Answer, Call
from simulator.grants import Grant
from simulator.login_errors import LoginError
from simulator.tenant import Application, Tenant
from simulator.world import World

SHOWN = 20
COOKIE = "simulator_person"
_FORCED = frozenset({"select_account", "login"})
_MODES = ("query", "fragment", "form_post")


@dataclass(frozen=True, slots=True)
class Request:
    """One authorize request: what the application asked, what the browser brings."""

    world: World
    call: Call
    tenants: list[Tenant]
    asked: Mapping[str, str]
    form: Mapping[str, str]

    @property
    def prompt(self) -> str:
        """Return the prompt that the application asked for."""
        return self.asked.get("prompt", "")

    def back(self, parameters: Mapping[str, str]) -> Answer:
        """Send the browser back to the application, in the mode it asked for."""
        answer = dict(parameters)
        if "state" in self.asked:
            answer["state"] = self.asked["state"]
        address, mode = self.asked["redirect_uri"], self.asked.get("response_mode")
        if mode == "form_post":
            return pages.post_back(address, answer)
        mark = "#" if mode == "fragment" else "&" if "?" in address else "?"
        location = f"{address}{mark}{urlencode(answer)}"
        return Answer(302, {"location": location, "cache-control": "no-store"})

    def refuse(self, number: int, error: str, message: str) -> Answer:
        """Send the browser back with an error."""
        return self.back(
            {
                "error": error,
                "error_description": f"AADSTS{number}: {message}",
                "error_uri": f"{self.world.origin}/error?code={number}",
            }
        )


def answer(world: World, call: Call, name: str) -> Answer:
    """GET and POST /{tenant}/oauth2/v2.0/authorize."""
    try:
        return _step(_read(world, call, name))
    except LoginError as error:
        # Interactive failures stay here, as no address can be trusted with them.
        return pages.error(error)


def _read(world: World, call: Call, name: str) -> Request:
    asked = call.parameters()
    tenants = _tenants(world, name, asked.get("client_id", ""))
    check_address(application(tenants[0], asked), asked["redirect_uri"])
    form = call.form() if call.method == "POST" else {}
    return Request(world, call, tenants, asked, form)


def _tenants(world: World, name: str, client_id: str) -> list[Tenant]:
    """Return whose people may sign in: one tenant's, or those of all that know it."""
    if name.lower() not in ("common", "organizations"):
        return [discovery.find_tenant(world, name)]
    tenants = world.tenants.values()
    known = [one for one in tenants if client_id.lower() in one.applications]
    if not known:
        raise _unknown_application(client_id)
    return known


def application(tenant: Tenant, asked: Mapping[str, str]) -> Application:
    """Return the application that a request names; refuse what is no request."""
    for name in ("client_id", "redirect_uri", "scope"):
        if not asked.get(name):
            raise LoginError(
                900144,
                "invalid_request",
                f"The request must contain the following parameter: '{name}'.",
            )
    application = tenant.applications.get(asked["client_id"].lower())
    if application is None or not application.is_enabled:
        raise _unknown_application(asked["client_id"])
    return application


def _unknown_application(client_id: str) -> LoginError:
    message = f"Application with identifier '{client_id}' was not found."
    return LoginError(700016, "unauthorized_client", message)


def check_address(application: Application, redirect_uri: str) -> None:
    """Refuse an address that the registration does not list."""
    listed = application.redirect_uris
    if listed is not None and redirect_uri not in listed:
        raise LoginError(
            50011,
            "invalid_request",
            f"The redirect URI '{redirect_uri}' specified in the request does not "
            f"match the redirect URIs configured for the application "
            f"'{application.id}'.",
        )


def _step(request: Request) -> Answer:
    asked = request.asked
    if asked.get("response_type") != "code":
        return request.refuse(
            700054, "unsupported_response_type", "The response_type is not enabled."
        )
    if asked.get("response_mode", "query") not in _MODES:
        return request.refuse(
            900561, "invalid_request", "The response_mode is not known."
        )
    found = find_person(request)
    if found is None and request.prompt == "none":
        return request.refuse(
            50058, "login_required", "No user is signed in to answer silently."
        )
    if found is None:
        return _pick(request)
    return _signed_in(request, *found)


def find_person(request: Request) -> tuple[Tenant, str] | None:
    """Return who was picked now, or who is signed in and may answer without a page."""
    value = request.form.get("person", "")
    if not value and request.prompt not in _FORCED:
        value = _cookie(request.call)
    tenant_id, _, object_id = value.partition("/")
    tenant = next((one for one in request.tenants if one.id == tenant_id), None)
    card = user_tokens.person(tenant, object_id) if tenant else None
    if tenant is None or card is None:
        return None
    hint = request.asked.get("login_hint", "").lower()
    is_other = hint and hint != str(card["userPrincipalName"]).lower()
    if is_other and not request.form.get("person"):
        return None
    return tenant, object_id


def _cookie(call: Call) -> str:
    pairs = (part.strip().split("=", 1) for part in _header(call).split(";"))
    return next((pair[1] for pair in pairs if pair[0] == COOKIE and pair[1:]), "")


def _header(call: Call) -> str:
    return call.headers.get("cookie", "")


def _pick(request: Request) -> Answer:
    searched = request.asked.get("who", request.asked.get("login_hint", ""))
    shown = islice(people(request.tenants, searched.lower()), SHOWN)
    return pages.pick_person(shown, query=request.call.query, searched=searched)


def people(
    tenants: list[Tenant], searched: str
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the people present whose name or address holds the text searched."""
    for tenant in tenants:
        directory = tenant.directory
        for position in range(directory.size):
            if not directory.is_present(position):
                continue
            card = user_tokens.card(tenant, position)
            if searched in f"{card['displayName']} {card['userPrincipalName']}".lower():
                yield f"{tenant.id}/{card['id']}", card


def _signed_in(request: Request, tenant: Tenant, object_id: str) -> Answer:
    asked_for = application(tenant, request.asked)
    card = user_tokens.person(tenant, object_id) or {}
    if card["accountEnabled"] is False:
        raise LoginError(50057, "invalid_grant", "The user account is disabled.")
    choice = request.form.get("consent", "")
    person = f"{tenant.id}/{object_id}"
    if choice == "decline":
        return request.refuse(
            65004, "access_denied", "User declined to consent to access the app."
        )
    if choice == "accept" and consent.may_consent(tenant, object_id):
        consent.give(asked_for, request.asked["scope"])
    elif _needs_consent(request, asked_for):
        if request.prompt == "none":
            return request.refuse(
                65001, "interaction_required", "The user has not consented."
            )
        return _ask(request, tenant, person, card)
    answer = request.back(_success(request, tenant, object_id))
    cookie = f"{COOKIE}={person}; Path=/; Secure; HttpOnly; SameSite=Lax"
    answer.headers["set-cookie"] = cookie
    return answer


def _needs_consent(request: Request, asked_for: Application) -> bool:
    return request.prompt == "consent" or consent.is_missing(
        asked_for, request.asked["scope"]
    )


def _ask(
    request: Request, tenant: Tenant, person: str, card: Mapping[str, Any]
) -> Answer:
    object_id = person.partition("/")[2]
    if not consent.may_consent(tenant, object_id):
        return pages.need_approval(person)
    names = consent.asked(application(tenant, request.asked), request.asked["scope"])
    return pages.ask_consent(
        person,
        who=str(card["userPrincipalName"]),
        names=names,
        note="the service desk asks for these permissions, on your behalf.",
    )


def _success(request: Request, tenant: Tenant, object_id: str) -> dict[str, str]:
    asked = request.asked
    grant = Grant(
        tenant.id,
        asked["client_id"].lower(),
        object_id,
        asked["scope"],
        asked.get("nonce", ""),
    )
    found = {"code": request.world.grants.new_code(grant, asked)}
    if asked.get("client_info") == "1":
        info = orjson.dumps({"uid": object_id, "utid": tenant.id})
        found["client_info"] = base64.urlsafe_b64encode(info).rstrip(b"=").decode()
    found["session_state"] = secrets.token_hex(16)
    return found
