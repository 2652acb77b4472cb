"""Configuration > Integrations: tiles, search, and what the switch does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from common.rights import Permission
from connections.models import Module
from mappings.models import LicenceSettings
from sso.words import AllowedAudience
from tests.desk_agents import sign_in
from tests.factories.connections import TenantConnectionFactory
from tests.factories.imports import SyncScheduleFactory
from tests.factories.sso import SsoConnectionFactory

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
PAGE = "/configuration/integrations/"
ENTRA = f"{PAGE}microsoft-entra-id/"


@pytest.fixture
def administrator(client: Client) -> Client:
    """A client whose agent may configure."""
    sign_in(client, Permission.VIEW, Permission.CONFIGURE)
    return client


def shown(client: Client, address: str) -> str:
    """Return a page."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


@pytest.mark.rule("R003")
@pytest.mark.parametrize("search", ["azure", "Active Directory", "ENTRA", "sso"])
def test_the_old_name_finds_it_too(administrator: Client, search: str) -> None:
    page = shown(administrator, f"{PAGE}?q={search}")

    assert "Microsoft Entra ID" in page
    assert "Formerly: Azure Active Directory" in page
    assert "Microsoft CSP" not in page


def test_a_search_without_a_hit_says_so(administrator: Client) -> None:
    assert "No integration matches" in shown(administrator, f"{PAGE}?q=jira")


@pytest.mark.rule("R004")
@pytest.mark.parametrize("screen", ["", "tenants/", "tenants/new/", "sso/new/"])
def test_a_module_that_is_off_has_no_screens(
    administrator: Client, screen: str
) -> None:
    answer = administrator.get(f"{ENTRA}{screen}")

    assert (answer.status_code, answer.headers["Location"]) == (302, PAGE)
    assert "Enable it to open" in shown(administrator, PAGE)


@pytest.mark.rule("R005")
def test_the_menu_icon_comes_with_enabling(administrator: Client) -> None:
    link = 'aria-label="Configure Microsoft Entra ID"'
    assert link not in shown(administrator, PAGE)

    administrator.post(f"{PAGE}microsoft-entra-id/enable")

    assert link in shown(administrator, PAGE)
    assert "Add/Edit Tenants" in shown(administrator, ENTRA)


@pytest.mark.rule("R006")
def test_disabling_tells_what_stops_and_keeps_the_rest(administrator: Client) -> None:
    Module.objects.create(slug="microsoft-entra-id", enabled=True)
    connection = TenantConnectionFactory.create()
    SyncScheduleFactory.create(connection=connection, enabled=True)
    SsoConnectionFactory.create(
        name="Staff",
        registration=connection.registration,
        published=True,
        auto_redirect=True,
        allow=AllowedAudience.BOTH,
    )

    page = shown(administrator, f"{PAGE}microsoft-entra-id/disable")
    assert "Manual imports from 1 tenant(s) stop" in page
    assert "no longer syncs 1 tenant(s)" in page
    assert "Nobody signs in with Microsoft any more (Staff)" in page
    assert "no other way in" in page
    assert Module.objects.get(slug="microsoft-entra-id").enabled

    administrator.post(f"{PAGE}microsoft-entra-id/disable")
    assert not Module.objects.get(slug="microsoft-entra-id").enabled
    connection.refresh_from_db()
    assert connection.schedule.enabled


@pytest.mark.rule("R162")
def test_csp_stays_off_while_licences_are_managed_here(administrator: Client) -> None:
    LicenceSettings.objects.create(
        connection=TenantConnectionFactory.create(), managed_here=True
    )
    page = administrator.post(f"{PAGE}microsoft-csp/enable", follow=True)

    assert "must never both do it" in page.content.decode()
    assert not Module.objects.filter(slug="microsoft-csp", enabled=True).exists()


def test_an_unknown_module_is_not_found(administrator: Client) -> None:
    assert administrator.post(f"{PAGE}jira/enable").status_code == 404


def test_it_takes_the_permission_to_configure(client: Client) -> None:
    sign_in(client, Permission.VIEW)

    assert client.get(PAGE).status_code == 403
    assert client.post(f"{PAGE}microsoft-entra-id/enable").status_code == 403
    assert not Module.objects.exists()


@pytest.mark.rule("R027", "R028", "R029", "R030", "R032", "R033")
def test_the_addresses_to_register_are_shown_to_copy(administrator: Client) -> None:
    Module.objects.create(slug="microsoft-entra-id", enabled=True)
    for address in (ENTRA, f"{PAGE}halo-api/", f"{ENTRA}set-up/"):
        page = shown(administrator, address)
        for uri in (
            "http://localhost:8000/auth/account/azureresponse",
            "http://localhost:8000/azure/auth",
        ):
            assert f">{uri}</code>" in page
        assert 'aria-label="Copy the URI for User/Agent Import"' in page


@pytest.mark.rule("R031")
def test_the_authorisation_url_is_a_setting(
    administrator: Client, settings: object
) -> None:
    settings.AUTH_BASE_URL = "https://login.acme.example/auth"  # type: ignore[attr-defined]
    page = shown(administrator, f"{PAGE}halo-api/")

    assert ">https://login.acme.example/auth/account/azureresponse</code>" in page
    assert ">https://login.acme.example/auth</code>" in page


@pytest.mark.rule("R009", "R011", "R016", "R017", "R024", "R025", "R034")
def test_the_first_set_up_follows_the_guide_and_what_is_done(
    administrator: Client,
) -> None:
    Module.objects.create(slug="microsoft-entra-id", enabled=True)
    page = shown(administrator, f"{ENTRA}set-up/")

    steps = ("Register an application", "Add the permissions", "Add the redirect URIs")
    places = [page.index(step) for step in (*steps, "Make a secret", "Authorise it")]
    assert places == sorted(places)
    assert "Status column then shows a granted tick" in " ".join(page.split())
    assert page.count(">To do<") == 4
    TenantConnectionFactory.create()
    assert "Open the tenant" in shown(administrator, f"{ENTRA}set-up/")
