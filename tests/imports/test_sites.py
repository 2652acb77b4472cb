"""Sites from a field: one row a value, whatever its spelling and its history."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from directory.models import EndUser, Organisation, Site
from imports import runs
from imports.models import PlannedSite
from imports.words import Status
from tests import bench

if TYPE_CHECKING:
    from simulator.contract import TenantInfo
    from simulator.process import Simulator
    from tests.bench import Desk


@pytest.fixture
def desk(db: None, entra: Simulator, tenant: TenantInfo) -> Desk:
    """A desk whose sites come from the office."""
    found = bench.connect(entra.admin, tenant)
    found.map_field(10, "officeLocation")
    return found


@pytest.mark.rule("R106")
def test_a_value_of_many_people_is_one_planned_site(desk: Desk) -> None:
    for number in range(5):
        desk.person(f"p{number}", officeLocation="Bristol")
    run = desk.preview()
    assert [site.name for site in run.planned_sites.all()] == ["Bristol"]
    assert not Site.objects.exists()


def test_a_site_that_was_made_meanwhile_is_used(desk: Desk) -> None:
    desk.person("ann", officeLocation="Bristol")
    run = desk.preview()
    by_hand = desk.site("Bristol")
    runs.apply_preview(run)
    planned = PlannedSite.objects.get(run=run)
    assert (planned.site, planned.was_created) == (by_hand, False)
    assert EndUser.objects.get().site == by_hand


def test_an_inactive_site_takes_nobody_in(desk: Desk) -> None:
    Site.objects.filter(pk=desk.site("Bristol").pk).update(is_active=False)
    desk.person("ann", officeLocation="BRISTOL")
    run = desk.run()
    assert run.status == Status.NOTHING_CHANGED
    assert run.place["unstored"]["users"]["site_inactive"] == 1
    assert not EndUser.objects.exists()


def test_the_same_value_in_two_organisations_is_two_sites(desk: Desk) -> None:
    other = Organisation.objects.create(name="Other")
    Site.objects.create(organisation=other, name="Bristol", name_key="bristol")
    desk.person("ann", officeLocation="Bristol")
    desk.run()
    assert EndUser.objects.get().site.organisation == desk.organisation


def test_a_site_whose_row_is_unticked_is_not_made(desk: Desk) -> None:
    desk.person("ann", officeLocation="Bristol")
    desk.person("bob", officeLocation="Leeds")
    run = desk.preview()
    run.items.filter(upn__startswith="ann@").update(is_ticked=False)
    runs.apply_preview(run)
    assert [site.name for site in Site.objects.all()] == ["Leeds"]
    assert run.counts["sites"] == {"create": 1}
