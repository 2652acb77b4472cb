"""Old proofs that people are gone are renewed before a plan is applied."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from imports import runs
from imports.models import Run
from imports.words import MirrorState, Outcome, Status
from mappings.models import GuardLimits
from tests.imports import leaving
from tests.imports.leaving import active, integrator

if TYPE_CHECKING:
    from uuid import UUID

    from tests.bench import Desk


@pytest.fixture
def people(desk: Desk) -> list[UUID]:
    """Eight people who were imported to London."""
    return leaving.eight(desk)


def age_proofs(run: Run) -> None:
    """Let two hours pass since the proofs of a run."""
    for item in run.items.filter(evidence__isnull=False):
        at = timezone.now() - timedelta(hours=2)
        item.evidence = {**(item.evidence or {}), "at": at.isoformat()}
        item.save(update_fields=["evidence"])


@pytest.fixture
def deleted(desk: Desk, people: list[UUID]) -> Run:
    """A plan that would deactivate three of eight whom somebody deleted softly."""
    GuardLimits.objects.create(connection=desk.connection, people=2)
    desk.rules_changed()
    for person in people[:3]:
        desk.admin.delete_user(desk.tenant.tenant_id, str(person))
    return integrator(desk)


def test_approving_writes_the_held_rows_with_their_proof(
    desk: Desk, people: list[UUID], deleted: Run
) -> None:
    age_proofs(deleted)
    old = dict(deleted.items.values_list("object_id", "evidence"))
    run = runs.approve(deleted)
    assert (run.status, active()) == (Status.SUCCEEDED, 5)
    for item in run.items.all():
        assert item.evidence is not None
        assert item.evidence["at"] > (old[item.object_id] or {})["at"]


def test_a_fresh_proof_is_not_asked_for_again(desk: Desk, deleted: Run) -> None:
    desk.admin.reset_requests()
    runs.approve(deleted)
    assert not desk.admin.requests(desk.tenant.tenant_id)


def test_who_was_restored_before_approval_stays(
    desk: Desk, people: list[UUID], deleted: Run
) -> None:
    desk.admin.restore_user(desk.tenant.tenant_id, str(people[0]))
    age_proofs(deleted)
    run = runs.approve(deleted)
    assert (run.status, active()) == (Status.PARTLY_FAILED, 6)
    stale = run.items.get(outcome=Outcome.STALE)
    assert (stale.object_id, "did not confirm it" in stale.error) == (people[0], True)
    row = desk.connection.mirror_users.get(object_id=people[0])
    assert row.state == MirrorState.PRESENT


def test_who_was_purged_before_approval_is_gone_all_the_same(
    desk: Desk, people: list[UUID], deleted: Run
) -> None:
    desk.admin.purge_user(desk.tenant.tenant_id, str(people[0]))
    age_proofs(deleted)
    assert (runs.approve(deleted).status, active()) == (Status.SUCCEEDED, 5)


def test_proofs_that_cannot_be_renewed_take_nothing(desk: Desk, deleted: Run) -> None:
    age_proofs(deleted)
    desk.admin.fault(path="deletedItems", status=403)
    run = runs.approve(deleted)
    assert (run.counts["users"]["stale"], active()) == (3, 8)
    desk.admin.clear_faults()
    assert desk.run().status == Status.WAITING_FOR_APPROVAL


def test_without_anybody_to_compare_with_no_proof_is_renewed(
    desk: Desk, deleted: Run
) -> None:
    age_proofs(deleted)
    present = desk.connection.mirror_users.filter(state=MirrorState.PRESENT)
    present.update(state=MirrorState.ABSENT)
    run = runs.approve(deleted)
    assert (run.counts["users"]["stale"], active()) == (3, 8)
