"""Who may authorise: at the button and at the return, lately proven; and the rest."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from common.rights import Permission
from connections.authorised import UNAUTHORISED
from connections.models import Authorisation, TenantConnection
from directory.models import AgentRoleGrant
from imports.words import Status
from tests.desk_agents import sign_in
from tests.halo_entra.integration.seats import said

if TYPE_CHECKING:
    from tests.halo_entra.integration.seats import Seat

POSTS = ("authorize", "prove", "disconnect")


def addresses(seat: Seat) -> list[str]:
    """Return what changes an authorisation."""
    base = seat.details.removesuffix("details/")
    return [f"/azure/authorize/{seat.pk}", f"{base}prove", f"{base}disconnect/"]


@pytest.mark.parametrize("place", [0, 1, 2], ids=POSTS)
def test_only_agents_who_may_configure_and_proved_it_lately_change_anything(
    seat: Seat, place: int
) -> None:
    address = addresses(seat)[place]
    stranger, viewer, tired = Client(), Client(), Client()
    sign_in(viewer, *(set(Permission) - {Permission.CONFIGURE}))
    sign_in(tired, Permission.CONFIGURE, recently=False)

    assert stranger.post(address)["Location"].startswith("/auth/login?next=")
    assert viewer.post(address).status_code == 403
    assert tired.post(address)["Location"].startswith("/auth/reauthenticate?next=")
    assert seat.kept() == UNAUTHORISED


@pytest.mark.parametrize("place", [0, 1, 2], ids=POSTS)
def test_a_forged_form_or_a_foreign_id_changes_nothing(seat: Seat, place: int) -> None:
    address = addresses(seat)[place]
    strict = Client(enforce_csrf_checks=True)
    sign_in(strict, Permission.CONFIGURE)

    assert strict.post(address).status_code == 403
    unknown = address.replace(str(seat.pk), str(seat.pk + 1000))
    assert seat.client.post(unknown).status_code == 404


def test_the_button_is_no_link(seat: Seat) -> None:
    assert seat.client.get(f"/azure/authorize/{seat.pk}").status_code == 405
    assert seat.client.put("/azure/auth").status_code == 405


def test_who_lost_the_permission_meanwhile_is_refused(seat: Seat) -> None:
    back = seat.back(seat.add("ada"))
    AgentRoleGrant.objects.all().delete()

    assert seat.arrive(back).status_code == 403
    assert seat.kept() == UNAUTHORISED


def test_who_proved_themselves_too_long_ago_does_so_and_comes_back(
    seat: Seat,
) -> None:
    back = seat.back(seat.add("ada"))
    prove_at(seat, time.time() - 3600)
    asked = seat.arrive(back)
    assert asked["Location"].startswith("/auth/reauthenticate?next=%2Fazure%2Fauth")
    assert seat.kept() == UNAUTHORISED

    prove_at(seat, time.time())
    parked = Client().post("/azure/auth", back.parameters)["Location"]
    assert seat.client.get(parked)["Location"] == seat.details
    assert seat.kept()["authorised_at"] is not None


def prove_at(seat: Seat, moment: float) -> None:
    """Let the agent have given the password at that moment."""
    session = seat.client.session
    records: list[dict[str, Any]] = session["account_authentication_methods"]
    session["account_authentication_methods"] = [{**records[0], "at": moment}]
    session.save()


def test_another_person_is_asked_about_and_confirmed_by_a_click(seat: Seat) -> None:
    bob = seat.add("bob")
    seat.arrive(seat.back(seat.add("ada")))
    page = seat.arrive(seat.back(bob))
    assert page.status_code == 200
    assert "Another person than last time" in page.content.decode()
    assert seat.kept()["authorised_as"].startswith("ada@")

    again = seat.press(confirm="yes")
    seat.arrive(seat.microsoft.sign_in(again, bob))
    assert seat.kept()["authorised_as"].startswith("bob@")


def test_a_tenant_that_cannot_be_asked_is_told_on_the_details(seat: Seat) -> None:
    seat.desk.admin.fault(
        tenant_id=seat.desk.tenant.tenant_id, path="openid-configuration", status=503
    )
    answer = seat.client.post(f"/azure/authorize/{seat.pk}")

    assert answer["Location"] == seat.details
    assert "is not available at the moment" in said(seat)


def test_disconnecting_asks_first_and_says_where_consent_ends(seat: Seat) -> None:
    seat.arrive(seat.back(seat.add("ada")))
    address = addresses(seat)[2]

    assert "The tokens of this connection are deleted" in (
        seat.client.get(address).content.decode()
    )
    assert seat.kept()["token_cache"] != ""
    seat.client.post(address)
    assert "Enterprise applications" in said(seat)
    assert seat.kept() == UNAUTHORISED


def test_consent_given_in_entra_is_checked_by_a_click(seat: Seat) -> None:
    TenantConnection.objects.update(authorisation=Authorisation.APPLICATION)
    answer = seat.client.post(addresses(seat)[1])

    assert answer["Location"] == seat.details
    assert "is authorised." in said(seat)
    assert seat.kept()["token_cache"] == ""


@pytest.mark.rule("R024")
def test_admin_consent_comes_back_to_the_details(seat: Seat) -> None:
    TenantConnection.objects.update(authorisation=Authorisation.APPLICATION)
    back = seat.microsoft.sign_in(seat.press(), seat.add("ada"))
    answer = seat.client.get("/azure/auth", back.parameters)

    assert back.method == "GET"
    assert answer["Location"] == seat.details
    assert "is authorised." in said(seat)


def test_delegated_permissions_are_not_proven_without_a_person(seat: Seat) -> None:
    assert seat.client.post(addresses(seat)[1]).status_code == 404


@pytest.mark.rule("R070")
@pytest.mark.rule("R021")
def test_a_lost_authorisation_fails_runs_until_it_is_renewed(seat: Seat) -> None:
    """Authorised, imported, revoked, authorised again: mappings and people stay."""
    desk = seat.desk
    desk.map_site(10, "London")
    ada = seat.add("ada")
    seat.arrive(seat.back(ada))
    desk.connection.refresh_from_db()
    assert desk.run().status == Status.SUCCEEDED

    desk.admin.revoke_sessions(desk.tenant.tenant_id, ada.partition("/")[2])
    desk.admin.advance(2 * 3600)
    lost = desk.run()
    assert lost.status == Status.FAILED
    assert lost.reason.startswith("401 Unauthorized")
    assert "authorise again" in lost.reason
    assert "has not accepted this authorisation since" in said(seat)

    desk.admin.reset_clock()
    seat.arrive(seat.back(ada))
    assert "has not accepted" not in said(seat)
    assert desk.run().status == Status.NOTHING_CHANGED


def test_nothing_secret_leaves_with_a_page_or_a_log(
    seat: Seat, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG"):
        back = seat.back(seat.add("ada"))
        seat.arrive(back)
        page = said(seat)
    logged = "\n".join(record.getMessage() for record in caplog.records)
    session = str(dict(seat.client.session))

    for secret in (seat.desk.tenant.secret, back.parameters["code"]):
        assert secret not in page + logged + session
    assert "refresh_token" not in page + logged + session
