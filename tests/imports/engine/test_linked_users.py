"""What a run does for old records that turn out to be somebody's in Entra."""

from __future__ import annotations

from uuid import UUID

import pytest

from directory.states import EntraState
from imports.engine.types import Action, Match, Reason, Remote
from mappings.rules import FieldRule, RuleSet
from mappings.words import Apply
from tests.imports.engine.builders import (
    EVERYBODY_TO_LONDON,
    POWER,
    ada,
    old_record,
    outline,
    record,
    rule_set,
    user_item,
)
from tests.imports.engine.user_rules import (
    BROKEN,
    DELETED,
    DISABLED,
    NOBODY,
    OBJECT_ID,
    RULES,
    TO_CLOSED,
    TO_LEEDS,
    found,
)


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


def test_a_field_for_new_records_only_is_not_written_to_an_old_one() -> None:
    new_only = FieldRule("displayName", "name", apply=Apply.NEW_ONLY)
    rules = rule_set(EVERYBODY_TO_LONDON, user_fields=(new_only,))
    renamed = ada(displayName="Ada King")

    assert user_item(renamed, rules).changes["name"] == (None, "Ada King")
    assert "name" not in user_item(renamed, rules, found(old_record())).changes
