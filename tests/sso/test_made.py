"""A user is made at the first sign-in, as an import would."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from django.utils import timezone

from accounts.models import Account
from connections.models import TenantConnection
from directory.models import Agent, EndUser
from imports.models import Run
from imports.words import Status, Trigger
from sso import entering
from tests.factories.directory import EndUserFactory, SiteFactory
from tests.sso import signing
from tests.sso.entering import PORTAL, address, change, identity, refused

if TYPE_CHECKING:
    from tests.bench import Desk
    from tests.sso.signing import Visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def making(desk: Desk, visit: Visit) -> Visit:
    """A connection that makes users, of a tenant that is imported."""
    TenantConnection.objects.update(authorised_at=timezone.now() - timedelta(hours=1))
    desk.connection.refresh_from_db()
    change(visit, create_users=True, create_site=SiteFactory.create(name="Elsewhere"))
    return visit


def sales(desk: Desk, *people: str) -> None:
    """Map these people, who are in a group, to a site."""
    group = desk.group("Sales", [UUID(one.partition("/")[2]) for one in people])
    desk.map_site(1, "Sales", group_id=group, group_name="Sales")


@pytest.mark.rule("R055")
def test_the_import_makes_the_one_person_who_signs_in(
    desk: Desk, making: Visit
) -> None:
    person = making.add("ada", department="Sales", mail=address(making))
    sales(desk, person, making.add("bob"))

    answer = making.come_in(person, **PORTAL)

    assert answer.headers["Location"] == "/portal/"
    user = EndUser.objects.get()
    assert (user.name, user.site.name, user.source) == ("Ada", "Sales", desk.connection)
    assert user.department == "Sales"
    assert user.account == Account.objects.get()
    run = Run.objects.get()
    assert (run.trigger, run.status) == (Trigger.SIGN_IN, Status.SUCCEEDED)
    making.client.logout()
    making.come_in(person, **PORTAL)
    assert (Run.objects.count(), EndUser.objects.count()) == (1, 1)


@pytest.mark.rule("R055")
def test_whom_no_mapping_selects_is_not_made(desk: Desk, making: Visit) -> None:
    sales(desk)
    person = making.add("ada", mail=address(making))
    before = signing.counts()

    refused(making, making.come_in(person, **PORTAL), before)


def test_agents_are_never_made(desk: Desk, making: Visit) -> None:
    person = making.add("ada")
    group = desk.group("Staff", [UUID(person.partition("/")[2])])
    desk.map_agents(1, group)
    before = signing.counts()

    refused(making, making.come_in(person), before)
    assert not Run.objects.exists()

    making.come_in(person, **PORTAL)
    assert not Agent.objects.exists()


@pytest.mark.parametrize("imported", [True, False], ids=["imported", "not imported"])
def test_nobody_is_made_beside_a_namesake(
    desk: Desk, making: Visit, *, imported: bool
) -> None:
    domains = [making.tenant.domain] if imported else []
    TenantConnection.objects.update(
        verified_domains=domains,
        authorised_at=timezone.now() if imported else None,
    )
    EndUserFactory.create(email=address(making).upper())
    person = making.add("ada", mail=address(making))
    sales(desk, person)
    before = signing.counts()

    refused(making, making.come_in(person, **PORTAL), before)


def test_a_run_that_cannot_be_made_makes_nobody(desk: Desk, making: Visit) -> None:
    person = making.add("ada")
    sales(desk, person)
    back = making.back(person, **PORTAL)
    making.simulator.admin.fault(path="/v1.0/users", status=403)
    before = signing.counts()

    refused(making, making.answer(back), before)


@pytest.mark.rule("R055")
def test_without_an_import_the_token_says_who_they_are(visit: Visit) -> None:
    site = SiteFactory.create()
    change(visit, create_users=True, create_site=site)
    person = visit.add("ada", mail=address(visit, "ada.l"))

    answer = visit.come_in(person, **PORTAL)

    assert answer.headers["Location"] == "/portal/"
    user = EndUser.objects.get()
    assert (user.site, user.name, user.email) == (site, "Ada", address(visit, "ada.l"))
    assert (user.network_login, user.is_active) == (address(visit), True)
    assert user.entra_object_id == UUID(person.partition("/")[2])
    assert not Run.objects.exists()


@pytest.mark.rule("R055")
def test_without_the_option_nobody_is_made(visit: Visit) -> None:
    change(visit, create_users=False, create_site=SiteFactory.create())
    before = signing.counts()

    refused(visit, visit.come_in(visit.add("ada"), **PORTAL), before)


@pytest.mark.parametrize("name", ["", " ", "\u3000"], ids=["none", "blank", "wide"])
def test_a_name_of_nothing_keeps_nobody_out(visit: Visit, name: str) -> None:
    change(visit, create_users=True, create_site=SiteFactory.create())
    person = visit.add("ada")
    visit.simulator.admin.settings(
        visit.tenant.tenant_id, forge={"claims": {"name": name}}
    )

    visit.come_in(person, **PORTAL)

    assert EndUser.objects.get().name == address(visit)


def test_a_second_tab_makes_nobody_twice(visit: Visit) -> None:
    change(visit, create_users=True, create_site=SiteFactory.create())
    somebody = identity()

    for _ in range(2):
        entering.bring_in(somebody, visit.connection)

    assert EndUser.objects.count() == 1


def test_mappings_select_also_where_nobody_pressed_authorize(
    desk: Desk, making: Visit
) -> None:
    TenantConnection.objects.update(authorised_at=None)
    person = making.add("ada")
    sales(desk, making.add("bob"))

    answer = making.come_in(person, **PORTAL)

    assert signing.denied(answer) == "not_imported"
    assert not EndUser.objects.exists()
