"""The same work with scripts off: criteria, order, preview, ticks, import."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from common.rights import Permission
from directory.models import EndUser
from imports.models import Run
from mappings.models import SiteMapping
from tests.bench import connect
from tests.desk_agents import sign_in
from tests.imports.views.steps import authorised, worker

if TYPE_CHECKING:
    from django.test import Client
    from playwright.sync_api import Page

    from simulator.process import Simulator
    from tests.bench import Desk
    from tests.browser.visit import Visitor

pytestmark = pytest.mark.django_db(transaction=True)
TENANTS = "/configuration/integrations/microsoft-entra-id/tenants/"
CRITERIA = (
    ("accountEnabled", "equals", "true"),
    ("userType", "equals", "Member"),
    ("displayName", "is_not_empty", ""),
)


@pytest.fixture
def desk(entra: Simulator) -> Desk:
    """A desk on a tenant of 2,000 people, with a mapping that selects none."""
    tenant = entra.admin.create_tenant(name="Large", people=2000)
    desk = authorised(connect(entra.admin, tenant))
    desk.site("Everywhere")
    mapping = desk.map_site(10, "Nowhere")
    mapping.criteria.create(field="department", operator="equals", value="No such")
    return desk


def add_mapping(page: Page) -> None:
    """Map everybody whom three criteria select."""
    page.get_by_role("link", name="Add a mapping").first.click()
    page.get_by_role("link", name="Map to an existing Site").click()
    page.get_by_label("Site", exact=False).first.select_option(
        label="Large / Everywhere"
    )
    for at, (field, operator, value) in enumerate(CRITERIA):
        page.get_by_role("button", name="Add criterion").click()
        row = page.locator("ul.criteria li").nth(at)
        row.locator("select").first.select_option(field)
        row.locator("select").nth(1).select_option(operator)
        if value:
            row.locator("textarea, input:not([type=hidden])").last.fill(value)
    page.get_by_role("button", name="Save", exact=True).last.click()


def tick(page: Page, number: int) -> None:
    """Tick so many rows of the page and nobody else."""
    page.get_by_role("button", name="Untick all").click()
    boxes = page.locator("input[data-tick]")
    for at in range(number):
        boxes.nth(at).check()
    page.get_by_role("button", name="Keep the ticks of this page").click()


@pytest.mark.rule("R099", "R095")
def test_ten_of_two_thousand_are_imported_without_script(
    scriptless: Visitor, client: Client, desk: Desk
) -> None:
    sign_in(client, *Permission)
    scriptless.enter(client)
    page = scriptless.go(f"{TENANTS}{desk.connection.pk}/mappings/")
    add_mapping(page)
    made = SiteMapping.objects.get(site__name="Everywhere")
    page.get_by_role("button", name=f"Move {made.sequence} up").click()
    order = SiteMapping.objects.order_by("sequence").values_list(
        "site__name", flat=True
    )
    assert list(order) == ["Everywhere", "Nowhere"]
    assert made.criteria.count() == len(CRITERIA)

    page.get_by_role("link", name="Imports", exact=True).click()
    page.get_by_role("button", name="Import Users").click()
    worker()
    page.reload()
    assert Run.objects.get().items.count() > 1500
    tick(page, 10)
    page.get_by_role("button", name="Import 10 of").click()
    worker()
    page.reload()

    assert EndUser.objects.count() == 10
