"""Authorize in a browser: to Microsoft, and back to the connection's Details."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from common.rights import Permission
from connections.models import Authorisation
from tests.bench import connect
from tests.desk_agents import sign_in

if TYPE_CHECKING:
    from django.test import Client

    from simulator.contract import TenantInfo
    from simulator.process import Simulator
    from tests.browser.visit import Visitor

pytestmark = pytest.mark.django_db(transaction=True)
TENANTS = "/configuration/integrations/microsoft-entra-id/tenants/"


@pytest.mark.rule("R066", "R067", "R068", "R069")
def test_somebody_authorises_and_returns_to_the_connection(
    visitor: Visitor,
    client: Client,
    entra: Simulator,
    tenant: TenantInfo,
) -> None:
    desk = connect(entra.admin, tenant)
    desk.connection.authorisation = Authorisation.DELEGATED
    desk.connection.save()
    desk.person("ann")
    redirect = f"{visitor.origin}/azure/auth"
    entra.admin.set_application(
        tenant.tenant_id, tenant.application_id, redirect_uris=[redirect]
    )
    sign_in(client, *Permission)
    visitor.enter(client)
    page = visitor.go(f"{TENANTS}{desk.connection.pk}/details/")

    page.get_by_role("button", name="Authorize").click()
    page.get_by_role("button", name="ann").click()
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_role("heading", name=desk.connection.name)).to_be_visible()

    desk.connection.refresh_from_db()
    assert desk.connection.authorised_at is not None
    assert desk.connection.token_cache
