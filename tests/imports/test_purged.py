"""Who was purged is gone only when two complete walks an hour apart say so."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from directory.models import EndUser
from imports import claims, proving, runs
from imports.attempt import attempt
from imports.engine.types import Reason
from imports.words import MirrorState, RunKind, Status, Trigger, Walk
from imports.work import Unwatched
from mappings.models import FieldMapping
from mappings.words import Kind
from tests.imports import absence
from tests.imports.absence import (
    is_untouched,
    list_only,
    row,
    skipped,
    time_passes,
    user_id,
)
from tests.imports.leaving import NOBODY, purge, remove, user

if TYPE_CHECKING:
    from uuid import UUID

    from imports.work import Work
    from tests.bench import Desk


@pytest.fixture
def ann(desk: Desk) -> UUID:
    """Somebody who was imported to London together with Bob and Eve."""
    return absence.three(desk)


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


def test_nobody_absent_changes_when_the_rules_do(desk: Desk, ann: UUID) -> None:
    purge(desk, ann)
    desk.run()
    desk.connection.site_mappings.update(include_external=True)
    desk.rules_changed()
    assert skipped(desk.run(), Reason.UNPROVEN) == 1
    assert is_untouched(desk, ann)


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
        ([(Walk.DELTA, 5), (Walk.FULL, 6), (Walk.FULL, 7)], MirrorState.GONE),
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
