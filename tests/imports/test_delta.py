"""The Integrator's run: only what has changed, and the same result as reading all."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest

from directory.models import EndUser
from imports.engine import parts
from imports.models import Decision, Reported
from imports.words import MirrorState, Status, Verdict, Walk
from mappings.models import FieldMapping
from mappings.words import Kind
from tests import bench, snapshot
from tests.imports import histories
from tests.imports.integrator import asked, delta, names, sites

if TYPE_CHECKING:
    from simulator.process import Simulator
    from tests.bench import Desk


ENDED = {Status.SUCCEEDED, Status.NOTHING_CHANGED}


@pytest.mark.rule("R147")
@pytest.mark.rule("R148")
@pytest.mark.parametrize("seed", range(10))
def test_a_delta_comes_to_the_same_as_reading_everybody(
    entra: Simulator, db: None, seed: int
) -> None:
    tenants = [entra.admin.create_tenant(name="Acme") for _ in range(2)]
    if seed % 2:
        for tenant in tenants:
            entra.admin.settings(tenant.tenant_id, page_size=3, duplicates=0.3)
    twins = histories.Twins(entra.admin, tenants, Random(seed))
    twins.begin(people=12)
    by_delta, in_full = (
        histories.desk(entra.admin, tenant, name)
        for tenant, name in zip(tenants, ("Delta", "Full"), strict=True)
    )
    for number in range(4):
        run, other = delta(by_delta), in_full.run()
        assert run.walk == (Walk.DELTA if number else Walk.FULL), run.reason
        assert {run.status, other.status} <= ENDED, f"{run.reason} {other.reason}"
        one, two = by_delta.connection, in_full.connection
        assert snapshot.mirror(one) == snapshot.mirror(two)
        assert snapshot.directory(one) == snapshot.directory(two)
        twins.happen(times=8)


@pytest.mark.rule("R142")
def test_without_a_cursor_everybody_is_read_and_the_reason_is_told(desk: Desk) -> None:
    desk.person("ann")
    desk.map_site(10, "London")
    run = delta(desk)
    assert (run.status, run.walk) == (Status.SUCCEEDED, Walk.FULL)
    assert run.reason == parts.NO_CURSOR
    assert sites() == {"ann": "London"}
    assert delta(desk).walk == Walk.DELTA


@pytest.mark.rule("R142")
def test_only_what_has_changed_is_read(desk: Desk) -> None:
    ann = desk.person("ann")
    desk.person("bob")
    desk.map_site(10, "London", group_id=desk.group("L", [ann]))
    delta(desk)
    desk.change(ann, displayName="Ann Married")
    desk.admin.reset_requests()
    run = delta(desk)
    assert (run.walk, run.reason, run.fetched["users"]) == (Walk.DELTA, "", 1)
    assert names() == {"Ann Married"}
    assert asked(desk) == {"/v1.0/users/delta": 1, "/v1.0/groups/delta": 1}


def test_a_quiet_delta_asks_once_a_part_and_writes_no_record(desk: Desk) -> None:
    ann = desk.person("ann")
    inner = desk.group("Inner", [ann])
    groups = [desk.group(f"G{number}", [inner]) for number in range(51)]
    for number, group in enumerate(groups):
        desk.map_site(number, "London", group_id=group)
    delta(desk)
    before = snapshot.revisions()
    desk.admin.reset_requests()
    run = delta(desk)
    assert run.status == Status.NOTHING_CHANGED
    assert asked(desk) == {"/v1.0/users/delta": 1, "/v1.0/groups/delta": 2}
    assert snapshot.revisions() == before


@pytest.mark.parametrize("state", ["disabled", "deleted"])
@pytest.mark.rule("R149c")
def test_a_leaver_is_treated_by_the_policy(desk: Desk, state: str) -> None:
    ann, _ = desk.person("ann"), desk.person("bob")
    desk.map_site(10, "London")
    bench.unguarded(desk)
    delta(desk)
    if state == "disabled":
        desk.change(ann, accountEnabled=False)
    else:
        desk.admin.delete_user(desk.tenant.tenant_id, str(ann))
    assert delta(desk).walk == Walk.DELTA
    user = EndUser.objects.get(entra_object_id=ann)
    assert (user.entra_state, user.is_active) == (state, False)


@pytest.mark.rule("R149c")
def test_somebody_restored_comes_back(desk: Desk) -> None:
    ann, _ = desk.person("ann"), desk.person("bob")
    desk.map_site(10, "London")
    bench.unguarded(desk)
    delta(desk)
    desk.admin.delete_user(desk.tenant.tenant_id, str(ann))
    delta(desk)
    desk.admin.restore_user(desk.tenant.tenant_id, str(ann))
    delta(desk)
    row = desk.connection.mirror_users.get(object_id=ann)
    assert row.state == MirrorState.PRESENT
    assert EndUser.objects.get(entra_object_id=ann).is_active


def test_somebody_gone_who_was_never_known_is_passed_over(desk: Desk) -> None:
    desk.map_site(10, "London")
    delta(desk)
    ann = desk.person("ann")
    desk.admin.delete_user(desk.tenant.tenant_id, str(ann))
    assert delta(desk).status == Status.NOTHING_CHANGED
    assert not desk.connection.mirror_users.exists()
    assert not Reported.objects.exists()


@pytest.mark.rule("R147")
def test_another_manager_comes_by_delta(desk: Desk) -> None:
    ann, boss = desk.person("ann"), desk.person("boss")
    FieldMapping.objects.create(
        connection=desk.connection, kind=Kind.USERS, source="manager", target="manager"
    )
    desk.map_site(10, "London")
    delta(desk)
    desk.admin.set_manager(desk.tenant.tenant_id, str(ann), str(boss))
    assert delta(desk).walk == Walk.DELTA
    manager = EndUser.objects.get(entra_object_id=ann).manager
    assert manager is not None
    desk.change(ann, displayName="Ann B")
    delta(desk)
    assert EndUser.objects.get(entra_object_id=ann).manager == manager


def test_review_waits_for_a_full_run_or_a_change(desk: Desk) -> None:
    ann = desk.person("ann", mail=f"ann@{desk.tenant.domain}")
    for name in ("One", "Two"):
        EndUser.objects.create(
            site=desk.site("London"), name=name, email=f"ann@{desk.tenant.domain}"
        )
    bench.match_by(desk, Kind.USERS, "email")
    desk.map_site(10, "London")
    reviews = [delta(desk), delta(desk), desk.run(), delta(desk, walk=Walk.FULL)]
    desk.change(ann, displayName="Ann B")
    reviews.append(delta(desk))
    found = [run.counts["users"]["review"] for run in reviews]
    assert found == [1, 0, 1, 1, 1]


def test_what_somebody_decides_counts_at_the_next_delta(desk: Desk) -> None:
    address = f"ann@{desk.tenant.domain}"
    ann = desk.person("ann", mail=address)
    one, _ = (
        EndUser.objects.create(site=desk.site("London"), name=name, email=address)
        for name in ("One", "Two")
    )
    bench.match_by(desk, Kind.USERS, "email")
    desk.map_site(10, "London")
    delta(desk)
    Decision.objects.create(
        connection=desk.connection,
        kind=Kind.USERS,
        object_id=ann,
        verdict=Verdict.LINK,
        record_id=one.pk,
    )
    assert delta(desk).counts["users"]["link"] == 1
    one.refresh_from_db()
    assert one.entra_object_id == ann
