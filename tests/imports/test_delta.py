"""The Integrator's run: only what has changed, and the same result as reading all."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest

from directory.models import Agent, EndUser
from imports import cursors
from imports.engine import parts
from imports.engine.types import Action, Reason
from imports.models import (
    Cursor,
    Decision,
    MirrorGroup,
    MirrorMembership,
    Reported,
    RunItem,
)
from imports.words import GroupState, MirrorState, Status, Verdict, Walk
from mappings.models import FieldMapping, SiteMapping
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


def test_a_joiner_of_a_group_is_read_in_full_then(desk: Desk) -> None:
    ann, group = desk.person("ann", department="Sales"), desk.group("L")
    desk.map_site(10, "London", group_id=group)
    delta(desk)
    desk.join(group, ann)
    run = delta(desk)
    assert run.walk == Walk.DELTA
    assert EndUser.objects.get().department == "Sales"


def test_of_somebody_let_go_only_what_decides_is_kept(desk: Desk) -> None:
    ann = desk.person("ann", department="Sales")
    group = desk.group("L", [ann])
    desk.map_site(10, "London", group_id=group)
    delta(desk)
    desk.leave(group, ann)
    delta(desk)
    kept = desk.connection.mirror_users.get().properties
    assert set(kept) == {"accountEnabled", "userPrincipalName", "userType"}


def test_more_joiners_than_can_be_looked_up_are_read_with_everybody(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    people, group = [desk.person("ann"), desk.person("bob")], desk.group("L")
    desk.map_site(10, "London", group_id=group)
    delta(desk)
    for person in people:
        desk.join(group, person)
    monkeypatch.setattr("imports.reshape.FEW", 1)
    run = delta(desk)
    assert (run.walk, run.reason) == (Walk.FULL, parts.MANY)
    assert sites() == {"ann": "London", "bob": "London"}


def test_a_group_nested_later_is_read_in_full_at_once(desk: Desk) -> None:
    bob = desk.person("bob")
    inner = desk.group("Inner", [desk.group("Deep", [bob])])
    outer = desk.group("Outer")
    desk.map_site(10, "London", group_id=outer)
    delta(desk)
    desk.join(outer, inner)
    run = delta(desk)
    assert (run.walk, sites()) == (Walk.DELTA, {"bob": "London"})
    desk.admin.reset_requests()
    delta(desk)
    assert asked(desk)["/v1.0/groups/delta"] == 1


def test_a_group_that_is_nested_no_longer_is_forgotten(desk: Desk) -> None:
    inner = desk.group("Inner", [desk.person("bob")])
    outer = desk.group("Outer", [inner])
    desk.map_site(10, "London", group_id=outer)
    delta(desk)
    desk.leave(outer, inner)
    delta(desk)
    assert [row.group_id for row in MirrorGroup.objects.all()] == [outer]
    assert not MirrorMembership.objects.exists()
    assert [one.select for one in cursors.groups(desk.connection.pk)] == [[str(outer)]]


def test_a_deleted_group_answers_unknown_until_it_is_restored(desk: Desk) -> None:
    ann = desk.person("ann")
    group = desk.group("L", [ann], groupTypes=["Unified"], mailEnabled=True)
    desk.map_site(10, "London", group_id=group)
    delta(desk)
    before = list(EndUser.objects.values())
    desk.admin.delete_group(desk.tenant.tenant_id, str(group))
    delta(desk)
    assert MirrorGroup.objects.get().state == GroupState.GONE
    assert list(EndUser.objects.values()) == before
    desk.admin.restore_group(desk.tenant.tenant_id, str(group))
    desk.leave(group, ann)
    delta(desk)
    assert MirrorGroup.objects.get().state == GroupState.COMPLETE
    assert EndUser.objects.get().entra_state == "unmatched"


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


@pytest.mark.rule("R147")
def test_a_mapped_property_that_was_not_read_makes_the_next_run_full(
    desk: Desk,
) -> None:
    desk.person("ann", jobTitle="Baker")
    desk.map_site(10, "London")
    delta(desk)
    FieldMapping.objects.create(
        connection=desk.connection,
        kind=Kind.USERS,
        source="jobTitle",
        target="job_title",
    )
    desk.rules_changed()
    run = delta(desk)
    assert run.walk == Walk.FULL
    assert run.reason.startswith("New source: the mappings need Job Title")
    assert EndUser.objects.get().job_title == "Baker"
    assert delta(desk).walk == Walk.DELTA


@pytest.mark.rule("R147")
def test_a_group_that_was_not_followed_makes_the_next_run_full(desk: Desk) -> None:
    ann = desk.person("ann")
    desk.map_site(10, "London", group_id=desk.group("L"))
    delta(desk)
    desk.map_site(20, "Leeds", group_id=desk.group("R", [ann]))
    desk.rules_changed()
    run = delta(desk)
    assert (run.walk, run.reason) == (Walk.FULL, parts.NEW_GROUP)
    assert sites() == {"ann": "Leeds"}


@pytest.mark.rule("R147")
def test_other_changes_of_mappings_need_no_full_walk(desk: Desk) -> None:
    desk.person("ann", department="Sales")
    desk.map_site(10, "London", enabled=False)
    delta(desk)
    SiteMapping.objects.update(enabled=True)
    desk.rules_changed()
    run = delta(desk)
    assert (run.walk, sites()) == (Walk.DELTA, {"ann": "London"})
    assert EndUser.objects.get().department == "Sales"


def test_a_group_that_may_not_be_read_any_longer_costs_nobody_anything(
    desk: Desk,
) -> None:
    desk.map_site(10, "London", group_id=desk.group("L", [desk.person("ann")]))
    delta(desk)
    before = list(EndUser.objects.values())
    desk.admin.set_application(
        desk.tenant.tenant_id,
        desk.tenant.application_id,
        permissions=["User.Read.All", "Organization.Read.All"],
    )
    assert delta(desk).status == Status.NOTHING_CHANGED
    assert MirrorGroup.objects.get().state == GroupState.UNREADABLE
    assert delta(desk).walk == Walk.FULL
    assert list(EndUser.objects.values()) == before


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


@pytest.mark.rule("R149d")
@pytest.mark.rule("R149e")
def test_whoever_was_reported_has_an_entry_that_tells_why(desk: Desk) -> None:
    ann, bob = desk.person("ann"), desk.person("bob")
    desk.map_site(10, "London", group_id=desk.group("L", [ann]))
    delta(desk)
    desk.change(ann, displayName="Ann B")
    desk.change(bob, accountEnabled=False)
    run = delta(desk)
    entries = {item.object_id: item for item in run.items.all()}
    changed, left_out = entries[ann], entries[bob]
    assert (changed.action, left_out.action) == (Action.UPDATE, Action.SKIP)
    assert left_out.reason == Reason.NO_MAPPING
    assert changed.sent is not None
    assert changed.sent["displayName"] == "Ann B"
    assert changed.trace["mappings"][0][:3] == [10, "site", "won"]
    assert run.counts["users"]["skip"] == 1
    assert not Reported.objects.exists()


@pytest.mark.rule("R149d")
def test_a_report_that_changes_nothing_has_an_entry_too(desk: Desk) -> None:
    ann = desk.person("ann")
    desk.map_site(10, "London")
    delta(desk)
    desk.change(ann, displayName="Other")
    desk.change(ann, displayName="Ann")
    run = delta(desk)
    item = RunItem.objects.get(run=run)
    assert (run.status, item.action) == (Status.NOTHING_CHANGED, Action.NONE)
    assert (item.sent or {})["displayName"] == "Ann"
    assert run.counts["users"]["none"] == 1


def test_of_people_whom_nobody_selects_no_more_is_logged_than_is_kept(
    desk: Desk,
) -> None:
    ann = desk.person("ann")
    desk.map_site(10, "London", group_id=desk.group("L"))
    delta(desk)
    desk.change(ann, displayName="Secret", accountEnabled=False)
    delta(desk)
    (item,) = RunItem.objects.all()
    assert set(item.sent or {}) == {"accountEnabled", "userPrincipalName", "userType"}


def test_an_agent_comes_and_goes_by_delta(desk: Desk) -> None:
    ann, group = desk.person("ann"), desk.group("A")
    desk.map_agents(10, group, "Analyst")
    bench.unguarded(desk)
    delta(desk)
    desk.join(group, ann)
    delta(desk)
    assert Agent.objects.get().is_active
    desk.leave(group, ann)
    delta(desk)
    agent = Agent.objects.get()
    assert (agent.is_active, agent.role_grants.count()) == (False, 0)
    assert Cursor.objects.count() == 2
