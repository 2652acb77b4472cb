"""An undo pauses the Integrator, not the people; who looked at a preview resumes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from common.errors import InvalidInput
from connections.models import TenantConnection
from imports import pausing, runs
from imports.words import RunKind, Status, Trigger
from tests.imports.undoing import one_user, undone

if TYPE_CHECKING:
    from tests.bench import Desk


def test_the_integrator_is_paused_and_what_it_queued_is_cancelled(desk: Desk) -> None:
    run, _ = one_user(desk)
    order = runs.Order(kind=RunKind.IMPORT, trigger=Trigger.SCHEDULE)
    queued = runs.queue(desk.connection, order)
    undone(run)
    queued.refresh_from_db()
    connection = TenantConnection.objects.get()
    assert connection.paused_at is not None
    assert connection.paused_reason == (
        f"Run {run.pk} was undone; preview, then resume."
    )
    assert queued.status == Status.CANCELLED
    with pytest.raises(InvalidInput, match="paused"):
        runs.queue(connection, order)


def test_people_may_import_while_the_integrator_rests(desk: Desk) -> None:
    run, _ = one_user(desk)
    undone(run)
    assert desk.run().counts["users"]["create"] == 1
    assert pausing.is_paused(desk.connection.pk)


def test_a_whole_preview_applied_since_resumes_the_integrator(desk: Desk) -> None:
    run, _ = one_user(desk)
    undone(run)
    runs.apply_preview(desk.preview())
    assert not pausing.is_paused(desk.connection.pk)


def test_a_part_of_a_preview_does_not_resume_it(desk: Desk) -> None:
    run, _ = one_user(desk)
    undone(run)
    desk.person("bob")
    preview = desk.preview()
    preview.items.filter(name="Ann").update(is_ticked=False)
    runs.apply_preview(preview)
    assert pausing.is_paused(desk.connection.pk)


def test_a_pause_for_another_reason_stays(desk: Desk) -> None:
    one_user(desk)
    pausing.pause(desk.connection.pk, "Migration of the desk.")
    runs.apply_preview(desk.preview())
    assert pausing.is_paused(desk.connection.pk)
    pausing.resume(desk.connection.pk)
    assert not pausing.is_paused(desk.connection.pk)
