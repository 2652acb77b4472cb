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

from simulator import consent, cookies, pages, policies, registrations, user_tokens
from simulator.exchange import Answer, Call
from simulator.grants import Grant
from simulator.login_errors import LoginError
from simulator.tenant import Application, Tenant
from simulator.world import World

SHOWN = 20
_FORCED = frozenset({"select_account", "login"})
_MODES = ("query", "fragment", "form_post")


@dataclass(frozen=True, slots=True)
class Request:
    """One authorize request: what the application asked, what the browser brings."""

    world: World
    call: Call
    tenants: list[Tenant]
    is_shared: bool
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
    tenants = registrations.tenants(world, name, asked.get("client_id", ""))
    application = registrations.application(world, tenants[0], asked)
    registrations.check_address(application, asked["redirect_uri"])
    form = call.form() if call.method == "POST" else {}
    is_shared = registrations.is_shared(name)
    return Request(world, call, tenants, is_shared, asked, form)


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
    failure = request.tenants[0].settings.get("authorize_error")
    if failure and not request.is_shared:
        return request.refuse(failure["number"], failure["error"], failure["message"])
    if request.form.get("consent") == "decline":
        return request.refuse(
            65004, "access_denied", "User declined to consent to access the app."
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
        value = cookies.read(request.call).person
    tenant_id, _, object_id = value.partition("/")
    tenant = request.world.tenants.get(tenant_id)
    card = user_tokens.person(tenant, object_id) if tenant else None
    if tenant is None or card is None:
        return None
    is_stranger = tenant not in request.tenants
    if is_stranger or (request.is_shared and user_tokens.is_guest(card)):
        if request.form.get("person"):
            raise _not_here(request, tenant, card)
        return None
    hint = request.asked.get("login_hint", "").lower()
    is_other = hint and hint != str(card["userPrincipalName"]).lower()
    if is_other and not request.form.get("person"):
        return None
    return tenant, object_id


def _pick(request: Request) -> Answer:
    searched = request.asked.get("who", request.asked.get("login_hint", ""))
    found = people(request.tenants, searched.lower(), guests=not request.is_shared)
    shown = islice(found, SHOWN)
    return pages.pick_person(shown, query=request.call.query, searched=searched)


def _not_here(request: Request, tenant: Tenant, card: Mapping[str, Any]) -> LoginError:
    return LoginError(
        50020,
        "invalid_request",
        f"User account '{card['userPrincipalName']}' from identity provider "
        f"'https://sts.windows.net/{tenant.id}/' does not exist in tenant "
        f"'{request.tenants[0].name}' and cannot access the application "
        f"'{request.asked['client_id']}'(Service desk) in that tenant. The account "
        "needs to be added as an external user in the tenant first.",
    )


def people(
    tenants: list[Tenant], searched: str, *, guests: bool = True
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the people present whose name or address holds the text searched."""
    for tenant in tenants:
        directory = tenant.directory
        for position in range(directory.size):
            if not directory.is_present(position):
                continue
            card = user_tokens.card(tenant, position)
            if not guests and user_tokens.is_guest(card):
                continue
            if searched in f"{card['displayName']} {card['userPrincipalName']}".lower():
                yield f"{tenant.id}/{card['id']}", card


def _signed_in(request: Request, tenant: Tenant, object_id: str) -> Answer:
    asked_for = registrations.application(request.world, tenant, request.asked)
    registrations.check_address(asked_for, request.asked["redirect_uri"])
    card = user_tokens.person(tenant, object_id) or {}
    person = f"{tenant.id}/{object_id}"
    who = cookies.SignedIn(person, _has_second_factor(request, person))
    stopped = _stopped(request, tenant, asked_for, card) or _unproven(
        request, tenant, card, who
    )
    if stopped is not None:
        return stopped
    answer = _unconsented(request, tenant, asked_for, card)
    if answer is None:
        answer = request.back(_success(request, tenant, object_id, who))
    answer.headers["set-cookie"] = who.header()
    return answer


def _stopped(
    request: Request, tenant: Tenant, asked_for: Application, card: Mapping[str, Any]
) -> Answer | None:
    """Answer what keeps somebody out before there is a question to them."""
    failure = tenant.settings.get("authorize_error")
    if failure:
        return request.refuse(failure["number"], failure["error"], failure["message"])
    try:
        policies.check_page(tenant, asked_for, card)
    except LoginError as error:
        if request.prompt != "none":
            raise
        return request.refuse(error.number, "interaction_required", str(error))
    return None


def _has_second_factor(request: Request, person: str) -> bool:
    if policies.is_right_code(request.form.get("code", "")):
        return True
    earlier = cookies.read(request.call)
    return earlier.person == person and earlier.has_second_factor


def _unproven(
    request: Request, tenant: Tenant, card: Mapping[str, Any], who: cookies.SignedIn
) -> Answer | None:
    """Ask for the second factor that is missing, if one is."""
    is_challenged = "claims" in request.asked
    wanted = policies.wants_code(tenant, card["id"], is_challenged=is_challenged)
    if not wanted or who.has_second_factor:
        return None
    if request.prompt == "none":
        missing = policies.second_factor_missing(request.asked["client_id"])
        return request.refuse(missing.number, "interaction_required", str(missing))
    return pages.ask_code(
        who.person,
        who=str(card["userPrincipalName"]),
        is_wrong="code" in request.form,
    )


def _unconsented(
    request: Request, tenant: Tenant, asked_for: Application, card: Mapping[str, Any]
) -> Answer | None:
    """Ask for the consent that is missing, if one is."""
    scope = request.asked["scope"]
    may_consent = consent.may_consent(tenant, card["id"])
    if request.form.get("consent") == "accept" and may_consent:
        tenant.applications[asked_for.id] = asked_for
        consent.give(asked_for, scope)
        return None
    is_known = registrations.is_known(tenant, asked_for)
    is_asked_for = request.prompt == "consent" or consent.is_missing(asked_for, scope)
    if is_known and not is_asked_for:
        return None
    if request.prompt == "none":
        return request.refuse(
            65001, "interaction_required", "The user has not consented."
        )
    person = f"{tenant.id}/{card['id']}"
    if not may_consent:
        return pages.need_approval(person)
    return pages.ask_consent(
        person,
        who=str(card["userPrincipalName"]),
        names=consent.asked(asked_for, scope),
        note="the service desk asks for these permissions, on your behalf.",
    )


def _success(
    request: Request, tenant: Tenant, object_id: str, who: cookies.SignedIn
) -> dict[str, str]:
    asked = request.asked
    grant = Grant(
        tenant.id,
        asked["client_id"].lower(),
        object_id,
        asked["scope"],
        asked.get("nonce", ""),
        who.has_second_factor,
    )
    found = {"code": request.world.grants.new_code(grant, asked)}
    if asked.get("client_info") == "1":
        info = orjson.dumps({"uid": object_id, "utid": tenant.id})
        found["client_info"] = base64.urlsafe_b64encode(info).rstrip(b"=").decode()
    found["session_state"] = secrets.token_hex(16)
    return found
