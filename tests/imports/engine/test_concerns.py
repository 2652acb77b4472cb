"""Whom mappings concern is answered early, and never otherwise than by `select`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from imports.engine.select import concerns
from mappings.rules import AgentRule, Filter, SiteRule
from mappings.words import Operator
from tests.imports.engine.builders import (
    ACME,
    EVERYBODY,
    LONDON,
    UNREADABLE,
    ada,
    in_group,
    known,
    rule_set,
    selected,
    unread,
    where,
)

if TYPE_CHECKING:
    from imports.engine.types import Remote

FILTERS = st.sampled_from(
    [
        EVERYBODY,
        UNREADABLE,
        in_group("London"),
        in_group("Leeds", include_external=True),
        where("department", Operator.EQUALS, "Sales"),
    ]
)
GROUPS = known("London", "Leeds")


@st.composite
def people(draw: st.DrawFn) -> Remote:
    """Ada, in some groups, a guest or not, with or without what decides."""
    groups = draw(st.sets(st.sampled_from(["London", "Leeds"])))
    person = ada(
        *groups,
        userType=draw(st.sampled_from(["Member", "Guest"])),
        department=draw(st.sampled_from(["Sales", "Law", None])),
        officeLocation=draw(st.sampled_from(["Bristol", None])),
    )
    names = ["department", "officeLocation", "userType"]
    return unread(person, *draw(st.sets(st.sampled_from(names))))


def by_field(sequence: int, filter_: Filter) -> SiteRule:
    return SiteRule(sequence, filter_, organisation=ACME, field="officeLocation")


@given(people(), st.lists(FILTERS, max_size=3), st.lists(FILTERS, max_size=2), FILTERS)
def test_it_answers_as_select_does(
    person: Remote, sites: list[Filter], agents: list[Filter], last: Filter
) -> None:
    rules = rule_set(
        *(SiteRule(10 + place, one, LONDON) for place, one in enumerate(sites)),
        by_field(20, last),
        agent_rules=tuple(
            AgentRule(30 + place, one) for place, one in enumerate(agents)
        ),
    )
    found = selected(person, rules, GROUPS)
    is_concerned = (
        found.place is not None or found.is_undecided or found.is_agent is not False
    )
    assert concerns(person, rules=rules, groups=GROUPS) is is_concerned


def test_nobody_is_concerned_by_no_mapping() -> None:
    assert not concerns(ada(), rules=rule_set(), groups=GROUPS)
