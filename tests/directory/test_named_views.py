"""Deleting the desk's own records widens nobody's rights."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from directory.models import AgentRole, Organisation
from tests.desk_agents import EVERYTHING, agent_with, sign_in
from tests.factories.directory import OrganisationFactory

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("others", [0, 1])
def test_an_organisation_stays_while_a_role_is_limited_to_it_alone(
    client: Client, others: int
) -> None:
    sign_in(client, *EVERYTHING)
    places = OrganisationFactory.create_batch(1 + others)
    agent = agent_with(*EVERYTHING, organisations=places)
    [role] = agent.roles.all()

    page = client.post(
        reverse("directory:organisation-delete", args=[places[0].pk]), follow=True
    ).content.decode()

    is_said = f"{role} is limited to {places[0]}, and would be for every" in page
    assert is_said is (others == 0)
    is_there = Organisation.objects.filter(pk=places[0].pk).exists()
    assert is_there is (others == 0)
    assert AgentRole.objects.get(pk=role.pk).organisations.count() == 1
