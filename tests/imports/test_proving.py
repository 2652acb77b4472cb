"""Who is found among the deleted is proven gone, and leaves."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from directory.states import EntraState
from imports.engine.types import Action, Reason
from imports.words import MirrorState, RunKind
from tests import bench
from tests.imports import absence
from tests.imports.absence import row, user_id
from tests.imports.leaving import remove, user

if TYPE_CHECKING:
    from uuid import UUID

    from tests.bench import Desk


@pytest.fixture
def ann(desk: Desk) -> UUID:
    """Somebody who was imported to London together with Bob and Eve."""
    return absence.three(desk)


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


def test_a_leaver_who_is_restored_comes_back(desk: Desk, ann: UUID) -> None:
    remove(desk, ann)
    desk.run()
    desk.admin.restore_user(desk.tenant.tenant_id, str(ann))
    assert desk.run().items.get().action == Action.REACTIVATE
    assert (user(ann).is_active, user(ann).entra_state) == (True, EntraState.PRESENT)


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
