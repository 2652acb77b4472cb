"""What a whole plan does to single rows."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from imports.engine import whole
from imports.engine.plan import IDENTITY
from imports.engine.types import Action, PlanItem, Reason
from imports.engine.whole import Indispensable
from mappings.words import Kind

OUT: dict[str, Any] = {"is_active": (True, False)}
LINK: dict[str, Any] = {IDENTITY: (None, "x")}
BOSS: dict[str, Any] = {"id": 31, "name": "Boss"}
BOTH = Indispensable(frozenset({1, 2}), frozenset({BOSS["id"]}))


def row(
    person: int, record: int | None, kind: Kind = Kind.AGENTS, **changes: Any
) -> PlanItem:
    return PlanItem(kind, Action.UPDATE, UUID(int=person), record, changes=changes)


def reasons(*items: PlanItem, who: Indispensable = BOTH) -> list[Reason | None]:
    return [item.reason for item in whole.finished(items, who)]


def test_two_who_claim_one_record_both_need_review() -> None:
    alone = row(3, 9, **LINK)
    one, other, third = whole.finished(
        [row(1, 8, **LINK), row(2, 8, **LINK, **OUT), alone], BOTH
    )
    assert {one.action, other.action} == {Action.REVIEW}
    assert {one.reason, other.reason} == {Reason.CLAIMED_TWICE}
    assert third == alone


def test_a_user_and_an_agent_of_one_id_are_no_double_claim() -> None:
    assert reasons(row(1, 8, **LINK), row(1, 8, Kind.USERS, **LINK)) == [None, None]


def test_two_who_are_both_new_claim_nothing() -> None:
    assert reasons(row(1, None, **LINK), row(2, None, **LINK)) == [None, None]


def test_of_all_administrators_the_oldest_stays() -> None:
    last, gone = whole.finished([row(1, 1, **OUT), row(2, 2, **OUT)], BOTH)
    assert (last.action, last.reason) == (Action.NONE, Reason.LAST_ADMINISTRATOR)
    assert gone.changes == OUT


def test_while_another_administrator_stays_everybody_may_go() -> None:
    assert reasons(row(1, 1, **OUT)) == [None]
    assert reasons(row(1, 1, **OUT), row(2, 2, name=("A", "B"))) == [None, None]


def test_a_role_that_makes_no_administrator_may_go() -> None:
    other: dict[str, Any] = {"roles": ([{"id": 5, "name": "Analyst"}], [])}
    assert reasons(row(1, 1, **other), row(2, 2, **OUT)) == [None, None]
    power: dict[str, Any] = {"roles": ([BOSS], [])}
    assert reasons(row(1, 1, **power), row(2, 2, **OUT)) == [
        Reason.LAST_ADMINISTRATOR,
        None,
    ]


def test_who_runs_the_import_stays_and_does_not_count_as_gone() -> None:
    who = Indispensable(BOTH.administrators, BOTH.roles, runner=2)
    assert reasons(row(1, 1, **OUT), row(2, 2, **OUT), who=who) == [
        None,
        Reason.RUNS_THE_IMPORT,
    ]


def test_a_user_record_of_the_same_id_is_nobody_s_administration() -> None:
    assert reasons(row(1, 1, Kind.USERS, **OUT), row(2, 2, Kind.USERS, **OUT)) == [
        None,
        None,
    ]


def test_a_row_to_review_is_written_by_nobody_and_needs_no_sparing() -> None:
    who = Indispensable(runner=8)
    items = [row(1, 8, **LINK, **OUT), row(2, 8, **LINK)]
    assert reasons(*items, who=who) == [Reason.CLAIMED_TWICE] * 2
