"""What runs came to is summed up once a run, and outlasts the runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from imports import approval, pausing, record, runs, tallies
from imports.models import Run, Tally
from imports.words import RunKind, Status, Trigger
from tests.factories.connections import TenantConnectionFactory
from tests.factories.imports import RunFactory
from tests.imports import leaving
from tests.imports.undoing import undone

if TYPE_CHECKING:
    from tests.bench import Desk

FETCHED = {"users": 9, "groups": 1, "graph_requests": 12, "throttled_seconds": 7.5}


def sums(measure: str) -> dict[str, float]:
    """Return what is summed up of a measure, by label."""
    return dict(Tally.objects.filter(measure=measure).values_list("label", "value"))


def ended(**columns: Any) -> Run:
    """Return a run that changed four people, as its end leaves it."""
    people = {"create": 3, "update": 1, "move": 0}
    columns = {"status": Status.SUCCEEDED, "fetched": FETCHED} | columns
    counts = {"users": people, "agents": {"create": 1}, "sites": {"create": 2}}
    run: Run = RunFactory.create(counts=counts, **columns)
    return run


@pytest.mark.django_db
def test_runs_are_added_to_what_their_connection_came_to() -> None:
    connection = TenantConnectionFactory.create()
    tallies.count(ended(connection=connection))
    tallies.count(ended(connection=connection, status=Status.FAILED))
    tallies.count(ended(connection=connection))

    assert sums("runs") == {"succeeded": 2, "failed": 1}
    assert sums("people") == {"create": 12, "update": 3}
    assert sums("graph_requests") == {"": 36}
    assert sums("throttled_seconds") == {"": 22.5}


@pytest.mark.django_db
def test_connections_have_sums_of_their_own() -> None:
    rows = [ended(), ended()]
    for run in rows:
        tallies.count(run)

    for run in rows:
        found = Tally.objects.filter(connection=run.connection_id)
        assert found.get(measure="people", label="create").value == 4


@pytest.mark.django_db
def test_of_a_preview_nothing_has_happened() -> None:
    tallies.count(ended(kind=RunKind.PREVIEW, status=Status.CANCELLED))

    assert list(Tally.objects.values_list("measure", "label", "value")) == [
        ("runs", "cancelled", 1)
    ]


@pytest.mark.django_db
def test_sums_stay_when_the_runs_go() -> None:
    run = ended()
    tallies.count(run)
    run.delete()

    assert sums("runs") == {"succeeded": 1}


def test_an_import_is_counted_when_it_ends(desk: Desk) -> None:
    desk.map_site(10, "London")
    desk.person("ann")
    run = desk.preview()
    assert not Tally.objects.exists()

    runs.apply_preview(run)

    assert sums("runs") == {"succeeded": 1}
    assert sums("people")["create"] == 1
    assert sums("graph_requests") == {"": run.fetched["graph_requests"]}


def test_an_undo_is_a_run_of_its_own(desk: Desk) -> None:
    leaving.eight(desk)
    undone(Run.objects.get())

    assert sums("runs") == {"succeeded": 2}
    assert sums("people")["delete"] == 8


def test_a_plan_that_waits_is_counted_once_it_is_approved(desk: Desk) -> None:
    people = leaving.eight(desk)
    waiting = leaving.plan_of_five(desk, people)
    assert sums("runs") == {"succeeded": 1}

    runs.approve(waiting)

    assert sums("runs") == {"succeeded": 2}
    assert sums("people")["deactivate"] == 5


def test_a_plan_that_another_takes_over_counts_only_what_it_wrote(desk: Desk) -> None:
    people = leaving.eight(desk)
    desk.change(people[7], displayName="Hal II")
    first = leaving.plan_of_five(desk, people)
    leaving.disable(desk, people[5:6])
    second = leaving.integrator(desk)
    first.refresh_from_db()

    assert (first.status, first.superseded_by) == (Status.SUPERSEDED, second)
    assert first.counts["users"]["deactivate"] == 0
    assert sums("runs") == {"succeeded": 1, "superseded": 1}
    assert sums("people")["update"] == 1
    assert "deactivate" not in sums("people")


def waiting_for_approval() -> Run:
    """Return a plan that has waited for longer than anybody has patience."""
    long_ago = timezone.now() - 2 * approval.PATIENCE
    run: Run = RunFactory.create(
        status=Status.WAITING_FOR_APPROVAL, started_at=long_ago
    )
    return run


@pytest.mark.django_db
def test_however_a_run_ends_it_is_counted_once() -> None:
    runs.cancel(RunFactory.create())
    runs.reject(waiting_for_approval())
    waiting_for_approval()
    approval.expire(timezone.now())
    queued = RunFactory.create(trigger=Trigger.SCHEDULE)
    pausing.pause(queued.connection_id, "A test.")
    record.end(RunFactory.create(), Status.BUSY)

    found = Tally.objects.filter(measure="runs").values_list("label", "value")
    assert sorted(found) == [
        *[("busy", 1.0), ("cancelled", 1.0), ("cancelled", 1.0)],
        *[("expired", 1.0), ("rejected", 1.0)],
    ]


@pytest.mark.django_db
def test_a_plan_that_no_longer_waits_is_not_counted_again() -> None:
    run = waiting_for_approval()
    approval.expire(timezone.now())

    assert not record.end_waiting(run, Status.REJECTED, reason="Too late.")
    assert sums("runs") == {"expired": 1}


@pytest.mark.django_db
def test_what_is_summed_up_does_not_change_what_json_tells() -> None:
    told = record.summary(ended())["fetched"]

    assert told == {"users": 9, "groups": 1, "graph_requests": 12}
