"""A plan that takes too much waits; the rest of the desk's life goes on meanwhile."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.management import call_command
from django.utils import timezone

from common.errors import InvalidInput
from directory.models import EndUser
from imports import approval, runs, tasks
from imports.engine.types import Reason
from imports.models import Decision, Run, RunItem
from imports.words import MirrorState, Outcome, Status, Verdict
from mappings.models import GuardLimits
from mappings.words import Kind
from tests.factories.accounts import AccountFactory
from tests.imports import leaving
from tests.imports.leaving import active, disable, integrator

if TYPE_CHECKING:
    from uuid import UUID

    from tests.bench import Desk


@pytest.fixture
def people(desk: Desk) -> list[UUID]:
    """Eight people who were imported to London."""
    return leaving.eight(desk)


def name(person: UUID) -> str:
    """Return what somebody is called here."""
    return EndUser.objects.get(entra_object_id=person).name


def held(run: Run) -> int:
    """Return how many people a run left to the plan that waits."""
    found: int = run.place["unstored"]["users"].get(Reason.HELD_BY_RUN.value, 0)
    return found


def age_proofs(run: Run) -> None:
    """Let two hours pass since the proofs of a run."""
    for item in run.items.filter(evidence__isnull=False):
        at = timezone.now() - timedelta(hours=2)
        item.evidence = {**(item.evidence or {}), "at": at.isoformat()}
        item.save(update_fields=["evidence"])


@pytest.fixture
def waiting(desk: Desk, people: list[UUID]) -> Run:
    """A plan of the Integrator that would deactivate five of eight."""
    disable(desk, people[:5])
    return integrator(desk)


@pytest.fixture
def deleted(desk: Desk, people: list[UUID]) -> Run:
    """A plan that would deactivate three of eight whom somebody deleted softly."""
    GuardLimits.objects.create(connection=desk.connection, people=2)
    desk.rules_changed()
    for person in people[:3]:
        desk.admin.delete_user(desk.tenant.tenant_id, str(person))
    return integrator(desk)


def test_a_tenant_of_eight_that_loses_five_waits(waiting: Run) -> None:
    assert waiting.status == Status.WAITING_FOR_APPROVAL
    assert waiting.reason == (
        "It would deactivate, move or take a role or seat from 5 of 8 users; half of "
        "them or more wait for approval. Look at these rows, then approve the plan or "
        "reject it."
    )
    assert waiting.counts["users"]["deactivate"] == 5
    assert active() == 8


def test_the_integrator_holds_the_losing_rows_and_applies_the_rest(
    desk: Desk, people: list[UUID]
) -> None:
    disable(desk, people[:5])
    desk.change(people[7], displayName="Halina")
    desk.person("ida")
    run = integrator(desk)
    assert (run.status, active()) == (Status.WAITING_FOR_APPROVAL, 9)
    assert name(people[7]) == "Halina"
    outcomes = run.items.values_list("outcome", flat=True)
    assert sorted(outcomes) == [Outcome.APPLIED] * 2 + [Outcome.HELD] * 5


def test_a_run_by_hand_waits_whole(desk: Desk, people: list[UUID]) -> None:
    disable(desk, people[:5])
    desk.change(people[7], displayName="Halina")
    run = desk.run()
    assert run.status == Status.WAITING_FOR_APPROVAL
    assert (active(), name(people[7])) == (8, "Hal")


def test_a_waiting_run_releases_its_claim(desk: Desk, waiting: Run) -> None:
    desk.connection.refresh_from_db()
    assert desk.connection.claim_token is None


def test_runs_go_on_while_a_plan_waits_three_days(
    desk: Desk, people: list[UUID], waiting: Run
) -> None:
    for day in range(3):
        desk.change(people[6], displayName=f"Gil {day}")
        run = integrator(desk)
        assert (run.status, held(run)) == (Status.SUCCEEDED, 5)
        assert name(people[6]) == f"Gil {day}"
    assert active() == 8
    waiting.refresh_from_db()
    assert runs.approve(waiting).status == Status.SUCCEEDED
    assert active() == 3


def test_a_held_person_who_moved_makes_a_new_plan_that_can_be_approved(
    desk: Desk, people: list[UUID], waiting: Run
) -> None:
    EndUser.objects.filter(entra_object_id=people[0]).update(name="Hand", revision=9)
    run = integrator(desk)
    assert run.status == Status.WAITING_FOR_APPROVAL
    waiting.refresh_from_db()
    assert (waiting.status, waiting.superseded_by) == (Status.SUPERSEDED, run)
    assert runs.approve(run).counts["users"]["deactivate"] == 5


def test_nothing_is_stored_or_settled_of_the_held(desk: Desk, waiting: Run) -> None:
    run = desk.run()
    assert (run.status, held(run)) == (Status.NOTHING_CHANGED, 5)
    assert not run.items.exists()
    assert run.counts["users"]["skip"] == 5
    runs.reject(waiting)
    assert desk.run().status == Status.WAITING_FOR_APPROVAL


def test_a_preview_leaves_the_held_to_the_plan_that_waits(
    desk: Desk, waiting: Run
) -> None:
    run = desk.preview()
    assert (run.status, held(run)) == (Status.PLANNED, 5)
    waiting.refresh_from_db()
    assert waiting.status == Status.WAITING_FOR_APPROVAL


def test_new_losses_make_a_plan_that_contains_the_held_ones(
    desk: Desk, people: list[UUID], waiting: Run
) -> None:
    disable(desk, people[5:6])
    run = integrator(desk)
    waiting.refresh_from_db()
    assert (waiting.status, waiting.superseded_by) == (Status.SUPERSEDED, run)
    assert waiting.finished_at is not None
    assert run.status == Status.WAITING_FOR_APPROVAL
    assert run.items.filter(outcome=Outcome.HELD).count() == 6
    runs.approve(run)
    assert active() == 2


def test_a_superseded_plan_is_not_approved(
    desk: Desk, people: list[UUID], waiting: Run
) -> None:
    disable(desk, people[5:6])
    integrator(desk)
    waiting.refresh_from_db()
    with pytest.raises(InvalidInput, match="superseded"):
        runs.approve(waiting)


def test_a_leaver_who_returns_is_not_deactivated_by_the_plan_that_waits(
    desk: Desk, people: list[UUID], waiting: Run
) -> None:
    desk.change(people[0], accountEnabled=True)
    assert held(integrator(desk)) == 4
    waiting.refresh_from_db()
    run = runs.approve(waiting)
    assert (run.status, run.counts["users"]["stale"]) == (Status.PARTLY_FAILED, 1)
    assert EndUser.objects.get(entra_object_id=people[0]).is_active
    assert active() == 4


def test_approving_is_refused_once_the_rules_have_moved(
    desk: Desk, waiting: Run
) -> None:
    desk.rules_changed()
    with pytest.raises(InvalidInput, match="configuration has changed"):
        runs.approve(waiting)


def test_new_rules_make_a_new_plan_of_the_held(desk: Desk, waiting: Run) -> None:
    desk.rules_changed()
    run = integrator(desk)
    waiting.refresh_from_db()
    assert waiting.superseded_by == run
    assert runs.approve(run).counts["users"]["deactivate"] == 5


def test_a_rejected_plan_is_planned_again(desk: Desk, waiting: Run) -> None:
    runs.reject(waiting)
    assert (waiting.status, active()) == (Status.REJECTED, 8)
    assert waiting.finished_at is not None
    assert not Decision.objects.exists()
    assert integrator(desk).status == Status.WAITING_FOR_APPROVAL


def test_people_who_are_kept_lose_nothing_until_they_change(
    desk: Desk, people: list[UUID], waiting: Run
) -> None:
    somebody = AccountFactory.create()
    runs.reject(waiting, keep=True, by=somebody)
    decisions = Decision.objects.filter(verdict=Verdict.KEEP, by=somebody)
    assert decisions.count() == 5
    run = integrator(desk)
    assert run.counts["users"]["flag"] == 5
    assert set(run.items.values_list("reason", flat=True)) == {Reason.KEPT_BY_DECISION}
    assert (desk.run().status, active()) == (Status.NOTHING_CHANGED, 8)
    desk.change(people[0], department="Moved")
    assert desk.run().counts["users"]["deactivate"] == 1


def test_people_are_kept_until_the_rules_change(desk: Desk, waiting: Run) -> None:
    runs.reject(waiting, keep=True)
    desk.rules_changed()
    assert integrator(desk).counts["users"]["deactivate"] == 5


def test_a_later_decision_to_keep_replaces_an_earlier_one(
    desk: Desk, waiting: Run
) -> None:
    runs.reject(waiting, keep=True)
    desk.rules_changed()
    runs.reject(integrator(desk), keep=True)
    desk.connection.refresh_from_db()
    version = desk.connection.rules_version
    assert set(Decision.objects.values_list("rules_version", flat=True)) == {version}
    assert desk.run().counts["users"]["deactivate"] == 0


def test_only_losers_are_kept(desk: Desk, people: list[UUID]) -> None:
    disable(desk, people[:5])
    desk.change(people[7], displayName="Halina")
    runs.reject(desk.run(), keep=True)
    kept = set(Decision.objects.values_list("object_id", flat=True))
    assert kept == set(people[:5])
    desk.run()
    assert name(people[7]) == "Halina"


def test_the_command_keeps_people_if_told(desk: Desk, waiting: Run) -> None:
    call_command("reject_run", str(waiting.pk), "--keep")
    assert Run.objects.get(pk=waiting.pk).status == Status.REJECTED
    assert Decision.objects.count() == 5


def test_a_plan_that_ended_is_not_rejected(desk: Desk, waiting: Run) -> None:
    runs.reject(waiting)
    with pytest.raises(InvalidInput, match="waits for nobody"):
        runs.reject(waiting, keep=True)
    assert not Decision.objects.exists()


@pytest.mark.parametrize(
    ("days", "status"), [(13, Status.WAITING_FOR_APPROVAL), (15, Status.EXPIRED)]
)
def test_a_plan_expires_after_fourteen_days(
    desk: Desk, waiting: Run, days: int, status: Status
) -> None:
    approval.expire(timezone.now() + timedelta(days=days))
    waiting.refresh_from_db()
    assert waiting.status == status
    assert (waiting.finished_at is None) is (status != Status.EXPIRED)


def test_the_tick_expires_plans(desk: Desk, waiting: Run) -> None:
    Run.objects.update(started_at=timezone.now() - timedelta(days=15))
    tasks.tick()
    waiting.refresh_from_db()
    assert (waiting.status, waiting.reason) == (Status.EXPIRED, approval.EXPIRED)


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


def test_a_killed_integrator_run_still_waits_in_the_end(
    desk: Desk, waiting: Run
) -> None:
    Run.objects.filter(pk=waiting.pk).update(status=Status.QUEUED)
    waiting.refresh_from_db()
    ended = runs.execute(waiting, patience=0)
    assert ended.status == Status.WAITING_FOR_APPROVAL
    assert "5 of 8 users" in ended.reason
    assert active() == 8


def test_users_and_agents_are_held_apart(desk: Desk, people: list[UUID]) -> None:
    desk.map_agents(100, desk.group("Agents", people[:1]), "Analyst")
    desk.rules_changed()
    desk.run()
    disable(desk, people[:5])
    waiting = integrator(desk)
    kinds = RunItem.objects.filter(run=waiting, outcome=Outcome.HELD)
    assert sorted(kinds.values_list("kind", flat=True)) == [Kind.AGENTS] + (
        [Kind.USERS] * 5
    )
    assert held(integrator(desk)) == 5
