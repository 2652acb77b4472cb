"""Every address of the product is behind the door that its row in `door_rows` names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.audiences import BACKENDS
from accounts.words import Audience
from connections.models import Module
from tests.desk_agents import EVERYTHING, agent_with, sign_in
from tests.door_rows import DOORS, PORTAL, PUBLIC
from tests.doors import METHODS, addresses, admin_addresses
from tests.factories.directory import EndUserFactory

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.http import HttpResponse
    from pytest_django import Settings

    from common.rights import Permission
    from tests.doors import Door

pytestmark = pytest.mark.django_db

ADDRESSES = {one.name: one for one in addresses() if one.name}
ROWS = [pytest.param(name, door, id=name) for name, door in DOORS.items()]


@pytest.fixture(autouse=True)
def _open(settings: Settings) -> Iterator[None]:
    """Count no attempt of another test, nor clear one's; switch the integration on."""
    memory = "django.core.cache.backends.locmem.LocMemCache"
    settings.CACHES = {"default": {"BACKEND": memory}}
    Module.objects.update_or_create(
        slug="microsoft-entra-id", defaults={"enabled": True}
    )
    cache.clear()
    yield
    cache.clear()


def signed_in(permissions: Iterable[Permission], *, csrf: bool = False) -> Client:
    """Return the client of an agent who holds the permissions."""
    client = Client(enforce_csrf_checks=csrf)
    sign_in(client, *permissions)
    return client


def send(client: Client, method: str, name: str) -> HttpResponse:
    """Ask for an address; whatever else goes wrong there is not this test's."""
    door = DOORS[name]
    path = ADDRESSES[name].path(door.made() if door.made else None)
    answer: HttpResponse = getattr(client, method)(path)
    return answer


def test_every_address_has_a_row_and_every_row_an_address() -> None:
    names = [one.name for one in addresses()]

    assert "" not in names
    assert len(names) == len(set(names))
    assert set(names) - PUBLIC - set(DOORS) == set()
    assert (PUBLIC | set(DOORS)) - set(names) == set()
    assert not PUBLIC & set(DOORS)


def test_a_stranger_reaches_nothing_but_what_is_public(client: Client) -> None:
    door = f"{reverse('account_login')}?"
    for name, address in ADDRESSES.items():
        path = address.path()
        asked = "portal=user&next=" if name in PORTAL else "next="
        for answer in (client.get(path), client.post(path)):
            led = answer.headers.get("Location", "")
            is_led_to_it = led.startswith(f"{door}{asked}{path}")
            assert is_led_to_it is (name not in PUBLIC), name


def test_nobody_reaches_the_back_office_without_a_second_factor(client: Client) -> None:
    strangers, door = Client(), f"{reverse('account_login')}?next="
    sign_in(client, *EVERYTHING)
    paths = [one.path() for one in admin_addresses() if one.pattern.name]

    assert len(paths) > 50
    for path in paths:
        for method in METHODS:
            stranger = getattr(strangers, method)(path).headers["Location"]
            agent = getattr(client, method)(path).headers["Location"]
            assert stranger.startswith(door), path
            assert agent == reverse("mfa_index"), path


@pytest.mark.parametrize(("name", "door"), ROWS)
def test_its_permissions_open_it_and_all_others_do_not(name: str, door: Door) -> None:
    for method, needed in door.methods():
        answer = send(signed_in(needed), method, name)
        assert answer.status_code not in {403, 405}, method
        for one in needed:
            answer = send(signed_in(set(EVERYTHING) - {one}), method, name)
            assert answer.status_code == 403, (method, one)


@pytest.mark.parametrize(("name", "door"), ROWS)
def test_neither_a_user_nor_another_site_opens_it(name: str, door: Door) -> None:
    account = agent_with(*EVERYTHING).account
    assert account
    EndUserFactory.create(account=account)
    user = Client()
    user.force_login(account, backend=BACKENDS[Audience.USER])
    forged = signed_in(EVERYTHING, csrf=True)

    for method, needed in door.methods():
        if needed:
            assert send(user, method, name).status_code == 403, method
        if method == "post":
            answer = send(forged, method, name)
            assert answer.status_code == 403
            assert "Nothing was saved" in answer.content.decode()


def test_a_method_that_no_row_names_is_not_answered(client: Client) -> None:
    sign_in(client, *EVERYTHING)
    for name, door in DOORS.items():
        for method in set(METHODS) - set(dict(door.methods())):
            assert send(client, method, name).status_code == 405, name
