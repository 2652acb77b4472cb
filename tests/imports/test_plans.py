"""A plan handed to a worker does what the command does, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from common.errors import InvalidInput
from directory.models import EndUser
from imports import breakdown, plans, runs, tasks
from imports.models import Run
from imports.words import RunKind, Status
from tests.factories.accounts import AccountFactory
from tests.imports import leaving
from tests.imports.mortals import Killed, Killer, silence

if TYPE_CHECKING:
    from tests.bench import Desk

pytestmark = pytest.mark.django_db


def rung(run: Run) -> Run:
    """Let a worker take the run."""
    tasks.ring(run.pk)
    run.refresh_from_db()
    return run


def test_a_preview_that_is_handed_over_becomes_an_import(desk: Desk) -> None:
    desk.map_site(10, "London")
    desk.person("anna")
    run, somebody = desk.preview(), AccountFactory.create()
    plans.apply_later(run, by=somebody)
    assert (run.status, run.kind) == (Status.QUEUED, RunKind.IMPORT)
    assert not EndUser.objects.exists()
    rung(run)
    assert (run.status, run.decided_by) == (Status.SUCCEEDED, somebody)
    assert EndUser.objects.get().name == "Anna"


def test_a_preview_is_handed_over_once(desk: Desk) -> None:
    desk.map_site(10, "London")
    desk.person("anna")
    run = desk.preview()
    plans.apply_later(Run.objects.get(pk=run.pk))
    with pytest.raises(InvalidInput, match="waits for a worker already"):
        plans.apply_later(run)
    rung(run)
    with pytest.raises(InvalidInput, match="applied already"):
        plans.apply_later(run)


def test_rules_that_move_while_it_waits_for_a_worker_end_it(desk: Desk) -> None:
    desk.map_site(10, "London")
    desk.person("anna")
    run = desk.preview()
    plans.apply_later(run)
    desk.rules_changed()
    assert rung(run).status == Status.FAILED
    assert "configuration has changed" in run.reason
    assert not EndUser.objects.exists()


def test_rules_that_moved_before_refuse_it(desk: Desk) -> None:
    desk.map_site(10, "London")
    desk.person("anna")
    run = desk.preview()
    desk.rules_changed()
    with pytest.raises(InvalidInput, match="Preview again"):
        plans.apply_later(run)
    run.refresh_from_db()
    assert run.status == Status.PLANNED


def test_a_plan_that_waits_is_approved_by_a_worker(desk: Desk) -> None:
    waiting = leaving.plan_of_five(desk, leaving.eight(desk))
    plans.approve_later(waiting)
    assert rung(waiting).status == Status.SUCCEEDED
    assert leaving.active() == 3


def test_a_plan_that_loses_much_waits_after_it_was_handed_over(desk: Desk) -> None:
    people = leaving.eight(desk)
    leaving.disable(desk, people[:5])
    run = desk.preview()
    plans.apply_later(run)
    assert rung(run).status == Status.WAITING_FOR_APPROVAL
    assert leaving.active() == 8
    plans.approve_later(run)
    assert rung(run).status == Status.SUCCEEDED
    assert leaving.active() == 3


def test_a_run_that_stops_has_counted_its_items_by_sort(desk: Desk) -> None:
    desk.map_site(10, "London")
    for name in ("anna", "ben"):
        desk.person(name)
    (sort,) = breakdown.of(desk.preview())
    assert (sort.kind, sort.mapping, sort.action, sort.number) == (
        *("users", 10, "create"),
        2,
    )


def test_an_approval_outlives_the_worker_that_was_to_carry_it_out(desk: Desk) -> None:
    waiting = leaving.plan_of_five(desk, leaving.eight(desk))
    with pytest.raises(Killed):
        runs.approve(waiting, progress=Killer(0), patience=0)
    silence()
    assert rung(waiting).status == Status.SUCCEEDED
    assert leaving.active() == 3


def test_a_preview_whose_worker_died_is_applied_by_the_next(desk: Desk) -> None:
    desk.map_site(10, "London")
    desk.person("anna")
    run = desk.preview()
    with pytest.raises(Killed):
        runs.apply_preview(run, progress=Killer(0), patience=0)
    silence()
    assert rung(run).status == Status.SUCCEEDED
    assert (run.kind, EndUser.objects.get().name) == (RunKind.IMPORT, "Anna")
