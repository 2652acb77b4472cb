"""Imports of users link people to the licences they hold, and end those links."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from directory.models import EndUser, Licence, Site, SoftwareAssignment
from imports import runs, undo
from imports.words import RunKind, Status, Trigger, Walk
from mappings.words import Kind
from tests.factories.directory import OrganisationFactory
from tests.imports.test_licences import BOTH, E3, E5, buys, imported, settings

if TYPE_CHECKING:
    from uuid import UUID

    from imports.models import Run
    from tests.bench import Desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def licensed(desk: Desk) -> Desk:
    """A desk whose tenant has bought Office 365 E3, everybody in London."""
    settings(desk)
    buys(desk, E3)
    imported(desk)
    desk.map_site(10, "London")
    desk.rules_changed()
    return desk


@pytest.mark.rule("R155")
def test_users_are_linked_and_unlinked_by_imports_of_users(licensed: Desk) -> None:
    ann, ben = licensed.person("ann"), licensed.person("ben")
    give(licensed, E3, ann)
    run = users(licensed)
    assert run.counts["licences"] == {"create": 0, "update": 0, "link": 1, "unlink": 0}
    assert held() == {("ann", "Office 365 E3", True, "")}
    link = SoftwareAssignment.objects.select_related("licence").get()
    assert link.assigned_by == licensed.connection
    assert link.software == link.licence.software  # type: ignore[union-attr]
    assert users(licensed).status == Status.NOTHING_CHANGED
    assert SoftwareAssignment.objects.get() == link
    give(licensed, E3, ann, remove=True)
    give(licensed, E3, ben)
    run = users(licensed)
    assert run.status == Status.SUCCEEDED
    assert (run.counts["licences"]["link"], run.counts["licences"]["unlink"]) == (1, 1)
    assert held() == {("ben", "Office 365 E3", True, "")}


@pytest.mark.rule("R155")
def test_an_inherited_licence_names_its_group(licensed: Desk) -> None:
    ann = licensed.person("ann")
    group = licensed.group("SG-Licensed", [ann])
    give(licensed, E3, group=group)
    users(licensed)
    assert held() == {("ann", "Office 365 E3", False, "SG-Licensed")}
    give(licensed, E3, ann)
    users(licensed)
    assert held() == {("ann", "Office 365 E3", True, "SG-Licensed")}
    give(licensed, E3, group=group, remove=True)
    users(licensed)
    assert held() == {("ann", "Office 365 E3", True, "")}


def test_a_group_that_is_gone_is_told_by_its_id(licensed: Desk) -> None:
    ann = licensed.person("ann")
    group = licensed.group("SG-Licensed", [ann])
    give(licensed, E3, group=group)
    licensed.admin.delete_group(licensed.tenant.tenant_id, str(group))
    users(licensed)
    assert held() == {("ann", "Office 365 E3", False, str(group))}


@pytest.mark.rule("R153")
def test_people_of_another_organisation_are_not_linked(licensed: Desk) -> None:
    ann = licensed.person("ann")
    give(licensed, E3, ann)
    users(licensed)
    other = Site.objects.create(organisation=OrganisationFactory.create(), name="Else")
    EndUser.objects.update(site=other, site_set_by=None)
    run = users(licensed)
    assert held() == set()
    assert "1 person holds licences of another organisation" in run.reason
    again = users(licensed)
    assert (again.status, again.reason) == (Status.NOTHING_CHANGED, run.reason)


def test_whoever_is_gone_holds_nothing(licensed: Desk) -> None:
    ann = licensed.person("ann")
    licensed.person("ben")
    give(licensed, E3, ann)
    users(licensed)
    licensed.admin.delete_user(licensed.tenant.tenant_id, str(ann))
    users(licensed)
    assert EndUser.objects.get(entra_object_id=ann).is_active is False
    assert held() == set()


def test_whoever_is_selected_no_more_is_unlinked_all_the_same(licensed: Desk) -> None:
    ann = licensed.person("ann")
    give(licensed, E3, ann)
    users(licensed)
    group = licensed.group("SG-None")
    licensed.connection.site_mappings.update(group_id=group, group_name="SG-None")
    licensed.rules_changed()
    give(licensed, E3, ann, remove=True)
    users(licensed)
    assert EndUser.objects.get().entra_state == "unmatched"
    assert held() == set()


def test_a_licence_given_by_hand_stays(licensed: Desk) -> None:
    licensed.person("ann")
    users(licensed)
    licence = Licence.objects.get()
    SoftwareAssignment.objects.create(
        user=EndUser.objects.get(), licence=licence, software=licence.software
    )
    assert users(licensed).status == Status.NOTHING_CHANGED
    assert SoftwareAssignment.objects.get().assigned_by is None


def test_a_delta_links_and_unlinks_whom_it_reports(licensed: Desk) -> None:
    ann, ben = licensed.person("ann"), licensed.person("ben")
    give(licensed, E3, ben)
    delta(licensed)
    give(licensed, E3, ann)
    give(licensed, E3, ben, remove=True)
    run = delta(licensed)
    assert run.walk == Walk.DELTA
    assert held() == {("ann", "Office 365 E3", True, "")}
    assert delta(licensed).status == Status.NOTHING_CHANGED


def test_how_a_licence_is_held_is_put_right_by_the_next_full_run(
    licensed: Desk,
) -> None:
    ann = licensed.person("ann")
    give(licensed, E3, ann)
    delta(licensed)
    group = licensed.group("SG-Licensed", [ann])
    give(licensed, E3, ann, group=group)
    delta(licensed)
    assert held() == {("ann", "Office 365 E3", True, "")}
    users(licensed)
    assert held() == {("ann", "Office 365 E3", True, "SG-Licensed")}


def test_a_delta_after_new_licences_looks_at_everybody(licensed: Desk) -> None:
    give(licensed, E3, licensed.person("ann"))
    ben = licensed.person("ben")
    buys(licensed, E5, part_number="ENTERPRISEPREMIUM")
    give(licensed, E5, ben)
    delta(licensed)
    assert held() == {("ann", "Office 365 E3", True, "")}
    imported(licensed)
    assert delta(licensed).counts["licences"]["link"] == 1
    assert held() == {
        ("ann", "Office 365 E3", True, ""),
        ("ben", "Office 365 E5", True, ""),
    }


def test_a_run_about_one_person_links_nobody_else(licensed: Desk) -> None:
    ann, ben = licensed.person("ann"), licensed.person("ben")
    users(licensed)
    give(licensed, E3, ann, ben)
    users(licensed, only=str(ann))
    assert held() == {("ann", "Office 365 E3", True, "")}


@pytest.mark.rule("R155")
def test_without_licences_nobody_is_linked(desk: Desk) -> None:
    buys(desk, E3)
    give(desk, E3, desk.person("ann"))
    desk.map_site(10, "London")
    assert "licences" not in users(desk).counts
    assert held() == set()


def test_an_undo_takes_links_with_the_records_it_removes(licensed: Desk) -> None:
    give(licensed, E3, licensed.person("ann"))
    run = imported(licensed, kinds=BOTH)
    undone = runs.execute(undo.queue(run, Trigger.MANUAL))
    assert "licences" not in undone.counts
    assert not EndUser.objects.exists()
    assert held() == set()
    assert Licence.objects.count() == 1


def test_an_undo_leaves_what_entra_says_of_people_who_stay(licensed: Desk) -> None:
    ann = licensed.person("ann")
    users(licensed)
    give(licensed, E3, ann)
    licensed.change(ann, department="Sales")
    run = users(licensed)
    runs.execute(undo.queue(run, Trigger.MANUAL))
    assert held() == {("ann", "Office 365 E3", True, "")}


def test_links_cost_the_same_for_many_as_for_few(licensed: Desk) -> None:
    people = [licensed.person(f"p{number}") for number in range(3)]
    give(licensed, E3, *people)
    group = licensed.group("SG-Licensed", people)
    give(licensed, E3, group=group)
    users(licensed)
    few = requests_of(licensed)
    counted = []
    for size in (5, 40):
        more = [licensed.person(f"q{size}-{number}") for number in range(size)]
        give(licensed, E3, *more)
        with CaptureQueriesContext(connection) as queries:
            users(licensed)
        counted.append(len(queries))
    assert counted[0] == counted[1]
    assert len(held()) == 48
    assert requests_of(licensed) == few


def users(desk: Desk, **order: Any) -> Run:
    """Import users; a plan that takes away is applied."""
    run = desk.run(**{"kinds": [Kind.USERS], **order})
    assert run.status != Status.FAILED, run.reason
    return run


def delta(desk: Desk) -> Run:
    """Do what the Integrator does, on its cursor."""
    return users(desk, kind=RunKind.DELTA, walk=Walk.DELTA)


def give(
    desk: Desk,
    sku_id: str,
    *people: UUID,
    group: UUID | None = None,
    remove: bool = False,
) -> None:
    """Give a SKU to people in the tenant, or take it."""
    desk.admin.assign_sku(
        desk.tenant.tenant_id,
        sku_id,
        *map(str, people),
        group_id=str(group) if group else None,
        remove=remove,
    )


def held() -> set[tuple[str, str, bool, str]]:
    """Return who holds what, and how."""
    rows = SoftwareAssignment.objects.values_list(
        "user__network_login", "licence__name", "is_direct", "inherited_from"
    )
    return {
        (login.partition("@")[0], name or "", is_direct, group)
        for login, name, is_direct, group in rows
    }


def requests_of(desk: Desk) -> int:
    """Return how many requests the next import of users takes."""
    desk.admin.reset_requests()
    users(desk)
    return len(desk.admin.requests(desk.tenant.tenant_id))
