"""A person counts as gone only when proven so; anything else costs nobody anything."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from directory.models import EndUser
from directory.states import EntraState
from imports import claims, proving, runs
from imports.attempt import attempt
from imports.engine.types import Action, Reason
from imports.words import MirrorState, RunKind, Status, Trigger, Walk
from imports.work import Unwatched
from mappings.models import FieldMapping
from mappings.words import Kind
from tests import bench
from tests.imports.leaving import EMPTY, NOBODY, purge, remove, user

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from imports.models import MirrorUser, Run
    from imports.work import Work
    from tests.bench import Desk

LIST = "/v1.0/users[?]"
"""The list of people, without look-ups of single ones."""
CONTROL = r"/users/[^/?]*[?]\$select=id$"


def row(desk: Desk, person: UUID) -> MirrorUser:
    """Return what the mirror has of somebody."""
    return desk.connection.mirror_users.get(object_id=person)


def is_untouched(desk: Desk, person: UUID) -> bool:
    """Say whether somebody is absent and their record as it was imported."""
    found = user(person)
    is_absent = row(desk, person).state == MirrorState.ABSENT
    is_kept = found.is_active and found.entra_state == EntraState.PRESENT
    return is_absent and is_kept and found.revision == 1


def time_passes(desk: Desk, span: timedelta) -> None:
    """Move the simulator's clock on, and what we remember back."""
    desk.admin.advance(span.total_seconds())
    for found in desk.connection.mirror_users.filter(evidence__isnull=False):
        assert found.evidence
        at = datetime.fromisoformat(found.evidence["at"]) - span
        found.evidence = {**found.evidence, "at": at.isoformat()}
        found.save(update_fields=["evidence"])


def list_only(desk: Desk, people: Iterable[UUID]) -> None:
    """Make the list of people complete and right, but for those left out."""
    rows = desk.admin.oracle(desk.tenant.tenant_id, "people")
    by_id = {one["id"]: one["properties"] for one in rows}
    listed = [{**by_id[str(one)], "id": str(one)} for one in people]
    desk.admin.fault(path=LIST, status=200, body={"value": listed})


def skipped(run: Run, reason: Reason) -> int:
    """Return how many users a run left out for a reason."""
    found: int = run.place["unstored"]["users"].get(reason.value, 0)
    return found


@pytest.fixture
def ann(desk: Desk) -> UUID:
    """Somebody who was imported to London together with Bob and Eve."""
    people = [desk.person(name) for name in ("ann", "bob", "eve")]
    desk.map_site(10, "London")
    desk.run()
    return people[0]


def test_who_is_found_among_the_deleted_is_deactivated(desk: Desk, ann: UUID) -> None:
    remove(desk, ann)
    item = desk.run().items.get()
    assert (item.action, item.reason) == (Action.DEACTIVATE, Reason.DELETED_IN_ENTRA)
    assert (user(ann).is_active, user(ann).entra_state) == (False, EntraState.DELETED)
    assert row(desk, ann).state == MirrorState.DELETED


def test_the_proof_is_kept_beside_the_row(desk: Desk, ann: UUID) -> None:
    remove(desk, ann)
    run = desk.preview()
    evidence = run.items.get().evidence
    assert evidence is not None
    assert evidence["found"] == "deleted"
    assert run.started_at is not None
    assert datetime.fromisoformat(evidence["at"]) >= run.started_at.replace(
        microsecond=0
    )
    assert len(evidence["request_id"]) == 36


def test_rows_about_others_hold_no_proof(desk: Desk, ann: UUID) -> None:
    remove(desk, ann)
    desk.change(user_id("bob"), displayName="Robert")
    run = desk.run()
    held = dict(run.items.values_list("name", "evidence"))
    assert held["Robert"] is None
    assert held["Ann"] is not None


def user_id(login: str) -> UUID:
    """Return the object id of a user by the start of the login."""
    found = EndUser.objects.get(network_login__startswith=login).entra_object_id
    assert found is not None
    return found


def test_a_leaver_who_is_restored_comes_back(desk: Desk, ann: UUID) -> None:
    remove(desk, ann)
    desk.run()
    desk.admin.restore_user(desk.tenant.tenant_id, str(ann))
    assert desk.run().items.get().action == Action.REACTIVATE
    assert (user(ann).is_active, user(ann).entra_state) == (True, EntraState.PRESENT)


def test_one_walk_without_somebody_purged_proves_nothing(desk: Desk, ann: UUID) -> None:
    purge(desk, ann)
    run = desk.run()
    assert run.status == Status.NOTHING_CHANGED
    assert skipped(run, Reason.UNPROVEN) == 1
    assert is_untouched(desk, ann)


