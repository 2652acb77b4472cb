"""Plans that nobody approves: rejected, with people kept if told, or expired."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.management import call_command
from django.utils import timezone

from common.errors import InvalidInput
from imports import approval, runs, tasks
from imports.engine.types import Reason
from imports.models import Decision, Run
from imports.words import Status, Verdict
from tests.factories.accounts import AccountFactory
from tests.imports import leaving
from tests.imports.leaving import active, disable, integrator, name

if TYPE_CHECKING:
    from uuid import UUID

    from tests.bench import Desk


@pytest.fixture
def people(desk: Desk) -> list[UUID]:
    """Eight people who were imported to London."""
    return leaving.eight(desk)


@pytest.fixture
def waiting(desk: Desk, people: list[UUID]) -> Run:
    """A plan of the Integrator that would deactivate five of eight."""
    return leaving.plan_of_five(desk, people)


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
