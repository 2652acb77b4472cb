"""What mapped fields should hold, and which of them a record changes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.states import CustomKind
from imports.engine.values import Desired, changed, desired
from mappings.rules import FieldRule
from mappings.words import Apply, Kind, WhenEmpty
from tests.imports.engine.builders import ada, unread

NAME = FieldRule("displayName", "name")
TITLE = FieldRule("jobTitle", "job_title")


def held(value: Any, kind: CustomKind, choices: tuple[str, ...] = ()) -> Desired:
    """What a custom field of this kind should hold for a value in Entra."""
    rule = FieldRule("employeeId", "custom.x", kind=kind, choices=choices)
    return desired(ada(employeeId=value), (rule,), kind=Kind.USERS)


@pytest.mark.rule("R074")
def test_fields_hold_what_entra_has_tidied() -> None:
    found = desired(ada(jobTitle="  Lead   Analyst "), (NAME, TITLE), kind=Kind.USERS)

    assert found == Desired({"name": "Ada Lovelace", "job_title": "Lead Analyst"})


def test_a_property_that_was_not_read_writes_nothing() -> None:
    remote = unread(ada(jobTitle="Lead"), "jobTitle", "displayName")

    assert desired(remote, (NAME, TITLE), kind=Kind.USERS) == Desired({})


def test_an_empty_property_is_none() -> None:
    assert desired(ada(jobTitle=" "), (TITLE,), kind=Kind.USERS).values == {
        "job_title": None
    }


@pytest.mark.parametrize("kind", list(Kind))
def test_somebody_without_a_name_is_called_by_their_login(kind: Kind) -> None:
    found = desired(ada(displayName=None), (NAME,), kind=kind)

    assert found.values == {"name": "ada@acme.example"}


def test_somebody_without_name_and_login_keeps_their_name() -> None:
    remote = ada(displayName=None, userPrincipalName=None)

    found = desired(remote, (NAME,), kind=Kind.USERS)

    assert found.values == {}
    assert found.notes == (
        "Name stays as it is: Entra has neither a name nor a login.",
    )


def test_a_long_value_is_cut_and_noted() -> None:
    found = desired(ada(jobTitle="x" * 300), (TITLE,), kind=Kind.AGENTS)

    assert found.values == {"job_title": "x" * 256}
    assert found.notes == ("Job Title was cut to 256 characters.",)


@pytest.mark.rule("R083")
def test_managers_are_left_to_the_second_pass() -> None:
    rule = FieldRule("manager", "manager")

    assert desired(ada(), (rule,), kind=Kind.USERS) == Desired({})


@pytest.mark.rule("R087")
@pytest.mark.parametrize(
    ("source", "value", "expected"),
    [
        ("businessPhones", ["+44 1", "+44 2"], "+44 1"),
        ("otherMails", [], None),
        ("proxyAddresses", ["smtp:b@x", "SMTP:a@x"], "a@x"),
    ],
)
def test_a_list_gives_its_first_or_primary_value(
    source: str, value: list[str], expected: str | None
) -> None:
    rule = FieldRule(source, "phone")

    found = desired(ada(**{source: value}), (rule,), kind=Kind.USERS)

    assert found.values == {"phone": expected}


@pytest.mark.rule("R075")
@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (CustomKind.TEXT, True, "true"),
        (CustomKind.TEXT, 5, "5"),
        (CustomKind.NUMBER, "42", 42),
        (CustomKind.NUMBER, " -1.5 ", -1.5),
        (CustomKind.NUMBER, 5.0, 5),
        (CustomKind.DATE, "2024-05-01T00:00:00Z", "2024-05-01"),
        (CustomKind.DATE, "2024-05-01", "2024-05-01"),
        (CustomKind.BOOLEAN, True, True),
        *((CustomKind.BOOLEAN, yes, True) for yes in ("true", "Yes", "1", 1)),
        *((CustomKind.BOOLEAN, no, False) for no in ("false", "No", "0", False)),
        (CustomKind.CHOICE, "red ", "Red"),
        (CustomKind.CHOICE, None, None),
    ],
)
def test_a_value_is_converted_to_the_kind_of_its_field(
    kind: CustomKind, value: Any, expected: Any
) -> None:
    found = held(value, kind, choices=("Red", "Blue"))

    assert found == Desired({"custom.x": expected})


@pytest.mark.rule("R075")
@pytest.mark.parametrize(
    ("kind", "value", "note"),
    [
        (CustomKind.TEXT, {"a": 1}, "it holds text, and Entra has something else."),
        (CustomKind.NUMBER, "four", '"four" is no number.'),
        (CustomKind.NUMBER, "inf", '"inf" is no number.'),
        (CustomKind.NUMBER, True, '"true" is no number.'),
        (CustomKind.DATE, "yesterday", '"yesterday" is no date.'),
        (CustomKind.BOOLEAN, "maybe", '"maybe" is neither yes nor no.'),
        (CustomKind.CHOICE, "Green", '"Green" is none of its choices.'),
    ],
)
def test_a_value_that_does_not_convert_leaves_the_field_and_is_noted(
    kind: CustomKind, value: Any, note: str
) -> None:
    found = held(value, kind, choices=("Red", "Blue"))

    assert found == Desired({}, (f"x stays as it is: {note}",))


@pytest.mark.rule("R086")
@pytest.mark.parametrize(
    ("when_empty", "before", "expected"),
    [
        (WhenEmpty.KEEP, "Lead", {}),
        (WhenEmpty.CLEAR, "Lead", {"job_title": ("Lead", "")}),
        (WhenEmpty.CLEAR, "", {}),
        (WhenEmpty.CLEAR, None, {}),
    ],
)
def test_an_empty_source_keeps_or_clears(
    when_empty: WhenEmpty, before: Any, expected: Any
) -> None:
    rule = FieldRule("jobTitle", "job_title", when_empty)

    found = changed(
        {"job_title": before}, Desired({"job_title": None}), (rule,), is_new=False
    )

    assert found == expected


@pytest.mark.parametrize(
    ("apply", "before", "is_new", "writes"),
    [
        (Apply.ALWAYS, "Lead", False, True),
        (Apply.ALWAYS, "", True, True),
        (Apply.NEW_ONLY, "Lead", False, False),
        (Apply.NEW_ONLY, "", False, False),
        (Apply.NEW_ONLY, None, True, True),
        (Apply.IF_EMPTY, "Lead", False, False),
        (Apply.IF_EMPTY, "", False, True),
        (Apply.IF_EMPTY, None, True, True),
    ],
)
def test_a_field_is_written_when_its_rule_says(
    apply: Apply, before: Any, is_new: bool, writes: bool
) -> None:
    rule = FieldRule("jobTitle", "job_title", apply=apply)

    found = changed(
        {"job_title": before}, Desired({"job_title": "Head"}), (rule,), is_new=is_new
    )

    assert found == ({"job_title": (before, "Head")} if writes else {})


@pytest.mark.rule("R085")
def test_unmapped_fields_are_never_touched() -> None:
    found = changed(
        {"phone": "1"}, Desired({"job_title": "Head"}), (TITLE,), is_new=False
    )

    assert found == {"job_title": (None, "Head")}


def test_a_field_that_is_not_mapped_for_clearing_custom_values_holds_none() -> None:
    rule = FieldRule("employeeId", "custom.x", WhenEmpty.CLEAR)

    found = changed(
        {"custom.x": "7"}, Desired({"custom.x": None}), (rule,), is_new=False
    )

    assert found == {"custom.x": ("7", None)}


@pytest.mark.rule("R133")
@given(
    value=st.one_of(st.none(), st.booleans(), st.floats(), st.text(max_size=300)),
    before=st.one_of(st.none(), st.text(max_size=3), st.integers(), st.booleans()),
    kind=st.sampled_from(CustomKind),
    when_empty=st.sampled_from(WhenEmpty),
    apply=st.sampled_from(Apply),
)
def test_writing_what_is_wanted_leaves_nothing_to_write(
    value: Any,
    before: Any,
    kind: CustomKind,
    when_empty: WhenEmpty,
    apply: Apply,
) -> None:
    rule = FieldRule("employeeId", "custom.x", when_empty, apply, kind, ("Red",))
    wanted = desired(ada(employeeId=value), (rule,), kind=Kind.USERS)
    written = {"custom.x": before}
    for target, (_, after) in changed(written, wanted, (rule,), is_new=False).items():
        written[target] = after

    assert changed(written, wanted, (rule,), is_new=False) == {}