@pytest.mark.parametrize(
    ("span", "state"),
    [
        (timedelta(minutes=59), MirrorState.ABSENT),
        (timedelta(minutes=61), MirrorState.GONE),
    ],
)
def test_somebody_purged_is_gone_in_the_second_walk_an_hour_later(
    desk: Desk, ann: UUID, span: timedelta, state: MirrorState
) -> None:
    purge(desk, ann)
    desk.run()
    time_passes(desk, span)
    desk.run()
    assert row(desk, ann).state == state
    assert user(ann).is_active is (state is MirrorState.ABSENT)


def test_the_proof_of_somebody_purged_holds_both_walks(desk: Desk, ann: UUID) -> None:
    purge(desk, ann)
    first = desk.run()
    time_passes(desk, timedelta(hours=2))
    second = desk.run()
    evidence = second.items.get().evidence
    assert evidence is not None
    assert evidence["found"] == evidence["first"]["found"] == "nowhere"
    assert evidence["first"]["generation"] == first.generation
    assert evidence["generation"] == second.generation


def test_a_walk_that_saw_the_person_makes_the_first_proof_void(
    desk: Desk, ann: UUID
) -> None:
    desk.admin.fault(path=f"{ann}", status=404, body=NOBODY)
    list_only(desk, [user_id("bob"), user_id("eve")])
    desk.run()
    desk.admin.clear_faults()
    desk.run()
    assert row(desk, ann).state == MirrorState.PRESENT
    purge(desk, ann)
    time_passes(desk, timedelta(hours=2))
    desk.run()
    assert is_untouched_but_listed(desk, ann)


def is_untouched_but_listed(desk: Desk, person: UUID) -> bool:
    """Say whether somebody is absent, not gone, and active."""
    return row(desk, person).state == MirrorState.ABSENT and user(person).is_active


def test_whom_the_list_forgot_the_look_up_refreshes(desk: Desk, ann: UUID) -> None:
    desk.change(ann, displayName="Ann Newname")
    list_only(desk, [user_id("bob"), user_id("eve")])
    run = desk.run()
    assert run.items.get().action == Action.UPDATE
    assert user(ann).name == "Ann Newname"
    assert row(desk, ann).state == MirrorState.PRESENT


SILENT: dict[str, dict[str, Any]] = {
    "throttled": {"status": 429, "headers": {"retry-after": "1900"}},
    "unavailable": {"status": 503},
    "forbidden": {"status": 403},
    "not found by a gateway": {"status": 404, "html": True},
    "not found for another reason": {"status": 404, "body": {"error": {}}},
    "empty": EMPTY,
    "a wrong type": {"status": 200, "body": {"id": 7}},
}


@pytest.mark.parametrize("where", ["/v1.0/users/PERSON", "/deletedItems/PERSON"])
@pytest.mark.parametrize("fault", SILENT.values(), ids=SILENT)
def test_a_look_up_that_fails_proves_nothing(
    desk: Desk,
    ann: UUID,
    monkeypatch: pytest.MonkeyPatch,
    fault: dict[str, Any],
    where: str,
) -> None:
    monkeypatch.setattr("imports.attempt.sleep", list[float]().append)
    remove(desk, ann)
    desk.admin.fault(path=where.replace("PERSON", str(ann)), **fault)
    run = desk.run()
    assert run.status == Status.NOTHING_CHANGED
    assert is_untouched(desk, ann)
    desk.admin.clear_faults()
    desk.run()
    assert not user(ann).is_active


@pytest.mark.parametrize("fault", SILENT.values(), ids=SILENT)
def test_a_control_that_is_not_found_proves_nothing(
    desk: Desk, ann: UUID, monkeypatch: pytest.MonkeyPatch, fault: dict[str, Any]
) -> None:
    monkeypatch.setattr("imports.attempt.sleep", list[float]().append)
    remove(desk, ann)
    desk.admin.fault(path=CONTROL, **fault)
    assert desk.run().status == Status.NOTHING_CHANGED
    assert is_untouched(desk, ann)


def test_a_control_that_is_gone_itself_proves_nothing(desk: Desk, ann: UUID) -> None:
    remove(desk, ann)
    desk.admin.fault(path=CONTROL, status=404, body=NOBODY)
    desk.run()
    assert is_untouched(desk, ann)


def test_an_empty_list_removes_nobody(desk: Desk, ann: UUID) -> None:
    list_only(desk, [])
    desk.admin.fault(path="/v1.0/users/", status=404, body=NOBODY)
    run = desk.run()
    assert (run.status, skipped(run, Reason.UNPROVEN)) == (Status.NOTHING_CHANGED, 3)
    assert EndUser.objects.filter(is_active=True, revision=1).count() == 3


def test_nobody_absent_changes_when_the_rules_do(desk: Desk, ann: UUID) -> None:
    purge(desk, ann)
    desk.run()
    desk.connection.site_mappings.update(include_external=True)
    desk.rules_changed()
    assert skipped(desk.run(), Reason.UNPROVEN) == 1
    assert is_untouched(desk, ann)


