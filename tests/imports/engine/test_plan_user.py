"""What a run does for somebody who has no user record yet."""

from __future__ import annotations

from dataclasses import replace

import pytest

from imports.engine.types import Action, Local, Match, Reason, Remote
from mappings.rules import AgentDefaults, RuleSet, SiteRule
from mappings.words import Kind, Policy
from tests.imports.engine.builders import (
    ACME,
    AGENTS,
    EVERYBODY,
    LEEDS,
    LONDON,
    STANDARD,
    ada,
    outline,
    record,
    rule_set,
    unread,
    user_item,
)
from tests.imports.engine.user_rules import (
    BROKEN,
    DELETED,
    DISABLED,
    LEEDS_REF,
    LONDON_REF,
    NOBODY,
    OBJECT_ID,
    RULES,
    TO_CLOSED,
    leaving,
)

BY_FIELD = rule_set(SiteRule(10, EVERYBODY, organisation=ACME, field="city"))


@pytest.mark.rule("R089")
def test_a_new_person_is_created_with_all_that_mappings_say() -> None:
    item = user_item(ada(), RULES)

    assert outline(item) == (Action.CREATE, None)
    assert (item.sequence, item.record_id, item.record_revision) == (10, None, None)
    assert dict(item.changes) == {
        "name": (None, "Ada Lovelace"),
        "email": (None, "ada@acme.example"),
        "network_login": (None, "ada@acme.example"),
        "is_active": (None, True),
        "entra_state": (None, "present"),
        "entra_object_id": (None, OBJECT_ID),
        "site": (None, LONDON_REF),
        "user_role": (None, {"id": STANDARD.id, "name": "Standard User"}),
    }


@pytest.mark.rule("R106")
def test_a_site_still_to_be_made_has_no_id() -> None:
    item = user_item(ada(city="York"), BY_FIELD)

    assert item.changes["site"] == (None, {"planned": None, "name": "Acme / York"})
    assert item.place is not None
    assert (item.place.site_id, item.place.source_value) == (None, "York")


@pytest.mark.parametrize(
    ("remote", "name"),
    [
        (ada(), "ada@acme.example"),
        (unread(ada(), "userPrincipalName"), OBJECT_ID),
        (ada(userPrincipalName=""), OBJECT_ID),
    ],
)
def test_a_new_record_has_a_name_even_if_none_is_mapped(
    remote: Remote, name: str
) -> None:
    to_all = SiteRule(10, replace(EVERYBODY, include_external=True), LONDON)
    item = user_item(remote, rule_set(to_all, user_fields=()))

    assert item.changes["name"] == (None, name)


@pytest.mark.parametrize(
    ("remote", "rules", "reason"),
    [
        (ada(), NOBODY, Reason.NO_MAPPING),
        (ada(), BROKEN, Reason.MAPPING_IN_ERROR),
        (DISABLED, RULES, Reason.DISABLED_IN_ENTRA),
        (DISABLED, leaving(disabled=Policy.FLAG), Reason.DISABLED_IN_ENTRA),
        (DELETED, RULES, Reason.DELETED_IN_ENTRA),
        (ada(), TO_CLOSED, Reason.SITE_INACTIVE),
        (ada("Agents"), rule_set(agent_rules=(AGENTS,)), Reason.NO_SITE_FOR_AGENT),
    ],
)
def test_a_new_person_who_is_left_out_hears_why(
    remote: Remote, rules: RuleSet, reason: Reason
) -> None:
    assert outline(user_item(remote, rules)) == (Action.SKIP, reason)


@pytest.mark.parametrize(
    ("remote", "rules"),
    [
        (DISABLED, leaving(disabled=Policy.LEAVE)),
        (ada(accountEnabled=None), RULES),
        (unread(ada(), "accountEnabled"), RULES),
    ],
    ids=["policy leave", "null", "unknown"],
)
def test_who_counts_as_enabled_is_created(remote: Remote, rules: RuleSet) -> None:
    item = user_item(remote, rules)

    assert item.action is Action.CREATE
    assert item.changes["entra_state"] == (None, "present")


@pytest.mark.rule("R131")
def test_import_users_leaves_agents_without_a_mapping_to_import_agents() -> None:
    rules = rule_set(agent_rules=(AGENTS,), defaults=AgentDefaults(user_site=LEEDS))

    users_only = user_item(ada("Agents"), rules, kinds={Kind.USERS})

    assert outline(users_only) == (Action.SKIP, Reason.AGENTS_ONLY)
    assert user_item(ada("Agents"), rules).changes["site"] == (None, LEEDS_REF)


def test_somebody_who_needs_review_is_not_imported() -> None:
    match = Match(None, "email", (4, 9), Reason.SEVERAL_CANDIDATES)

    item = user_item(ada(), RULES, match)

    assert outline(item) == (Action.REVIEW, Reason.SEVERAL_CANDIDATES)
    assert (item.candidates, item.matched_by) == ((4, 9), "email")


def test_nobody_reviews_people_whom_no_mapping_selects() -> None:
    match = Match(None, "email", (4, 9), Reason.SEVERAL_CANDIDATES)

    assert outline(user_item(ada(), NOBODY, match)) == (Action.SKIP, Reason.NO_MAPPING)


@pytest.mark.parametrize("local", [None, record()])
def test_somebody_left_out_for_good_is_skipped(local: Local | None) -> None:
    item = user_item(DELETED, RULES, Match(local, "decision", reason=Reason.LEFT_OUT))

    assert outline(item) == (Action.SKIP, Reason.LEFT_OUT)
    assert item.record_revision == (local.revision if local else None)
