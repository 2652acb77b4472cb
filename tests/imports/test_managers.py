"""Whose manager somebody is: links that go with a manager, and come back with one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from directory.models import Agent, EndUser
from imports import runs
from imports.engine.types import Reason
from imports.words import MirrorState, Walk
from mappings.models import FieldMapping
from mappings.words import Kind
from tests import bench
from tests.imports import absence
from tests.imports.integrator import asked, delta
from tests.imports.leaving import purge, remove

if TYPE_CHECKING:
    from uuid import UUID

    from simulator.contract import TenantInfo
    from simulator.process import Simulator
    from tests.bench import Desk


@pytest.fixture
def desk(db: None, entra: Simulator, tenant: TenantInfo) -> Desk:
    """A desk that maps managers, and minds no losses."""
    made = bench.connect(entra.admin, tenant)
    FieldMapping.objects.create(
        connection=made.connection, kind=Kind.USERS, source="manager", target="manager"
    )
    bench.unguarded(made)
    return made


def report(desk: Desk, person: UUID, boss: UUID) -> None:
    """Give somebody a manager in the tenant."""
    desk.admin.set_manager(desk.tenant.tenant_id, str(person), str(boss))


def staffed(desk: Desk) -> tuple[UUID, UUID, UUID]:
    """Make Ann and Bob, who report to a boss; all three belong to London."""
    ann, bob, boss = (desk.person(name) for name in ("ann", "bob", "boss"))
    for person in (ann, bob):
        report(desk, person, boss)
    desk.map_site(10, "London")
    return ann, bob, boss


def managers() -> dict[str, str | None]:
    """Return whose manager is who, by name."""
    return dict(EndUser.objects.values_list("name", "manager__name"))


@pytest.mark.rule("R147")
@pytest.mark.rule("R149c")
def test_a_deleted_manager_is_nobody_s_by_delta_already(desk: Desk) -> None:
    _, _, boss = staffed(desk)
    delta(desk)
    assert managers() == {"Ann": "Boss", "Bob": "Boss", "Boss": None}
    remove(desk, boss)
    run = delta(desk)
    assert run.walk == Walk.DELTA
    assert managers() == {"Ann": None, "Bob": None, "Boss": None}
    reasons = run.items.filter(stage="managers").values_list("reason", flat=True)
    assert list(reasons) == [Reason.MANAGER_NOT_HERE] * 2


def test_a_restored_manager_is_theirs_again(desk: Desk) -> None:
    ann, _, boss = staffed(desk)
    delta(desk)
    remove(desk, boss)
    delta(desk)
    desk.change(ann, displayName="Ann B")
    delta(desk)
    desk.admin.restore_user(desk.tenant.tenant_id, str(boss))
    assert delta(desk).walk == Walk.DELTA
    assert managers() == {"Ann B": "Boss", "Bob": "Boss", "Boss": None}


def test_a_manager_set_by_hand_stays_when_theirs_is_deleted(desk: Desk) -> None:
    ann, _, boss = staffed(desk)
    delta(desk)
    other = EndUser.objects.create(site=desk.site("London"), name="Other")
    EndUser.objects.filter(entra_object_id=ann).update(
        manager=other, manager_set_by=None
    )
    remove(desk, boss)
    delta(desk)
    assert managers()["Ann"] == "Other"


def test_a_manager_stays_until_it_is_proven_that_they_are_gone(desk: Desk) -> None:
    _, _, boss = staffed(desk)
    delta(desk)
    purge(desk, boss)
    delta(desk)
    assert absence.row(desk, boss).state == MirrorState.ABSENT
    assert managers() == {"Ann": "Boss", "Bob": "Boss", "Boss": None}
    # A list names the managers of everybody, and only those who are there.
    delta(desk, walk=Walk.FULL)
    assert managers() == {"Ann": None, "Bob": None, "Boss": None}


def test_a_manager_read_in_full_while_deleted_is_back_once_restored(
    desk: Desk,
) -> None:
    ann, _, boss = staffed(desk)
    delta(desk)
    remove(desk, boss)
    delta(desk)
    delta(desk, walk=Walk.FULL)
    assert managers() == {"Ann": None, "Bob": None, "Boss": None}
    desk.admin.restore_user(desk.tenant.tenant_id, str(boss))
    assert delta(desk).walk == Walk.DELTA
    assert managers() == {"Ann": "Boss", "Bob": "Boss", "Boss": None}
    # Whoever has none in Entra has none here, once the manager is there again.
    desk.admin.set_manager(desk.tenant.tenant_id, str(ann), None)
    delta(desk)
    assert managers() == {"Ann": None, "Bob": "Boss", "Boss": None}


def test_a_run_about_one_person_leaves_the_managers_of_others(desk: Desk) -> None:
    ann, bob, boss = staffed(desk)
    desk.run()
    EndUser.objects.update(manager=None, manager_set_by=None)
    desk.run(only=str(ann))
    assert managers() == {"Ann": "Boss", "Bob": None, "Boss": None}
    # Bob is looked at again by a run about his manager.
    run = desk.run(only=str(boss))
    assert run.items.get().object_id == bob
    assert managers() == {"Ann": "Boss", "Bob": "Boss", "Boss": None}


def test_a_preview_of_one_person_reads_one_manager_when_applied(desk: Desk) -> None:
    ann, _, boss = staffed(desk)
    desk.run(only=str(boss))
    run = desk.preview(only=str(ann))
    desk.admin.reset_requests()
    runs.apply_preview(run)
    assert asked(desk) == {f"/v1.0/users/{ann}": 1}
    assert managers() == {"Ann": "Boss", "Boss": None}


def test_a_run_about_one_person_leaves_the_agents_of_others(desk: Desk) -> None:
    ann, bob = desk.person("ann"), desk.person("bob")
    desk.map_site(10, "London")
    desk.map_agents(20, desk.group("A", [ann, bob]), "Analyst")
    desk.run()
    Agent.objects.update(user=None)
    desk.run(only=str(ann))
    linked = Agent.objects.exclude(user=None)
    assert linked.get().entra_object_id == ann
