"""What the set-up says before anybody can do it wrong, in the guide's order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from connections.models import Module
from tests.desk_agents import EVERYTHING, sign_in

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


def words(client: Client, name: str) -> str:
    """Return a page with each run of blanks as one."""
    Module.objects.create(slug="microsoft-entra-id", enabled=True)
    sign_in(client, *EVERYTHING)
    return " ".join(client.get(reverse(name)).content.decode().split())


@pytest.mark.rule("R012")
def test_a_specific_tenant_takes_the_first_option(client: Client) -> None:
    page = words(client, "connections:set-up")

    assert "For a specific tenant choose the first option, Single tenant." in page


@pytest.mark.rule("R020")
@pytest.mark.rule("R022")
@pytest.mark.parametrize(
    ("permission", "purpose"),
    [
        ("openid", "Single sign-on, delegated only"),
        ("DeviceManagementManagedDevices.Read.All", "Only for devices from Intune"),
    ],
)
def test_each_permission_says_what_it_is_for(
    client: Client, permission: str, purpose: str
) -> None:
    page = words(client, "connections:set-up")

    assert f"<code>{permission}</code></th><td>{purpose}</td>" in page


@pytest.mark.rule("R013")
@pytest.mark.rule("R051")
@pytest.mark.rule("R052")
def test_multi_tenant_is_a_choice_of_sign_in_with_its_reason(client: Client) -> None:
    page = words(client, "connections:sso-new")

    assert '<option value="multi">Multi Tenant</option>' in page
    assert "Multi Tenant if people of several organisations sign in" in page
    assert "those who do without it use a multi tenant application" in page
    assert "To service providers CSP is recommended" in page


@pytest.mark.rule("R013")
def test_multi_tenant_is_no_choice_of_an_import(client: Client) -> None:
    assert "Multi Tenant" not in words(client, "connections:tenant-new")


@pytest.mark.rule("R008")
@pytest.mark.parametrize(
    "label", ["Agents", "Agent roles", "Teams", "Organisations", "Users", "Sites"]
)
def test_the_neighbours_that_the_guide_names_are_in_the_menu(
    client: Client, label: str
) -> None:
    page = words(client, "dashboard")
    menu = page.partition('aria-label="Main"')[2].partition("</nav>")[0]

    assert f"</svg> {label}</a>" in menu
