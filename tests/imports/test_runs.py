"""Two runs at once, and a run that a worker takes while somebody waits for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from common.errors import InvalidInput
from connections.models import Module
from directory.models import EndUser
from imports import claims, runs
from imports.models import Run
from imports.words import RunKind, Stage, Status, Trigger
from imports.work import Unwatched
from tests import bench

if TYPE_CHECKING:
    from simulator.contract import TenantInfo
    from simulator.process import Simulator
    from tests.bench import Desk


@pytest.fixture
def desk(db: None, entra: Simulator, tenant: TenantInfo) -> Desk:
    """A desk with one person to import."""
    found = bench.connect(entra.admin, tenant)
    found.person("ann")
    found.map_site(10, "London")
    return found


def queued(desk: Desk, kind: RunKind = RunKind.IMPORT) -> Run:
    """Return a run that waits in the queue."""
    return runs.queue(desk.connection, runs.Order(kind=kind, trigger=Trigger.MANUAL))


def test_a_second_run_of_a_connection_is_busy_and_writes_nothing(desk: Desk) -> None:
    first = queued(desk)
    assert claims.take(first) is not None
    second = runs.execute(queued(desk), patience=0)
    assert (second.status, second.reason) == (
        Status.BUSY,
        "Another run of this connection is busy.",
    )
    assert second.finished_at is not None
    assert Run.objects.get(pk=first.pk).status == Status.RUNNING
    assert not EndUser.objects.exists()


def test_a_start_by_hand_waits_for_the_run_before_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = queued(desk), queued(desk)
    claim = claims.take(first)
    assert claim is not None

    def end_first(_seconds: float) -> None:
        Run.objects.filter(pk=first.pk).update(status=Status.SUCCEEDED)
        claim.release()

    monkeypatch.setattr("imports.runs.time.sleep", end_first)
    assert runs.execute(second, patience=30).status == Status.SUCCEEDED


def test_a_run_that_a_worker_took_meanwhile_keeps_the_worker_s_end(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, mine = queued(desk), queued(desk)
    claim = claims.take(other)
    assert claim is not None

    def worker_is_quicker(_seconds: float) -> None:
        Run.objects.filter(pk=other.pk).update(status=Status.SUCCEEDED)
        claim.release()
        runs.ring(Run.objects.get(pk=mine.pk))

    monkeypatch.setattr("imports.runs.time.sleep", worker_is_quicker)
    ended = runs.execute(mine, patience=30)
    assert (ended.status, ended.counts["users"]["create"]) == (Status.SUCCEEDED, 1)


def test_a_preview_is_applied_once(desk: Desk) -> None:
    preview = desk.preview()
    again = Run.objects.get(pk=preview.pk)
    runs.apply_preview(preview, patience=0)
    # The second asker may have loaded the run before, or may load it now.
    for run in (again, Run.objects.get(pk=preview.pk)):
        with pytest.raises(
            InvalidInput, match="succeeded: it has been applied already"
        ):
            runs.apply_preview(run, patience=0)
    assert Run.objects.get(pk=preview.pk).status == Status.SUCCEEDED
    assert EndUser.objects.count() == 1


def test_a_preview_that_is_being_applied_is_not_applied_again(desk: Desk) -> None:
    preview = desk.preview()
    again = Run.objects.get(pk=preview.pk)
    assert claims.take(preview, expected=Status.PLANNED) is not None
    with pytest.raises(InvalidInput, match="running: it is at work already"):
        runs.apply_preview(again)


def test_a_plan_that_was_cancelled_meanwhile_is_not_applied(desk: Desk) -> None:
    preview = desk.preview()
    again = Run.objects.get(pk=preview.pk)
    runs.cancel(preview)
    with pytest.raises(InvalidInput, match="cancelled: only a preview is applied"):
        runs.apply_preview(again)


def test_a_preview_waits_for_nobody_while_the_connection_is_busy(desk: Desk) -> None:
    preview = desk.preview()
    claims.take(queued(desk))
    with pytest.raises(runs.Busy):
        runs.apply_preview(preview, patience=0)
    assert Run.objects.get(pk=preview.pk).status == Status.PLANNED


def test_a_cancelled_run_is_not_started(desk: Desk) -> None:
    run = queued(desk)
    runs.cancel(run)
    runs.ring(run)
    assert Run.objects.get(pk=run.pk).status == Status.CANCELLED
    assert not EndUser.objects.exists()


@pytest.mark.rule("R132")
def test_a_run_that_is_cancelled_at_work_stops_and_the_next_goes_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.admin.fault(path="/v1.0/users[?]", times=1, retry_after=1)

    def cancel_all(_seconds: float) -> None:
        runs.cancel(Run.objects.get(status=Status.RUNNING))

    monkeypatch.setattr("imports.attempt.sleep", cancel_all)
    run = desk.run()
    assert (run.status, run.reason) == (Status.CANCELLED, "The run was cancelled.")
    assert not EndUser.objects.exists()
    assert desk.run().status == Status.SUCCEEDED


def test_a_finished_run_cannot_be_cancelled_approved_or_rejected(desk: Desk) -> None:
    run = desk.run()
    for refuse in (runs.cancel, runs.approve, runs.reject, runs.apply_preview):
        with pytest.raises(InvalidInput, match=f"Run {run.pk} is succeeded"):
            refuse(run)


def test_nothing_starts_while_the_module_is_off(desk: Desk) -> None:
    Module.objects.update(enabled=False)
    with pytest.raises(InvalidInput, match="module is off"):
        queued(desk)


class Impatient(Unwatched):
    """Somebody who presses Ctrl+C while the run plans."""

    def stage(self, stage: Stage, total: int | None) -> None:
        """Press it."""
        if stage is Stage.PLAN:
            raise KeyboardInterrupt


def test_a_run_stopped_from_the_keyboard_is_cancelled_and_in_nobodys_way(
    desk: Desk,
) -> None:
    stopped = runs.execute(queued(desk), progress=Impatient(), patience=0)
    assert stopped.status == Status.CANCELLED
    assert "the next run goes on" in stopped.reason
    assert runs.execute(queued(desk), patience=0).status == Status.SUCCEEDED
