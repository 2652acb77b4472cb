"""What a stored plan is judged by before its first write."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from common.rights import Permission
from directory.models import Agent, EndUser, Site
from imports import runs
from imports.engine.types import Reason
from imports.models import Run
from imports.words import Status
from mappings.models import GuardLimits
from tests import bench
from tests.imports import leaving
from tests.imports.leaving import active, disable, integrator

if TYPE_CHECKING:
    from uuid import UUID

    from tests.bench import Desk


@pytest.fixture
def people(desk: Desk) -> list[UUID]:
    """Eight people who were imported to London."""
    return leaving.eight(desk)


def test_a_run_by_hand_is_judged_over_its_ticked_rows(
    desk: Desk, people: list[UUID]
) -> None:
    disable(desk, people[:5])
    run = desk.preview()
    run.items.filter(object_id__in=people[:3]).update(is_ticked=False)
    assert runs.apply_preview(run).status == Status.SUCCEEDED
    assert active() == 6


def test_a_walk_of_less_than_half_waits_though_look_ups_find_everybody(
    desk: Desk, people: list[UUID]
) -> None:
    cards = [{"id": str(one), "accountEnabled": True} for one in people[:3]]
    for card in cards:
        card |= {"userPrincipalName": f"{card['id']}@acme.example", "displayName": "X"}
    desk.admin.fault(path="/v1.0/users[?]", status=200, body={"value": cards})
    run = desk.run()
    assert run.status == Status.WAITING_FOR_APPROVAL
    assert run.reason.startswith("The tenant listed 3 people; the complete walk before")
    assert not EndUser.objects.filter(name="X").exists()


def test_a_run_about_one_person_is_no_short_walk(
    desk: Desk, people: list[UUID]
) -> None:
    desk.change(people[0], displayName="Ann B")
    assert desk.run(only=str(people[0])).status == Status.SUCCEEDED
    assert desk.run().status == Status.NOTHING_CHANGED


def test_too_many_new_sites_are_held_and_others_come(
    desk: Desk, people: list[UUID]
) -> None:
    GuardLimits.objects.create(connection=desk.connection, new_sites=1)
    desk.map_field(5, "officeLocation", default_site=None)
    desk.rules_changed()
    for number in range(2):
        desk.person(f"new{number}", officeLocation=f"Office {number}")
    desk.person("ida")
    run = integrator(desk)
    assert run.status == Status.WAITING_FOR_APPROVAL
    assert "2 new sites" in run.reason
    assert (EndUser.objects.count(), Site.objects.count()) == (9, 1)
    runs.approve(run)
    assert (EndUser.objects.count(), Site.objects.count()) == (11, 3)


def test_unticked_rows_make_no_new_sites_for_the_guard(
    desk: Desk, people: list[UUID]
) -> None:
    GuardLimits.objects.create(connection=desk.connection, new_sites=1)
    desk.map_field(5, "officeLocation")
    desk.rules_changed()
    made = [desk.person(f"new{one}", officeLocation=f"Office {one}") for one in "ab"]
    run = desk.preview()
    run.items.filter(object_id=made[0]).update(is_ticked=False)
    assert runs.apply_preview(run).status == Status.SUCCEEDED


def test_nobody_becomes_administrator_while_nobody_watches(
    desk: Desk, people: list[UUID]
) -> None:
    desk.map_agents(100, desk.group("Agents", people[:2]))
    role = bench.agent_role("Boss", Permission.ADMINISTER)
    bosses = desk.group("Bosses")
    bench.map_role(desk, bosses, role)
    desk.rules_changed()
    desk.run()
    desk.join(bosses, people[0])
    desk.change(people[1], displayName="Robert")
    run = integrator(desk)
    assert run.status == Status.WAITING_FOR_APPROVAL
    assert Agent.objects.filter(name="Robert").exists()
    assert not role.grants.exists()
    again = integrator(desk)
    assert again.place["unstored"]["agents"][Reason.HELD_BY_RUN] == 1
    run.refresh_from_db()
    runs.approve(run)
    assert role.grants.count() == 1


def test_losses_of_a_plan_approved_today_count_for_a_day(
    desk: Desk, people: list[UUID]
) -> None:
    disable(desk, people[:5])
    waiting = integrator(desk)
    Run.objects.update(started_at=timezone.now() - timedelta(days=3))
    waiting.refresh_from_db()
    runs.approve(waiting)
    disable(desk, people[5:6])
    run = integrator(desk)
    assert "(6 with the last 24 hours)" in run.reason
