"""Deltas look for somebody who is nowhere no longer than it helps."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from imports.words import RunKind, Walk
from tests.imports import absence
from tests.imports.absence import is_untouched, time_passes
from tests.imports.leaving import purge

if TYPE_CHECKING:
    from uuid import UUID

    from tests.bench import Desk

BATCH = "POST /v1.0/$batch"


@pytest.fixture
def ann(desk: Desk) -> UUID:
    """Somebody whom a delta has reported as removed, and who is nowhere."""
    ann = absence.three(desk)
    delta(desk)
    purge(desk, ann)
    assert delta(desk) == 1
    return ann


def delta(desk: Desk) -> int:
    """Run a delta; return how many batches of look-ups it sent."""
    desk.admin.reset_requests()
    desk.run(RunKind.DELTA, walk=Walk.DELTA)
    return desk.admin.request_counts(desk.tenant.tenant_id).get(BATCH, 0)


def test_for_an_hour_each_delta_looks_again(desk: Desk, ann: UUID) -> None:
    assert delta(desk) == 1
    time_passes(desk, timedelta(minutes=59))

    assert delta(desk) == 1


def test_after_an_hour_the_person_is_left_to_the_next_full_walk(
    desk: Desk, ann: UUID
) -> None:
    time_passes(desk, timedelta(hours=1))

    assert delta(desk) == 0
    assert is_untouched(desk, ann)
    desk.admin.reset_requests()
    desk.run()
    assert desk.admin.request_counts(desk.tenant.tenant_id)[BATCH] == 1
    assert is_untouched(desk, ann)


def test_whom_a_delta_reports_again_is_looked_up_again(desk: Desk) -> None:
    ann = absence.three(desk)
    delta(desk)
    desk.admin.delete_user(desk.tenant.tenant_id, str(ann))
    desk.admin.restore_user(desk.tenant.tenant_id, str(ann))
    delta(desk)
    time_passes(desk, timedelta(hours=2))
    purge(desk, ann)

    assert delta(desk) == 1
