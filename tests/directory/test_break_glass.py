"""The last break-glass administrator stays, while Microsoft is the only way in."""

from __future__ import annotations

import uuid
from html import unescape
from typing import TYPE_CHECKING

import pytest
from auditlog.models import LogEntry
from django.urls import reverse

from common.errors import InvalidInput
from common.rights import Permission
from connections.models import Module
from directory import break_glass
from directory.models import AgentRoleGrant
from halo_entra.configuration.apply import apply
from sso.models import SsoConnection
from tests.accounts.signing import code, with_app
from tests.break_glass import break_glass_account, redirecting
from tests.desk_agents import agent_with, sign_in
from tests.factories.connections import TenantConnectionFactory
from tests.factories.directory import OrganisationFactory

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from django.http import HttpResponse
    from django.test import Client

    from accounts.models import Account

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_limits")]


@pytest.fixture
def administrator(client: Client) -> Client:
    """The client of another administrator, who gave a second factor."""
    agent = sign_in(client, *Permission)
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


def strip_role(client: Client, account: Account) -> HttpResponse:
    """Take the permission from the role, in the role's form."""
    [role] = account.agent.roles.all()
    address = reverse("directory:agent-role", args=[role.pk])
    return client.post(address, {"name": role.name, "permissions": ["view"]})  # type: ignore[return-value]  # as above


def limit_role(client: Client, account: Account) -> HttpResponse:
    """Limit the role to an organisation, in the role's form."""
    [role] = account.agent.roles.all()
    organisation = OrganisationFactory.create()
    address = reverse("directory:agent-role", args=[role.pk])
    sent = {
        "name": role.name,
        "permissions": role.permissions,
        "organisations": [organisation.pk],
    }
    return client.post(address, sent)  # type: ignore[return-value]  # as above


def remove_connection(client: Client, account: Account) -> HttpResponse:
    """Remove the connection that gave the role, and take back what it gave."""
    Module.objects.create(slug="microsoft-entra-id", enabled=True)
    connection = TenantConnectionFactory.create()
    account.agent.role_grants.update(granted_by=connection)
    address = reverse("connections:delete", args=[connection.pk])
    return client.post(address, {"granted": "take_back"}, follow=True)  # type: ignore[return-value]  # as above


def take_back_change(client: Client, account: Account) -> HttpResponse:
    """Take the change back by which the role came to administer."""
    [role] = account.agent.roles.all()
    held = role.permissions
    role.permissions = ["view"]
    role.save()
    role.permissions = held
    role.save()
    entry = LogEntry.objects.get_for_object(role).first()
    assert entry
    return client.post(reverse("history-take-back", args=[entry.pk]), follow=True)  # type: ignore[return-value]  # as above


def unlink(client: Client, account: Account) -> HttpResponse:
    """Unlink the agent from the person whose account it is."""
    agent = account.agent
    agent.entra_tenant_id, agent.entra_object_id = uuid.uuid4(), uuid.uuid4()
    agent.entra_state = "present"
    agent.save()
    account.username = f"{agent.entra_tenant_id}.{agent.entra_object_id}"
    account.save()
    address = reverse("imports:agent-unlink", args=[agent.pk])
    sent = {"revision": agent.revision, "then": ""}
    return client.post(address, sent, follow=True)  # type: ignore[return-value]  # as above


WAYS = pytest.mark.parametrize(
    "way",
    [
        *(deactivate_agent, deactivate_account, take_role, strip_role, limit_role),
        *(remove_connection, take_back_change, unlink),
    ],
)


@pytest.mark.rule("R049")
@WAYS
def test_the_last_one_stays_while_microsoft_is_the_only_way_in(
    administrator: Client, way: Callable[[Client, Account], HttpResponse]
) -> None:
    account = break_glass_account()
    way_in = redirecting()

    page = unescape(" ".join(way(administrator, account).content.decode().split()))

    account.refresh_from_db()
    assert f"last break-glass administrator, {account}, while" in page
    assert f"the SSO connection {way_in.name} redirects automatically" in page
    assert "create_administrator EMAIL --break-glass" in page
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


def test_no_configuration_file_takes_the_last_one(tmp_path: Path) -> None:
    agent_with(Permission.ADMINISTER)
    account = break_glass_account()
    redirecting()
    [role] = account.agent.roles.all()
    file = tmp_path / "desk.yaml"
    file.write_text(
        f"version: 1\nagent_roles: [{{name: {role.name}, permissions: [view]}}]\n"
    )

    with pytest.raises(InvalidInput, match=f"administrator, {account}, while"):
        apply(file, keep=True)

    assert break_glass.accounts().get() == account


def test_no_role_form_leaves_nobody_to_administer(client: Client) -> None:
    agent = sign_in(client, *Permission)
    [role] = agent.roles.all()
    page = client.post(
        reverse("directory:agent-role", args=[role.pk]),
        {"name": "Renamed", "permissions": ["view"]},
    )

    assert page.status_code == 400
    assert "This would leave no active administrator" in page.content.decode()
    role.refresh_from_db()
    assert role.is_administrator
    assert role.name != "Renamed"
