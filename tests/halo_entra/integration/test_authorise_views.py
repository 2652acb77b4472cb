"""Authorize in the browser: sent to Microsoft, back by a cross-site POST, a banner."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from common.rights import Permission
from connections.authorised import UNAUTHORISED
from tests.desk_agents import sign_in
from tests.halo_entra.integration.seats import denied, said

if TYPE_CHECKING:
    from tests.halo_entra.integration.seats import Seat

CALLBACK = "/azure/auth"
OTHER = "22222222-2222-4222-8222-222222222222"


@pytest.mark.rule("R066")
@pytest.mark.rule("R068")
@pytest.mark.rule("R069")
def test_authorizing_comes_back_to_the_details_with_a_banner(seat: Seat) -> None:
    answer = seat.arrive(seat.back(seat.add("ada")))

    assert (answer.status_code, answer["Location"]) == (302, seat.details)
    page = said(seat)
    assert f"is authorised by ada@{seat.desk.tenant.domain}" in page
    assert "Import licences (LicenseAssignment.Read.All)" in page
    assert seat.kept()["authorised_by"] == seat.agent.account_id


def test_the_posted_answer_is_parked_and_fetched_from_our_own_origin(
    seat: Seat,
) -> None:
    back = seat.back(seat.add("ada"))
    parked = Client(enforce_csrf_checks=True).post(CALLBACK, back.parameters)

    assert parked.status_code == 303
    assert parked["Location"].startswith(f"{CALLBACK}?answer=")
    assert back.parameters["code"] not in parked["Location"]
    assert parked["Referrer-Policy"] == "no-referrer"
    assert "no-store" in parked["Cache-Control"]
    assert "sessionid" not in parked.cookies
    assert seat.kept() == UNAUTHORISED


def test_an_answer_in_the_address_works_too(seat: Seat) -> None:
    back = seat.back(seat.add("ada"))
    answer = seat.client.get(CALLBACK, back.parameters)

    assert (answer.status_code, answer["Location"]) == (302, seat.details)
    assert seat.kept()["authorised_at"] is not None


def test_without_a_session_nothing_is_stored_and_nobody_signed_in(
    seat: Seat,
) -> None:
    stranger = Client()
    answer = seat.arrive(seat.back(seat.add("ada")), stranger)

    assert denied(answer) == "no_session"
    assert "_auth_user_id" not in stranger.session
    assert seat.kept() == UNAUTHORISED


def test_another_agent_or_another_session_of_the_same_is_refused(seat: Seat) -> None:
    back = seat.back(seat.add("ada"))
    other, elsewhere = Client(), Client()
    sign_in(other, Permission.CONFIGURE)
    account = seat.agent.account
    assert account is not None
    elsewhere.force_login(account)
    session = elsewhere.session
    names = ("account_authentication_methods", "account_authentication_methods_user")
    session.update({name: seat.client.session[name] for name in names})
    session.save()

    for client in (other, elsewhere):
        assert denied(seat.arrive(back, client)) == "unknown_state"
    assert seat.kept() == UNAUTHORISED


def test_a_state_and_a_parked_answer_work_once(seat: Seat) -> None:
    back = seat.back(seat.add("ada"))
    parked = Client().post(CALLBACK, back.parameters)["Location"]
    seat.client.get(parked)
    before = seat.kept()

    assert denied(seat.client.get(parked)) == "unknown_state"
    assert denied(seat.arrive(back)) == "unknown_state"
    assert seat.kept() == before


@pytest.mark.parametrize(
    "parameters",
    [{}, {"state": "x", "code": "y"}, {"answer": "invented"}],
    ids=str,
)
def test_an_invented_answer_is_refused(seat: Seat, parameters: dict[str, str]) -> None:
    assert denied(seat.client.get(CALLBACK, parameters)) == "unknown_state"
    assert denied(Client().post(CALLBACK, parameters)) == "unknown_state"


def test_an_answer_with_code_and_error_is_refused(seat: Seat) -> None:
    back = seat.back(seat.add("ada"))
    back.parameters["error"] = "access_denied"

    assert seat.arrive(back)["Location"] == seat.details
    assert "declined at Microsoft" in said(seat)
    assert seat.kept() == UNAUTHORISED


def test_a_doubled_parameter_is_refused(seat: Seat) -> None:
    back = seat.back(seat.add("ada"))
    twice = {**back.parameters, "code": [back.parameters["code"], "other"]}

    assert denied(Client().post(CALLBACK, twice)) == "unknown_state"
    assert seat.kept() == UNAUTHORISED


def foreign(seat: Seat) -> str:
    """Return somebody whose ID token is of another tenant."""
    issuer = f"{seat.microsoft.simulator.origin}/{OTHER}/v2.0"
    claims = {"tid": OTHER, "iss": issuer}
    seat.desk.admin.settings(seat.desk.tenant.tenant_id, forge={"claims": claims})
    return seat.add("ada")


def guest(seat: Seat) -> str:
    """Return a guest of the tenant."""
    return seat.add("eve", userType="Guest", mail="eve@home.example")


def fewer(seat: Seat) -> str:
    """Return somebody who cannot grant what the connection needs."""
    tenant = seat.desk.tenant
    seat.desk.admin.set_application(
        tenant.tenant_id, tenant.application_id, scopes=["User.Read"]
    )
    return seat.add("ada")


def no_groups(seat: Seat) -> str:
    """Return somebody who grants no groups, which a mapping names."""
    tenant = seat.desk.tenant
    group = seat.desk.group("SG-London")
    seat.desk.map_site(10, "London", group_id=group, group_name="SG-London")
    seat.desk.admin.set_application(
        tenant.tenant_id, tenant.application_id, scopes=["User.Read.All"]
    )
    return seat.add("ada")


@pytest.mark.rule("R071")
@pytest.mark.parametrize(
    ("person", "words"),
    [
        (foreign, "from another tenant"),
        (guest, "A guest cannot authorise"),
        (fewer, "User.Read.All (Import users and agents)"),
        (no_groups, "GroupMember.Read.All (Read groups"),
    ],
)
def test_who_does_not_fit_is_refused_with_a_banner(
    seat: Seat, person: Any, words: str
) -> None:
    answer = seat.arrive(seat.back(person(seat)))

    assert answer["Location"] == seat.details
    assert words in said(seat)
    assert seat.kept() == UNAUTHORISED
