"""The user portal in a browser: no barrier, no noise, and no need of a script."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from tests.accounts.signing import PASSWORD
from tests.factories.accounts import AccountFactory
from tests.factories.connections import TenantConnectionFactory
from tests.factories.directory import (
    AssetFactory,
    EndUserFactory,
    LicenceFactory,
    SoftwareAssignmentFactory,
)
from tests.factories.sso import SignInEventFactory
from tests.sso.at_portal import NAMES, enter

if TYPE_CHECKING:
    from django.test import Client

    from directory.models import EndUser
    from tests.browser.visit import Visitor

pytestmark = pytest.mark.django_db(transaction=True)


def fill(user: EndUser) -> None:
    """Give the user a row or two of everything."""
    AssetFactory.create(
        user=user, name="LEEDS-LT-0042", serial_number="5CG1234XYZ", status="In use"
    )
    licence = LicenceFactory.create(
        name="Microsoft 365 E3", software__name="Microsoft 365", is_active=False
    )
    SoftwareAssignmentFactory.create(user=user, software__name="Visio")
    SoftwareAssignmentFactory.create(
        user=user,
        software=licence.software,
        licence=licence,
        assigned_by=TenantConnectionFactory.create(),
        inherited_from="All of Leeds",
    )
    for reason in ("", "guest"):
        SignInEventFactory.create(
            account=user.account, address="2001:db8::7", reason=reason, audience="user"
        )


@pytest.mark.parametrize(
    ("dark", "narrow"), [(False, False), (True, True)], ids=["light", "dark narrow"]
)
def test_no_page_of_the_portal_has_a_barrier(
    visitor: Visitor, client: Client, dark: bool, narrow: bool
) -> None:
    user = enter(client, name="Ada Lovelace", email="ada.lovelace@acme.example")
    visitor.enter(client)
    visitor.look(dark=dark, narrow=narrow)
    found = []
    for is_filled in (False, True):
        if is_filled:
            fill(user)
        for name in (*NAMES, "mfa_index"):
            visitor.go(reverse(name))
            found += [f"{name} {barrier}" for barrier in visitor.barriers()]

    assert "\n".join(found) == ""


def test_a_user_comes_looks_around_and_leaves_without_script(
    scriptless: Visitor,
) -> None:
    user = EndUserFactory.create(account=AccountFactory.create(password=PASSWORD))
    assert user.account
    page = scriptless.go("/portal/sign-ins/")
    page.get_by_label("address").fill(user.account.username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    assert page.get_by_role("heading", level=1).inner_text() == "My sign-ins"

    for label in ("My devices", "My licences", "My details"):
        page.get_by_role("link", name=label).click()
        assert page.get_by_role("heading", level=1).inner_text() == label
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("link", name="Sign in again").click()

    assert page.url.endswith("/auth/login?portal=user")
