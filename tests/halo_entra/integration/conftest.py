"""Fixtures for the screens of Configuration > Integrations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from common.rights import Permission
from connections.models import Authorisation
from tests.desk_agents import sign_in
from tests.halo_entra.integration.seats import Seat
from tests.simulator.browser import Browser

if TYPE_CHECKING:
    from django.test import Client

    from simulator.process import Simulator
    from tests.bench import Desk


@pytest.fixture
def seat(desk: Desk, entra: Simulator, client: Client) -> Seat:
    """An agent who may configure, and a delegated connection."""
    desk.connection.authorisation = Authorisation.DELEGATED
    desk.connection.save()
    agent = sign_in(client, Permission.CONFIGURE)
    return Seat(desk, client, agent, Browser(entra))
