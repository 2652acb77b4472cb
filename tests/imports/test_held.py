"""While a plan waits the desk's life goes on, without those whom it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from common.errors import InvalidInput
from directory.models import EndUser
from imports import runs
from imports.models import Run, RunItem
from imports.words import Outcome, Status
from mappings.words import Kind
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


def test_new_rules_make_a_new_plan_of_the_held(desk: Desk, waiting: Run) -> None:
    desk.rules_changed()
    run = integrator(desk)
    waiting.refresh_from_db()
    assert waiting.superseded_by == run
    assert runs.approve(run).counts["users"]["deactivate"] == 5


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
