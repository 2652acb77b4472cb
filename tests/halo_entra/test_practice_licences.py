"""The practice tenants have bought licences, and people hold them both ways."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from directory.models import Licence, SoftwareAssignment
from halo_entra import practice_licences
from tests.bench import connect
from tests.imports.test_licences import BOTH, imported, settings

if TYPE_CHECKING:
    from simulator.process import Simulator


@pytest.mark.django_db
def test_a_practice_tenant_shows_every_way_to_hold_a_licence(entra: Simulator) -> None:
    tenant = entra.admin.create_tenant(name="Contoso", people=120, profile="contoso")
    practice_licences.subscribe(entra.admin, tenant.tenant_id)
    desk = connect(entra.admin, tenant)
    settings(desk)
    desk.map_site(10, "London")
    desk.rules_changed()
    imported(desk, kinds=BOTH)
    states = dict(Licence.objects.values_list("sku_part_number", "state"))
    assert set(states) == {"ENTERPRISEPACK", "ENTERPRISEPREMIUM", "FLOW_FREE"} | {
        "CRMSTANDARD"
    }
    assert states["CRMSTANDARD"] == "suspended"
    links = SoftwareAssignment.objects.values_list("is_direct", "inherited_from")
    assert {(True, ""), (False, "SG-London"), (False, "DYN-Sales")} <= set(links)
