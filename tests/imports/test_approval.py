"""A plan that takes too much waits until somebody approves it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from common.errors import InvalidInput
from directory.models import EndUser
from imports import runs
from imports.models import Run
from imports.words import Outcome, Status
from tests.imports import leaving
from tests.imports.leaving import active, disable, held, integrator, name

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


def test_a_killed_integrator_run_still_waits_in_the_end(
    desk: Desk, waiting: Run
) -> None:
    Run.objects.filter(pk=waiting.pk).update(status=Status.QUEUED)
    waiting.refresh_from_db()
    ended = runs.execute(waiting, patience=0)
    assert ended.status == Status.WAITING_FOR_APPROVAL
    assert "5 of 8 users" in ended.reason
    assert active() == 8
