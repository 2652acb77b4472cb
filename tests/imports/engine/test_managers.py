"""The second pass: whose manager is linked, cleared or left."""

from __future__ import annotations

from typing import Any

import pytest

from imports.engine.managers import ManagerState, plan_manager
from imports.engine.types import Action, Reason
from mappings.rules import FieldRule, Ref
from mappings.words import Apply, Kind
from tests.imports.engine.builders import ADA

RULE = FieldRule("manager", "manager")
GRACE, ALAN = Ref(1, "Grace"), Ref(2, "Alan")


def state(
    current: Ref | None = None, wanted: Ref | None = None, **rest: Any
) -> ManagerState:
    held: dict[str, Any] = {"user_id": 7, "revision": 3, **rest}
    return ManagerState(ADA, current=current, wanted=wanted, **held)


@pytest.mark.rule("R084")
def test_a_manager_who_is_here_is_linked() -> None:
    item = plan_manager(state(wanted=GRACE), RULE)

    assert item is not None
    assert (item.kind, item.action, item.reason) == (Kind.USERS, Action.UPDATE, None)
    assert (item.record_id, item.record_revision) == (7, 3)
    assert dict(item.changes) == {"manager": (None, {"id": 1, "name": "Grace"})}


@pytest.mark.parametrize("current", [None, GRACE])
def test_a_manager_in_step_needs_nothing(current: Ref | None) -> None:
    assert plan_manager(state(current, current, is_set_by_us=True), RULE) is None


@pytest.mark.parametrize("wanted", [None, ALAN])
def test_a_manager_whom_a_hand_set_stays(wanted: Ref | None) -> None:
    assert plan_manager(state(GRACE, wanted), RULE) is None


def test_a_manager_whom_a_run_set_follows_entra() -> None:
    item = plan_manager(state(GRACE, ALAN, is_set_by_us=True), RULE)

    assert item is not None
    assert item.changes["manager"][1] == {"id": 2, "name": "Alan"}


@pytest.mark.rule("R084")
def test_a_manager_whom_a_run_set_is_cleared_when_nobody_is_here() -> None:
    item = plan_manager(state(GRACE, is_set_by_us=True), RULE)

    assert item is not None
    assert item.reason is Reason.MANAGER_NOT_HERE
    assert item.changes["manager"] == ({"id": 1, "name": "Grace"}, None)


@pytest.mark.rule("R084")
def test_ones_own_manager_is_kept_as_entra_has_it() -> None:
    item = plan_manager(state(wanted=Ref(7, "Ada")), RULE)

    assert item is not None
    assert item.reason is Reason.MANAGER_LOOP


@pytest.mark.parametrize(
    ("apply", "held", "writes"),
    [
        (Apply.IF_EMPTY, state(wanted=GRACE), True),
        (Apply.IF_EMPTY, state(ALAN, GRACE, is_set_by_us=True), False),
        (Apply.NEW_ONLY, state(wanted=GRACE, revision=1), True),
        (Apply.NEW_ONLY, state(wanted=GRACE), False),
        (Apply.NEW_ONLY, state(ALAN, GRACE, is_set_by_us=True, revision=1), False),
    ],
)
def test_the_row_says_when_the_manager_is_written(
    apply: Apply, held: ManagerState, writes: bool
) -> None:
    rule = FieldRule("manager", "manager", apply=apply)

    assert (plan_manager(held, rule) is not None) is writes
