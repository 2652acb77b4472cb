"""The page at `/` shows people only where everybody may see them: in the demo."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.factories.connections import TenantConnectionFactory

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import Settings

pytestmark = pytest.mark.django_db


def test_the_demo_shows_its_connections(client: Client, settings: Settings) -> None:
    settings.DEMO = True
    TenantConnectionFactory.create(name="Contoso <b>")
    page = client.get("/").content.decode()
    assert "Contoso &lt;b&gt;" in page
    assert "No run yet." in page


def test_an_installation_shows_nothing_to_strangers(client: Client) -> None:
    TenantConnectionFactory.create(name="Contoso")
    answer = client.get("/")
    assert answer.status_code == 200
    assert "Contoso" not in answer.content.decode()
