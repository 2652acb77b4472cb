"""Every screen, light and dark, wide and narrow: no barrier, no noise, no stranger."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from common.rights import Permission
from connections import credentials
from directory.models import Agent, EndUser
from imports.models import Run, RunItem
from imports.words import RunKind
from tests.bench import connect
from tests.break_glass import break_glass_account
from tests.desk_agents import sign_in
from tests.factories.directory import LicenceFactory, SoftwareAssignmentFactory
from tests.factories.sso import SsoConnectionFactory

if TYPE_CHECKING:
    from django.test import Client

    from simulator.contract import TenantInfo
    from simulator.process import Simulator
    from tests.browser.visit import Visitor

pytestmark = pytest.mark.django_db(transaction=True)
TENANTS = "/configuration/integrations/microsoft-entra-id/tenants/"


@pytest.fixture
def addresses(entra: Simulator, tenant: TenantInfo) -> list[str]:
    """A desk with people, runs and a plan, and the addresses of its screens."""
    desk = connect(entra.admin, tenant)
    people = [desk.person(f"p{at}", department="Sales") for at in range(12)]
    desk.map_site(10, "Leeds", group_id=desk.group("Leeds", people[:8]))
    desk.map_agents(20, desk.group("Desk", people[:2]), role="Analyst")
    run = desk.run()
    desk.change(people[0], department="Marketing")
    planned = desk.run(RunKind.PREVIEW)
    credentials.add(desk.connection.registration, "another")
    way_in = SsoConnectionFactory.create()
    return _addresses(desk.connection.pk, run, planned, way_in.pk)


def _addresses(pk: int, run: Run, planned: Run, way_in: int) -> list[str]:
    tabs = ("details", "field-mappings", "mappings", "advanced", "imports")
    user, agent = EndUser.objects.all()[0], Agent.objects.exclude(source=None)[0]
    assert RunItem.objects.filter(run=planned).exists()
    licence = LicenceFactory.create()
    SoftwareAssignmentFactory.create(user=user, licence=licence)
    return [
        f"/licences/{licence.pk}/",
        "/",
        *("/people/users/", "/people/agents/", "/organisations/", "/sites/"),
        *("/assets/", "/licences/", "/runs/", "/history/", "/guide/"),
        *("/guide/mappings/", "/search/?q=leeds", "/configuration/integrations/"),
        *(f"/people/users/{user.pk}/", f"/people/users/{user.pk}/edit/"),
        *(f"/people/agents/{agent.pk}/", f"/people/agents/{agent.pk}/give/"),
        f"/people/agents/{break_glass_account().agent.pk}/",
        *(f"/runs/{run.pk}/", f"/runs/{planned.pk}/", f"/runs/{run.pk}/undo"),
        *(f"{TENANTS}{pk}/{tab}/" for tab in (*tabs, "inbound-requests")),
        *("/review/", "/review/?show=decided", "/coverage/", "/inbound-requests/"),
        "/health/",
        f"/explain/?connection={pk}&who={user.entra_object_id}&attribute=displayName",
        *(f"/people/users/{user.pk}/{page}/" for page in ("source", "link", "unlink")),
        *(TENANTS, f"{TENANTS}new/", f"{TENANTS}{pk}/delete/"),
        reverse("connections:module"),
        reverse("connections:set-up"),
        reverse("connections:halo-api"),
        reverse("connections:sso", args=[way_in]),
        reverse("connections:secret-add", args=[pk]),
        reverse("directory:agent-role-new"),
        reverse("directory:custom-fields"),
    ]


@pytest.mark.parametrize(
    ("dark", "narrow"), [(False, False), (True, True)], ids=["light", "dark narrow"]
)
def test_no_screen_has_a_barrier(
    visitor: Visitor, client: Client, addresses: list[str], dark: bool, narrow: bool
) -> None:
    sign_in(client, *Permission)
    visitor.enter(client)
    visitor.look(dark=dark, narrow=narrow)
    found = []
    for address in addresses:
        visitor.go(address)
        found += [f"{address} {barrier}" for barrier in visitor.barriers()]

    assert "\n".join(found) == ""


def test_the_door_has_no_barrier(visitor: Visitor) -> None:
    for dark in (False, True):
        visitor.look(dark=dark, narrow=dark)
        for address in ("/auth/login", "/auth/local", "/auth/signed-out"):
            visitor.go(address)
            assert visitor.barriers() == []
