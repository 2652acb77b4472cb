from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser

from common.rights import NOBODY, Permission, Rights
from directory.models import Agent, AgentRoleGrant, EndUser, Site
from directory.rights import rights_of, visible
from tests.desk_agents import agent_with
from tests.factories.directory import (
    AgentFactory,
    AgentRoleFactory,
    EndUserFactory,
    OrganisationFactory,
)

pytestmark = pytest.mark.django_db


def rights(agent: Agent) -> Rights:
    """Return the agent's rights."""
    assert agent.account is not None
    return rights_of(agent.account)


def test_roles_add_up() -> None:
    agent = agent_with(Permission.VIEW)
    role = AgentRoleFactory.create(permissions=["preview", "import"])
    AgentRoleGrant.objects.create(agent=agent, role=role)

    found = rights(agent)

    assert found.agent_id == agent.pk
    assert {*found.permissions} == {"view", "preview", "import"}
    assert found.sees_everything


def test_an_inactive_agent_may_nothing() -> None:
    agent = agent_with(Permission.ADMINISTER)
    agent.is_active = False
    agent.save()

    assert rights(agent) == NOBODY
    assert rights_of(AnonymousUser()) == NOBODY


def test_an_agent_without_a_role_sees_nobody() -> None:
    acme = OrganisationFactory.create()
    agent = agent_with(Permission.VIEW, organisations=[acme])
    AgentRoleGrant.objects.all().delete()

    found = rights(agent)

    assert (found.agent_id, found.permissions) == (agent.pk, frozenset())
    assert found.organisations == frozenset()


def test_people_of_other_organisations_are_hidden() -> None:
    seen, hidden = EndUserFactory.create(), EndUserFactory.create()
    agent = agent_with(Permission.VIEW, organisations=[seen.site.organisation])
    found = rights(agent)

    assert [*visible(EndUser.objects.all(), found)] == [seen]
    assert [*visible(Site.objects.all(), found)] == [seen.site]
    assert hidden.site.organisation_id not in (found.organisations or ())


def test_agents_belong_to_no_organisation() -> None:
    agent = agent_with(Permission.VIEW, organisations=[OrganisationFactory.create()])
    other = AgentFactory.create()

    assert other in visible(type(other).objects.all(), rights(agent))
