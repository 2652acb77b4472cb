"""Whom mappings match is what `select` says, without those that say no (R109)."""

from __future__ import annotations

import pytest

from imports.engine.answers import Answer, answers
from imports.engine.types import Result
from mappings.rules import AgentRule
from tests.imports.engine.builders import (
    BY_OFFICE,
    TO_LEEDS,
    TO_LONDON,
    UNREADABLE_TO_LEEDS,
    ada,
    in_group,
    known,
    rule_set,
)

GROUPS = known("London", "Leeds")


@pytest.mark.rule("R109")
def test_the_mappings_that_match_are_told_and_the_winner_among_them() -> None:
    rules = rule_set(TO_LONDON, TO_LEEDS, BY_OFFICE)

    found = answers(
        ada("London", "Leeds", officeLocation=None), rules=rules, groups=GROUPS
    )

    assert found == (
        Answer(TO_LONDON.sequence, Result.WON),
        Answer(TO_LEEDS.sequence, Result.MATCHED),
    )


def test_a_mapping_that_cannot_be_judged_is_told_as_unknown() -> None:
    found = answers(ada(), rules=rule_set(UNREADABLE_TO_LEEDS), groups=GROUPS)

    assert found == (Answer(UNREADABLE_TO_LEEDS.sequence, Result.UNKNOWN),)


def test_agents_mappings_are_told_in_their_place_by_sequence() -> None:
    agents = AgentRule(1, in_group("Leeds"))
    rules = rule_set(TO_LEEDS, agent_rules=(agents,))

    found = answers(ada("Leeds"), rules=rules, groups=GROUPS)

    assert found == (
        Answer(1, Result.MATCHED),
        Answer(TO_LEEDS.sequence, Result.WON),
    )


def test_whom_nothing_matches_has_no_answer() -> None:
    assert answers(ada(), rules=rule_set(TO_LONDON), groups=GROUPS) == ()
