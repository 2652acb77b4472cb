"""The guide, walked by clicks: from a new connection to an import that is undone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from common.rights import Permission
from connections.models import TenantConnection
from directory.models import EndUser, Organisation, Site, UserRole
from tests.desk_agents import sign_in
from tests.imports.views.steps import worker

if TYPE_CHECKING:
    from django.test import Client
    from playwright.sync_api import Page

    from simulator.contract import TenantInfo
    from simulator.process import Simulator
    from tests.browser.visit import Visitor

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 30


@pytest.fixture
def filled(entra: Simulator, tenant: TenantInfo) -> TenantInfo:
    """A tenant with a group of people."""
    group = entra.admin.put_group(tenant.tenant_id, displayName="SG-London")
    for at in range(PEOPLE):
        card = entra.admin.put_user(
            tenant.tenant_id,
            userPrincipalName=f"person{at}@{tenant.domain}",
            displayName=f"Person {at}",
            department="Sales" if at % 2 else "Legal",
            accountEnabled=True,
            userType="Member",
        )
        entra.admin.add_member(tenant.tenant_id, group["id"], card["id"])
    UserRole.objects.create(name="Standard User")
    Site.objects.create(
        organisation=Organisation.objects.create(name="Contoso"), name="London"
    )
    return tenant


def connect(page: Page, tenant: TenantInfo) -> None:
    """Enable the module and make the tenant, as the guide says."""
    page.get_by_role("link", name="Integrations").click()
    page.get_by_role("button", name="Enable Microsoft Entra ID").click()
    page.get_by_role("link", name="Configure Microsoft Entra ID").click()
    page.get_by_role("link", name="Add/Edit Tenants").first.click()
    page.get_by_role("link", name="New").first.click()
    page.get_by_label("Name").first.fill("Contoso")
    page.get_by_label("Tenant ID").fill(tenant.tenant_id)
    page.get_by_label("Application ID").fill(tenant.application_id)
    page.get_by_label("Azure Application Secret (Value)").fill(tenant.secret)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved. Now authorise the connection.")).to_be_visible()
    page.get_by_role("button", name="Consent was granted in Entra").click()
    expect(page.get_by_role("link", name="Field Mappings")).to_be_visible()


def map_people(page: Page) -> None:
    """Map the group to the site."""
    page.get_by_role("link", name="Agent/User Mappings").click()
    page.get_by_role("link", name="Add a mapping").first.click()
    page.get_by_role("link", name="Map to an existing Site").click()
    page.get_by_label("Site", exact=False).first.select_option(label="Contoso / London")
    page.get_by_label("Azure group").fill("SG-Lon")
    page.get_by_role("radio", name="SG-London").check()
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.get_by_role("link", name="Contoso / London")).to_be_visible()


def preview(page: Page) -> None:
    """Ask for a preview and wait until it stands."""
    page.get_by_role("link", name="Imports", exact=True).click()
    page.get_by_role("button", name="Import Users").click()
    worker()
    page.reload()


def import_again(visitor: Visitor, number: int) -> None:
    """Preview once more and import what it shows: so many people have changed."""
    connection = TenantConnection.objects.get()
    page = visitor.go(reverse("imports:imports", args=[connection.pk]))
    preview(page)
    buttons = page.get_by_role("button", name="Import", exact=False)
    if not number:
        expect(page.get_by_text("Nothing would change")).to_be_visible()
        expect(buttons).to_have_count(0)
        return
    page.get_by_role("button", name=f"Import {number} of {number}").click()
    worker()
    page.reload()


def undo(page: Page) -> None:
    """Take the run on the page back."""
    page.get_by_role("link", name="Undo this run").click()
    page.get_by_role("button", name="Undo run").click()
    worker()
    page.reload()


@pytest.mark.rule("R062", "R064", "R065", "R089", "R091", "R092", "R122", "R128")
def test_the_guide_is_walked_from_a_new_connection_to_an_undo(
    visitor: Visitor, client: Client, entra: Simulator, filled: TenantInfo
) -> None:
    sign_in(client, *Permission)
    visitor.enter(client)
    page = visitor.go("/")
    connect(page, filled)
    map_people(page)
    preview(page)

    expect(page.locator("[data-run-status]").first).to_have_attribute(
        "data-run-status", "planned"
    )
    assert EndUser.objects.count() == 0
    assert visitor.barriers() == []
    page.get_by_role("button", name=f"Import {PEOPLE} of {PEOPLE}").click()
    worker()
    page.reload()

    assert EndUser.objects.filter(site__name="London").count() == PEOPLE
    assert visitor.barriers() == []
    first = page.url
    import_again(visitor, 0)
    changed = EndUser.objects.earliest("pk")
    entra.admin.put_user(
        filled.tenant_id, str(changed.entra_object_id), department="Moved"
    )
    import_again(visitor, 1)

    assert EndUser.objects.get(department="Moved") == changed
    assert EndUser.objects.count() == PEOPLE
    page.goto(first)
    undo(page)
    assert EndUser.objects.count() == 1  # a later run has changed it: it stays
