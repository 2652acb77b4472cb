"""The last break-glass administrator stays, while Microsoft is the only way in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache
from django.urls import reverse

from common.rights import Permission
from directory import break_glass
from directory.models import AgentRoleGrant
from sso.models import SsoConnection
from tests.accounts.signing import code, with_app
from tests.break_glass import break_glass_account, redirecting
from tests.desk_agents import sign_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.http import HttpResponse
    from django.test import Client

    from accounts.models import Account

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_limits() -> Iterator[None]:
    """Count no attempt, and no used code, of another test."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def administrator(client: Client) -> Client:
    """The client of another administrator, who gave a second factor."""
    agent = sign_in(client, Permission.VIEW, Permission.ADMINISTER)
    assert agent.account
    with_app(agent.account)
    client.post(reverse("mfa_reauthenticate"), {"code": code()})
    return client


def deactivate_agent(client: Client, account: Account) -> HttpResponse:
    """Untick Active in the agent's form."""
    address = reverse("directory:agent-edit", args=[account.agent.pk])
    return client.post(address, {"name": "Somebody"}, follow=True)  # type: ignore[return-value]  # the test client's own class


def deactivate_account(client: Client, account: Account) -> HttpResponse:
    """Untick Active in `/admin/`."""
    address = reverse("admin:accounts_account_change", args=[account.pk])
    return client.post(address, {}, follow=True)  # type: ignore[return-value]  # as above


def take_role(client: Client, account: Account) -> HttpResponse:
    """Take the role that makes an administrator."""
    grant = AgentRoleGrant.objects.get(agent=account.agent)
    address = reverse("directory:agent-take-role", args=[account.agent.pk, grant.pk])
    return client.post(address, follow=True)  # type: ignore[return-value]  # as above


WAYS = pytest.mark.parametrize("way", [deactivate_agent, deactivate_account, take_role])


@pytest.mark.rule("R049")
@WAYS
def test_the_last_one_stays_while_microsoft_is_the_only_way_in(
    administrator: Client, way: Callable[[Client, Account], HttpResponse]
) -> None:
    account = break_glass_account()
    redirecting()

    page = way(administrator, account).content.decode()

    assert "last break-glass administrator" in page
    assert "create_administrator EMAIL --break-glass" in " ".join(page.split())
    assert break_glass.accounts().get() == account


@WAYS
@pytest.mark.parametrize("eased_by", ["another", "unpublished", "no redirect"])
def test_otherwise_they_are_like_everybody(
    administrator: Client,
    way: Callable[[Client, Account], HttpResponse],
    eased_by: str,
) -> None:
    account = break_glass_account()
    redirecting()
    if eased_by == "another":
        break_glass_account(has_factor=False)
    elif eased_by == "unpublished":
        SsoConnection.objects.update(published=False)
    else:
        SsoConnection.objects.update(auto_redirect=False)

    way(administrator, account)

    assert account not in break_glass.accounts()


def test_the_redirect_holds_nobody_else(administrator: Client) -> None:
    break_glass_account()
    other = break_glass_account()
    other.may_sign_in_locally = False
    other.save()
    redirecting()

    deactivate_agent(administrator, other)

    other.agent.refresh_from_db()
    assert not other.agent.is_active
