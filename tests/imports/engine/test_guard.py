"""What a plan would take away, and when somebody must look first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from imports.engine import guard
from imports.engine.guard import Counts, Losses
from imports.engine.types import Action, Place, PlanItem, Reason
from mappings.rules import Guard
from mappings.words import Kind
from tests.imports.engine.builders import ADA

LIMITS = Guard()
ANALYST = {"id": 30, "name": "Analyst"}
BOSS = {"id": 31, "name": "Boss"}


def losing(people: int, linked: int, kind: Kind = Kind.USERS) -> Counts:
    return Counts((Losses(kind, linked, people, people),))


def rules(counts: Counts, limits: Guard = LIMITS) -> list[str]:
    return [breach.rule for breach in guard.judge(counts, limits)]


def item(**changes: Any) -> PlanItem:
    return PlanItem(Kind.AGENTS, Action.UPDATE, ADA, 7, changes=changes)


@pytest.mark.parametrize(
    ("people", "linked", "expected"),
    [
        (10, 50, []),
        (11, 111, []),
        (11, 110, []),
        (11, 109, ["users_people"]),
        (2, 2, []),
        (3, 6, ["users_half"]),
        (3, 7, []),
        (500, 10_000, []),
        (501, 10_000, ["users_many"]),
    ],
)
def test_too_many_losses_wait(people: int, linked: int, expected: list[str]) -> None:
    assert rules(losing(people, linked)) == expected


@pytest.mark.parametrize("people", [3, 501])
def test_a_hundred_percent_switches_the_limits_on_people_off(people: int) -> None:
    counts = Counts((Losses(Kind.USERS, people, people, people),), 1)

    assert rules(counts, Guard(percent=100)) == ["administrators_lost"]


def test_kinds_are_counted_apart() -> None:
    counts = Counts((Losses(Kind.USERS, 100, 2, 2), Losses(Kind.AGENTS, 4, 3, 3)))

    assert rules(counts) == ["agents_half"]


def test_the_last_day_counts_but_only_with_a_new_loss() -> None:
    assert rules(Counts((Losses(Kind.USERS, 100, 1, 12),))) == ["users_people"]
    assert rules(Counts((Losses(Kind.USERS, 100, 0, 12),))) == []


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        (Counts(administrators_lost=1), ["administrators_lost"]),
        (Counts(new_sites=25), []),
        (Counts(new_sites=26), ["new_sites"]),
        (Counts(new_sites=26, is_first_import=True), []),
        (Counts(administrators_made=1), []),
        (Counts(administrators_made=1, is_unattended=True), ["administrators_made"]),
        (Counts(new_agents=6, linked_agents=59, is_unattended=True), ["new_agents"]),
        (Counts(new_agents=6, linked_agents=60, is_unattended=True), []),
        (Counts(new_agents=5, is_unattended=True), []),
        (Counts(new_agents=6), []),
    ],
)
def test_power_and_sites_wait_too(counts: Counts, expected: list[str]) -> None:
    assert rules(counts) == expected


def test_a_breach_says_what_would_happen_and_what_to_do() -> None:
    users, agents = Losses(Kind.USERS, 100, 11, 14), Losses(Kind.AGENTS, 20, 11, 11)
    counts = Counts((users, agents), administrators_lost=1)

    assert [breach.sentence for breach in guard.judge(counts, LIMITS)] == [
        "It would deactivate, move or take a role or seat from 11 of 100 users (14 "
        "with the last 24 hours); more than 10 people and 10 % wait for approval. "
        "Look at these rows, then approve the plan or reject it.",
        "It would deactivate, move or take a role or seat from 11 of 20 agents; more "
        "than 10 people and 10 % wait for approval. "
        "Look at these rows, then approve the plan or reject it.",
        "It would take an administrator role from 1 agent. Look at these rows, then "
        "approve the plan or reject it.",
    ]


def test_sentences_about_new_power_say_that_nobody_watches() -> None:
    counts = Counts(
        administrators_made=2, new_agents=6, new_sites=26, is_unattended=True
    )

    assert [breach.sentence for breach in guard.judge(counts, LIMITS)] == [
        "It would make 26 new sites; more than 25 wait for approval. Look for misspelt "
        "values in the mapped field, then approve the plan or reject it.",
        "It would give an administrator role to 2 agents while nobody watches. Look at "
        "these rows, then approve the plan or reject it.",
        "It would make 6 new agents beside 0 while nobody watches; more than 5 and "
        "10 % wait for approval. Look at these rows, then approve the plan or reject "
        "it.",
    ]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"is_active": (True, False)}, {"access"}),
        ({"is_active": (False, True)}, set()),
        ({"is_active": (None, False)}, set()),
        ({"site": (BOSS, ANALYST)}, {"site"}),
        ({"site": (None, ANALYST)}, set()),
        ({"roles": ([ANALYST], [])}, {"role"}),
        ({"roles": ([], [ANALYST])}, set()),
        ({"boards": ([ANALYST], [BOSS])}, {"seat"}),
        ({"name": ("A", "B"), "user_role": (BOSS, None)}, set()),
    ],
)
def test_a_loss_is_access_site_role_or_seat(
    changes: dict[str, Any], expected: set[str]
) -> None:
    assert guard.losses(item(**changes)) == expected


def test_roles_that_matter_are_told_when_they_come_and_go() -> None:
    taken, given = item(roles=([BOSS], [])), item(roles=([], [BOSS]))

    assert guard.takes_any(taken, {31})
    assert not guard.takes_any(given, {31})
    assert guard.gives_any(given, {31})
    assert not guard.gives_any(item(), {31})


def test_a_row_without_its_losses_keeps_the_rest() -> None:
    row = item(
        name=("A", "B"),
        is_active=(True, False),
        entra_state=("present", "disabled"),
        roles=([ANALYST], [BOSS]),
        boards=([ANALYST], []),
    )

    kept = guard.without_losses(row, Reason.LAST_ADMINISTRATOR)

    assert (kept.action, kept.reason) == (Action.FLAG, Reason.LAST_ADMINISTRATOR)
    assert dict(kept.changes) == {
        "name": ("A", "B"),
        "entra_state": ("present", "disabled"),
        "roles": ([ANALYST], [ANALYST, BOSS]),
    }


def test_a_place_stays_with_its_site() -> None:
    here = Place(1, 1, "Contoso / London")
    first = replace(item(site=(None, BOSS), roles=([BOSS], [])), place=here)
    moved = replace(item(site=(ANALYST, BOSS), name=("A", "B")), place=here)

    assert guard.without_losses(first, Reason.HELD_BY_RUN).place is here
    assert guard.without_losses(moved, Reason.HELD_BY_RUN).place is None


def test_a_row_of_nothing_but_losses_does_nothing() -> None:
    row = item(site=(BOSS, ANALYST))

    assert guard.without_losses(row, Reason.HELD_BY_RUN).action is Action.NONE


def test_a_harmless_row_stays_as_it_is() -> None:
    row = item(name=("A", "B"))

    assert guard.without_losses(row, Reason.HELD_BY_RUN) is row


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [(0, 0, []), (8, 4, []), (8, 3, ["half_walk"]), (1, 0, ["half_walk"])],
)
def test_a_walk_of_less_than_half_of_the_people_waits(
    before: int, now: int, expected: list[str]
) -> None:
    counts = Counts(people=now, people_before=before)

    assert rules(counts, Guard(percent=100)) == expected


def test_the_sentence_about_a_short_walk_says_what_to_look_at() -> None:
    (breach,) = guard.judge(Counts(people=3, people_before=8), LIMITS)

    assert breach.sentence == (
        "The tenant listed 3 people; the complete walk before had 8. Less than half "
        "waits for approval: see whether the application may still read everybody, "
        "then approve the plan or reject it."
    )


PLANNED_SITE = (None, {"planned": None, "name": "Acme / Bristol"})
LOSING = item(is_active=(True, False))
NEW_AGENT = replace(item(name=(None, "A")), action=Action.CREATE, record_id=None)
NEW_BOSS = item(roles=([], [BOSS]))
NEW_SITE = replace(item(site=PLANNED_SITE), kind=Kind.USERS)


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        (LOSING, "users_half"),
        (LOSING, "new_sites"),
        (NEW_AGENT, "new_agents"),
        (NEW_BOSS, "administrators_made"),
        (NEW_SITE, "new_sites"),
    ],
)
def test_a_plan_waits_because_of_these_rows(row: PlanItem, rule: str) -> None:
    assert guard.waits(row, {rule}, {31})


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        (item(name=("A", "B")), "users_half"),
        (NEW_AGENT, "new_sites"),
        (replace(NEW_AGENT, kind=Kind.USERS), "new_agents"),
        (NEW_BOSS, "new_agents"),
        (NEW_SITE, "users_half"),
        (replace(item(site=(None, ANALYST)), kind=Kind.USERS), "new_sites"),
    ],
)
def test_a_plan_does_not_wait_because_of_others(row: PlanItem, rule: str) -> None:
    assert not guard.waits(row, {rule}, {31})
