"""Whether and where a person has a user record, in every kind of run."""

from __future__ import annotations

from typing import Any

import pytest

from imports.engine.homes import Home, concerns_users, wants_user
from imports.engine.types import Reason
from mappings.rules import AgentDefaults, AgentRule, RuleSet, SiteRule
from mappings.words import Kind
from tests.imports.engine.builders import (
    ADMINISTRATOR,
    AGENTS,
    BOTH,
    EVERYBODY,
    EVERYBODY_TO_LONDON,
    LEEDS,
    LONDON,
    POWER,
    STANDARD,
    UNREADABLE,
    ada,
    rule_set,
    selected,
)

AT_LEEDS = AgentDefaults(user_site=LEEDS, user_role=POWER)
MAYBE_AGENT = AgentRule(40, UNREADABLE, ADMINISTRATOR)
TO_LONDON_WITHOUT_ROLE = SiteRule(10, EVERYBODY, LONDON)


def home(
    *site_rules: SiteRule, kinds: Any = BOTH, is_agent: bool = True, **rest: Any
) -> Home:
    rules: RuleSet = rule_set(*site_rules, **{"agent_rules": (AGENTS,), **rest})
    remote = ada("Agents") if is_agent else ada()
    return wants_user(selected(remote, rules), rules, kinds)


@pytest.mark.rule("R102")
def test_the_first_site_mapping_places_agents_too() -> None:
    found = home(EVERYBODY_TO_LONDON, defaults=AT_LEEDS)

    assert found.place is not None
    assert (found.place.site_id, found.role) == (LONDON.id, STANDARD)


def test_an_agent_without_a_site_mapping_goes_where_the_setting_says() -> None:
    found = home(defaults=AT_LEEDS)

    assert found.place is not None
    assert (found.is_wanted, found.place.site_id, found.role) == (True, LEEDS.id, POWER)


def test_an_agent_without_either_is_an_agent_only() -> None:
    found = home()

    assert (found.is_wanted, found.reason) == (False, Reason.NO_SITE_FOR_AGENT)


@pytest.mark.rule("R131")
@pytest.mark.parametrize(
    ("kinds", "may_be_new"),
    [({Kind.USERS}, False), ({Kind.AGENTS}, True), (BOTH, True)],
)
def test_import_users_makes_no_user_record_of_an_agent_without_a_mapping(
    kinds: set[Kind], may_be_new: bool
) -> None:
    found = home(defaults=AT_LEEDS, kinds=kinds)

    assert found.is_wanted is True
    assert found.may_be_new is may_be_new


def test_an_agent_whose_mapping_names_no_role_gets_that_of_the_setting() -> None:
    found = home(TO_LONDON_WITHOUT_ROLE, defaults=AT_LEEDS)

    assert (found.role, found.is_role_known) == (POWER, True)


def test_no_agent_gets_the_role_for_agents() -> None:
    found = home(TO_LONDON_WITHOUT_ROLE, defaults=AT_LEEDS, is_agent=False)

    assert (found.role, found.is_role_known) == (None, True)


def test_the_role_of_a_possible_agent_is_not_known() -> None:
    found = home(TO_LONDON_WITHOUT_ROLE, defaults=AT_LEEDS, agent_rules=(MAYBE_AGENT,))

    assert (found.role, found.is_role_known) == (None, False)


def test_a_possible_agent_without_a_mapping_is_undecided() -> None:
    found = home(defaults=AT_LEEDS, agent_rules=(MAYBE_AGENT,))

    assert (found.is_wanted, found.reason) == (None, Reason.MAPPING_IN_ERROR)


def test_an_undecided_person_is_undecided_here_too() -> None:
    found = home(SiteRule(5, UNREADABLE, LEEDS), EVERYBODY_TO_LONDON, defaults=AT_LEEDS)

    assert (found.is_wanted, found.reason) == (None, Reason.MAPPING_IN_ERROR)


def test_nobody_selected_has_no_record() -> None:
    found = home(is_agent=False, defaults=AT_LEEDS)

    assert (found.is_wanted, found.reason) == (False, Reason.NO_MAPPING)


@pytest.mark.rule("R131")
@pytest.mark.parametrize(
    ("kinds", "is_agent", "concerns"),
    [
        ({Kind.USERS}, False, True),
        ({Kind.AGENTS}, True, True),
        ({Kind.AGENTS}, False, False),
    ],
)
def test_import_agents_brings_the_user_records_of_agents_only(
    kinds: set[Kind], is_agent: bool, concerns: bool
) -> None:
    rules = rule_set(EVERYBODY_TO_LONDON, agent_rules=(AGENTS,))
    remote = ada("Agents") if is_agent else ada()

    assert concerns_users(selected(remote, rules), kinds) is concerns
