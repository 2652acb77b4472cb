"""Lists and look-ups that fail, or are wrong, cost nobody anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from directory.models import EndUser
from imports.engine.types import Action, Reason
from imports.words import MirrorState, Status
from tests.imports import absence
from tests.imports.absence import is_untouched, list_only, row, skipped, user_id
from tests.imports.leaving import EMPTY, NOBODY, remove, user

if TYPE_CHECKING:
    from uuid import UUID

    from tests.bench import Desk


CONTROL = r"/users/[^/?]*[?]\$select=id$"


@pytest.fixture
def ann(desk: Desk) -> UUID:
    """Somebody who was imported to London together with Bob and Eve."""
    return absence.three(desk)


def test_whom_the_list_forgot_the_look_up_refreshes(desk: Desk, ann: UUID) -> None:
    desk.change(ann, displayName="Ann Newname")
    list_only(desk, [user_id("bob"), user_id("eve")])
    run = desk.run()
    assert run.items.get().action == Action.UPDATE
    assert user(ann).name == "Ann Newname"
    assert row(desk, ann).state == MirrorState.PRESENT


SILENT: dict[str, dict[str, Any]] = {
    "throttled": {"status": 429, "headers": {"retry-after": "1900"}},
    "unavailable": {"status": 503},
    "forbidden": {"status": 403},
    "not found by a gateway": {"status": 404, "html": True},
    "not found for another reason": {"status": 404, "body": {"error": {}}},
    "empty": EMPTY,
    "a wrong type": {"status": 200, "body": {"id": 7}},
}


@pytest.mark.parametrize("where", ["/v1.0/users/PERSON", "/deletedItems/PERSON"])
@pytest.mark.parametrize("fault", SILENT.values(), ids=SILENT)
def test_a_look_up_that_fails_proves_nothing(
    desk: Desk,
    ann: UUID,
    monkeypatch: pytest.MonkeyPatch,
    fault: dict[str, Any],
    where: str,
) -> None:
    monkeypatch.setattr("imports.attempt.sleep", list[float]().append)
    remove(desk, ann)
    desk.admin.fault(path=where.replace("PERSON", str(ann)), **fault)
    run = desk.run()
    assert run.status == Status.NOTHING_CHANGED
    assert is_untouched(desk, ann)
    desk.admin.clear_faults()
    desk.run()
    assert not user(ann).is_active


@pytest.mark.parametrize("fault", SILENT.values(), ids=SILENT)
def test_a_control_that_is_not_found_proves_nothing(
    desk: Desk, ann: UUID, monkeypatch: pytest.MonkeyPatch, fault: dict[str, Any]
) -> None:
    monkeypatch.setattr("imports.attempt.sleep", list[float]().append)
    remove(desk, ann)
    desk.admin.fault(path=CONTROL, **fault)
    assert desk.run().status == Status.NOTHING_CHANGED
    assert is_untouched(desk, ann)


def test_a_control_that_is_gone_itself_proves_nothing(desk: Desk, ann: UUID) -> None:
    remove(desk, ann)
    desk.admin.fault(path=CONTROL, status=404, body=NOBODY)
    desk.run()
    assert is_untouched(desk, ann)


def test_an_empty_list_removes_nobody(desk: Desk, ann: UUID) -> None:
    list_only(desk, [])
    desk.admin.fault(path="/v1.0/users/", status=404, body=NOBODY)
    run = desk.run()
    assert (run.status, skipped(run, Reason.UNPROVEN)) == (Status.NOTHING_CHANGED, 3)
    assert EndUser.objects.filter(is_active=True, revision=1).count() == 3
