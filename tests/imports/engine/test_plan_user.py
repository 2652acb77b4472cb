"""What a run does for a user record: newcomers, old records, those in step."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from directory.states import EntraState
from imports.engine.types import Action, Local, Match, PlanItem, Reason, Remote
from mappings.rules import (
    AgentDefaults,
    AgentRule,
    FieldRule,
    Leavers,
    RuleSet,
    SiteRule,
)
from mappings.words import Apply, Kind, Policy
from tests.imports.engine.builders import (
    ACME,
    AGENTS,
    ANALYST,
    CLOSED,
    EVERYBODY,
    EVERYBODY_TO_LONDON,
    LEEDS,
    LONDON,
    POWER,
    STANDARD,
    UNREADABLE,
    ada,
    old_record,
    record,
    rule_set,
    unread,
    user_item,
)

LONDON_REF = {"id": LONDON.id, "name": "Acme / London"}
LEEDS_REF = {"id": LEEDS.id, "name": "Acme / Leeds"}
OBJECT_ID = str(ada().object_id)

RULES = rule_set(EVERYBODY_TO_LONDON)
NOBODY = rule_set()
BROKEN = rule_set(SiteRule(5, UNREADABLE, LEEDS), EVERYBODY_TO_LONDON)
TO_LEEDS = rule_set(SiteRule(10, EVERYBODY, LEEDS, role=POWER))
TO_CLOSED = rule_set(SiteRule(10, EVERYBODY, CLOSED, role=STANDARD))
BY_FIELD = rule_set(SiteRule(10, EVERYBODY, organisation=ACME, field="city"))

DELETED = replace(ada(), is_deleted=True)
DISABLED = ada(accountEnabled=False)


def leaving(**policies: Policy) -> RuleSet:
    return rule_set(EVERYBODY_TO_LONDON, leavers=Leavers(**policies))


def found(local: Local) -> Match:
    """A match by a field: the record has no identity yet."""
    return Match(local, "email", (local.id,))


def outline(item: PlanItem) -> tuple[Action, Reason | None]:
    return item.action, item.reason


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


@pytest.mark.rule("R131")
def test_import_users_never_treats_them_as_unmatched() -> None:
    rules = rule_set(agent_rules=(AGENTS,), defaults=AgentDefaults(user_site=LONDON))

    item = user_item(ada("Agents"), rules, record(role=None), kinds={Kind.USERS})

    assert outline(item) == (Action.NONE, None)


def test_an_agent_for_whom_no_site_is_set_is_never_unmatched() -> None:
    item = user_item(ada("Agents"), rule_set(agent_rules=(AGENTS,)), record())

    assert outline(item) == (Action.NONE, Reason.NO_SITE_FOR_AGENT)


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


@pytest.mark.rule("R126")
def test_an_old_record_is_linked_and_keeps_site_and_role() -> None:
    item = user_item(ada(), TO_LEEDS, found(old_record()))

    assert item.action is Action.LINK
    assert dict(item.changes) == {
        "entra_object_id": (None, OBJECT_ID),
        "entra_state": (None, "present"),
    }
    assert (item.record_id, item.record_revision) == (7, 3)


def test_an_old_record_without_a_role_gets_that_of_its_mapping() -> None:
    item = user_item(ada(), TO_LEEDS, found(old_record(role=None)))

    assert item.changes["user_role"] == (None, {"id": POWER.id, "name": "Power User"})


def test_an_old_record_that_a_hand_has_switched_off_stays_off() -> None:
    item = user_item(ada(), RULES, found(old_record(is_active=False)))

    assert item.action is Action.LINK
    assert "is_active" not in item.changes


def test_an_old_record_of_somebody_disabled_is_linked_and_deactivated_at_once() -> None:
    item = user_item(DISABLED, RULES, found(old_record()))

    assert outline(item) == (Action.DEACTIVATE, Reason.DISABLED_IN_ENTRA)
    assert {"entra_object_id", "is_active", "entra_state"} == set(item.changes)


def test_an_old_record_is_linked_though_the_mappings_site_is_inactive() -> None:
    item = user_item(ada(), TO_CLOSED, found(old_record()))

    assert outline(item) == (Action.LINK, None)


@pytest.mark.parametrize(
    ("rules", "remote", "reason"),
    [
        (NOBODY, ada(), Reason.NO_MAPPING),
        (BROKEN, ada(), Reason.MAPPING_IN_ERROR),
        (RULES, DELETED, Reason.DELETED_IN_ENTRA),
    ],
)
def test_an_old_record_is_not_linked_to_somebody_not_wanted(
    rules: RuleSet, remote: Remote, reason: Reason
) -> None:
    item = user_item(remote, rules, found(old_record()))

    assert outline(item) == (Action.SKIP, reason)


def test_a_record_taken_over_comes_back_with_its_new_identity() -> None:
    old = UUID(int=5)
    local = record(
        object_id=old,
        identity_is_gone=True,
        entra_state=EntraState.DELETED,
        is_active=False,
        deactivated_by_us=True,
    )

    item = user_item(ada(), RULES, Match(local, "decision", (7,)))

    assert item.action is Action.REACTIVATE
    assert item.changes["entra_object_id"] == (str(old), OBJECT_ID)


def test_a_record_with_her_identity_and_no_source_becomes_ours() -> None:
    item = user_item(ada(), RULES, record(is_ours=False))

    assert item.action is Action.LINK
    assert dict(item.changes) == {"entra_object_id": (OBJECT_ID, OBJECT_ID)}


@pytest.mark.rule("R133")
def test_a_record_in_step_is_left_alone() -> None:
    item = user_item(ada(), RULES, record())

    assert (*outline(item), dict(item.changes)) == (Action.NONE, None, {})
    assert item.record_revision == 3


def test_changed_fields_are_updated() -> None:
    item = user_item(ada(displayName="Ada King"), RULES, record())

    assert item.action is Action.UPDATE
    assert dict(item.changes) == {"name": ("Ada Lovelace", "Ada King")}


def test_a_field_for_new_records_only_is_not_written_to_an_old_one() -> None:
    new_only = FieldRule("displayName", "name", apply=Apply.NEW_ONLY)
    rules = rule_set(EVERYBODY_TO_LONDON, user_fields=(new_only,))
    renamed = ada(displayName="Ada King")

    assert user_item(renamed, rules).changes["name"] == (None, "Ada King")
    assert "name" not in user_item(renamed, rules, found(old_record())).changes


def test_a_note_travels_with_its_item() -> None:
    item = user_item(ada(displayName="x" * 300), RULES, record())

    assert item.notes == ("Name was cut to 256 characters.",)


def test_site_and_role_that_a_run_gave_follow_the_mapping() -> None:
    item = user_item(ada(), TO_LEEDS, record())

    assert item.action is Action.MOVE
    assert item.changes["site"] == (LONDON_REF, LEEDS_REF)
    assert item.changes["user_role"][1] == {"id": POWER.id, "name": "Power User"}


def test_site_and_role_that_a_hand_gave_stay() -> None:
    item = user_item(ada(), TO_LEEDS, record(site_by_us=False, role_by_us=False))

    assert item.action is Action.NONE


def test_the_role_of_a_possible_agent_stays() -> None:
    rules = rule_set(
        SiteRule(10, EVERYBODY, LONDON),
        agent_rules=(AgentRule(30, UNREADABLE, ANALYST),),
        defaults=AgentDefaults(user_role=STANDARD),
    )

    assert user_item(ada(), rules, record()).action is Action.NONE


def test_a_role_is_taken_back_when_the_mapping_gives_none() -> None:
    rules = rule_set(SiteRule(10, EVERYBODY, LONDON))

    item = user_item(ada(), rules, record())

    assert item.changes["user_role"][1] is None


@pytest.mark.rule("R094")
def test_nobody_is_moved_to_an_inactive_site() -> None:
    item = user_item(ada(), TO_CLOSED, record())

    assert (*outline(item), dict(item.changes)) == (
        Action.NONE, Reason.SITE_INACTIVE, {}
    )  # fmt: skip


def test_behind_an_unknown_mapping_only_fields_follow() -> None:
    flagged = record(entra_state=EntraState.UNMATCHED)

    item = user_item(ada(displayName="Ada King"), BROKEN, flagged)

    assert outline(item) == (Action.UPDATE, Reason.MAPPING_IN_ERROR)
    assert set(item.changes) == {"name"}


@pytest.mark.parametrize("local", [None, record(), old_record()])
def test_nothing_changes_for_somebody_who_is_absent_without_proof(
    local: Local | None,
) -> None:
    absent = replace(ada(accountEnabled=False, displayName="Old"), is_unproven=True)
    item = user_item(absent, RULES, local)
    assert (item.action, item.reason) == (Action.SKIP, Reason.UNPROVEN)
    assert not item.changes