def test_only_those_with_a_record_are_looked_up(desk: Desk, ann: UUID) -> None:
    guest = desk.person("guest")
    desk.change(guest, userType="Guest")
    desk.run()
    remove(desk, ann)
    remove(desk, guest)
    desk.admin.reset_requests()
    desk.run()
    asked = str(desk.admin.request_counts(desk.tenant.tenant_id))
    assert f"deletedItems/{ann}" in asked
    assert str(guest) not in asked


def test_many_leavers_are_proven_batch_by_batch(desk: Desk, ann: UUID) -> None:
    people = [desk.person(f"p{number}") for number in range(40)]
    bench.unguarded(desk)
    desk.run()
    for person in people[:20]:
        remove(desk, person)
    desk.admin.reset_requests()
    run = desk.run()
    assert run.counts["users"]["deactivate"] == 20
    batches = desk.admin.request_counts(desk.tenant.tenant_id)["POST /v1.0/$batch"]
    assert batches == 3


def test_a_run_about_one_person_is_no_walk_that_proves(desk: Desk, ann: UUID) -> None:
    purge(desk, ann)
    desk.run()
    time_passes(desk, timedelta(hours=2))
    desk.run(only="bob@" + desk.tenant.domain)
    assert is_untouched(desk, ann)


def looked_up(desk: Desk, person: UUID, *walks: tuple[Walk, int]) -> str:
    """Look absent people up in walks of these numbers, two hours apart each time.

    Returns what the mirror has of the person then.
    """
    now = timezone.now()
    desk.connection.mirror_users.filter(object_id=person).update(
        state=MirrorState.ABSENT
    )
    for walk, generation in walks:
        order = runs.Order(RunKind.IMPORT, trigger=Trigger.COMMAND)
        run = runs.queue(desk.connection, order)
        claim = claims.take(run)
        assert claim is not None
        run.walk, run.generation = walk, generation
        now += timedelta(hours=2)
        attempt(run, claim, Unwatched(), partial(only_prove, now=now))
    return row(desk, person).state


def only_prove(work: Work, now: datetime) -> Status:
    """Do nothing in a run but look absent people up."""
    proving.prove(work, now)
    return Status.NOTHING_CHANGED


@pytest.mark.parametrize(
    ("walks", "state"),
    [
        ([(Walk.FULL, 5), (Walk.FULL, 6)], MirrorState.GONE),
        ([(Walk.FULL, 5), (Walk.FULL, 5)], MirrorState.ABSENT),
        ([(Walk.FULL, 5), (Walk.DELTA, 6)], MirrorState.ABSENT),
        ([(Walk.DELTA, 5), (Walk.FULL, 6)], MirrorState.ABSENT),
        ([(Walk.FULL, 5), (Walk.DELTA, 6), (Walk.FULL, 7)], MirrorState.GONE),
    ],
)
def test_only_two_complete_walks_prove_that_somebody_is_gone_for_good(
    desk: Desk, ann: UUID, walks: list[tuple[Walk, int]], state: MirrorState
) -> None:
    purge(desk, ann)
    assert looked_up(desk, ann, *walks) == state


def test_a_delta_run_proves_that_somebody_is_deleted(desk: Desk, ann: UUID) -> None:
    remove(desk, ann)
    assert looked_up(desk, ann, (Walk.DELTA, 5)) == MirrorState.DELETED


def test_an_absent_person_keeps_the_manager(desk: Desk, ann: UUID) -> None:
    bob, eve = user_id("bob"), user_id("eve")
    FieldMapping.objects.create(
        connection=desk.connection, kind=Kind.USERS, source="manager", target="manager"
    )
    desk.rules_changed()
    desk.admin.set_manager(desk.tenant.tenant_id, str(ann), str(bob))
    desk.run()
    EndUser.objects.filter(entra_object_id=ann).update(manager=user(eve))
    purge(desk, ann)
    desk.run()
    assert user(ann).manager == user(eve)


def test_who_is_disabled_and_unmatched_leaves_as_disabled(desk: Desk) -> None:
    ann = desk.person("ann")
    group = desk.group("L", [ann, desk.person("bob")])
    desk.map_site(10, "London", group_id=group)
    desk.run()
    desk.leave(group, ann)
    desk.change(ann, accountEnabled=False)
    item = desk.run().items.get()
    assert (item.action, item.reason) == (Action.DEACTIVATE, Reason.DISABLED_IN_ENTRA)


def test_a_preview_proves_too_and_writes_no_record(desk: Desk, ann: UUID) -> None:
    remove(desk, ann)
    run = desk.run(RunKind.PREVIEW)
    assert run.counts["users"]["deactivate"] == 1
    assert user(ann).is_active
