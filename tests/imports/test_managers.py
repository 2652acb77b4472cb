"""Whose manager somebody is: links that go with a manager, and come back with one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from directory.models import EndUser
from imports.engine.types import Reason
from imports.words import MirrorState, Walk
from mappings.models import FieldMapping
from mappings.words import Kind
from tests import bench
from tests.imports import absence
from tests.imports.integrator import delta
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
