"""Signing in lives on ID tokens, importing on access tokens: neither needs both."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from directory.models import EndUser
from imports.words import Status
from tests.sso import signing

if TYPE_CHECKING:
    from simulator.process import Simulator
    from tests.bench import Desk
    from tests.sso.signing import Visit

pytestmark = pytest.mark.django_db


def asked(simulator: Simulator, tenant_id: str) -> list[str]:
    """Return the paths that were asked for in a tenant."""
    return [row["path"] for row in simulator.admin.requests(tenant_id)]


@pytest.mark.rule("R035")
def test_signing_in_needs_no_permission_and_asks_graph_nothing(visit: Visit) -> None:
    tenant = visit.tenant
    visit.simulator.admin.set_application(
        tenant.tenant_id, tenant.application_id, permissions=[], registered=[]
    )
    person = visit.add("ada")
    signing.agent(person)

    assert visit.come_in(person).headers["Location"] == "/"

    assert not [
        path for path in asked(visit.simulator, tenant.tenant_id) if "/v1.0" in path
    ]


@pytest.mark.rule("R035")
def test_an_import_needs_nobody_to_sign_in(desk: Desk, entra: Simulator) -> None:
    desk.map_site(1, "London")
    desk.person("ada")

    assert desk.run().status == Status.SUCCEEDED

    assert EndUser.objects.count() == 1
    assert not [
        path for path in asked(entra, desk.tenant.tenant_id) if "authorize" in path
    ]
