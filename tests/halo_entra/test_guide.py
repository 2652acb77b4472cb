"""The guide inside the product is one click away from each tab that it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from django.utils import timezone

from connections.models import Module
from connections.tabs import TABS
from tests.desk_agents import EVERYTHING, sign_in
from tests.factories.connections import TenantConnectionFactory

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.rule("R007")
@pytest.mark.parametrize(("label", "name", "slug"), TABS)
def test_each_tab_leads_to_its_page_of_the_guide(
    client: Client, label: str, name: str, slug: str
) -> None:
    Module.objects.create(slug="microsoft-entra-id", enabled=True)
    connection = TenantConnectionFactory.create(first_fetched_at=timezone.now())
    sign_in(client, *EVERYTHING)
    tab = client.get(reverse(name, args=[connection.pk])).content.decode()
    guide = f"/guide/{slug}/"

    assert f'aria-current="page">{label}' in tab
    assert tab.count(f'<a href="{guide}">') == 1
    assert client.get(guide).status_code == 200


@pytest.mark.rule("R007")
def test_a_page_that_is_not_written_is_not_found(client: Client) -> None:
    sign_in(client, *EVERYTHING)
    assert client.get("/guide/nothing/").status_code == 404
