"""Agents who are signed in, with just the permissions a test gives them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from common.rights import Permission
from directory.models import AgentRoleGrant
from tests.factories.accounts import AccountFactory
from tests.factories.directory import AgentFactory, AgentRoleFactory

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.test import Client

    from directory.models import Agent, Organisation

EVERYTHING = tuple(Permission)


def agent_with(
    *permissions: Permission, organisations: Iterable[Organisation] = ()
) -> Agent:
    """Return an agent whose one role holds these permissions.

    No organisation named: all of them are seen.
    """
    account = AccountFactory.create(password="a-canary-sings-at-dawn")
    agent = AgentFactory.create(account=account)
    role = AgentRoleFactory.create(permissions=[one.value for one in permissions])
    role.organisations.set(organisations)
    AgentRoleGrant.objects.create(agent=agent, role=role)
    return agent


def sign_in(
    client: Client,
    *permissions: Permission,
    organisations: Iterable[Organisation] = (),
    recently: bool = True,
) -> Agent:
    """Sign such an agent in; not `recently`: longer ago than secrets allow."""
    agent = agent_with(*permissions, organisations=organisations)
    assert agent.account is not None
    client.force_login(agent.account)
    session = client.session
    session["account_authentication_methods_user"] = str(agent.account.pk)
    session["account_authentication_methods"] = [
        {
            "method": "password",
            "at": time.time() - (0 if recently else 3600),
            "reauthenticated": True,
        }
    ]
    session.save()
    return agent
