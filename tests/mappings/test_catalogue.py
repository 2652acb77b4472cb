"""Sources and targets: what may be mapped, and what a person has in a source."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from mappings import catalogue
from mappings.catalogue import UNKNOWN
from mappings.rules import Criterion, FieldRule, Filter, Ref, RuleSet, SiteRef, SiteRule
from mappings.words import Operator

EXTENSION = "extension_0123456789abcdef0123456789abcdef_costCentre"
RULES = RuleSet(1, UUID(int=1), 1)


def rules(*fields: FieldRule, **rest: Any) -> RuleSet:
    return RuleSet(1, UUID(int=1), 1, user_fields=fields, **rest)


@pytest.mark.rule("R074")
@pytest.mark.parametrize(
    "name",
    ["displayName", "extensionAttribute15", "manager", "mail_or_upn", EXTENSION],
)
def test_a_source_may_be_mapped(name: str) -> None:
    assert catalogue.is_source(name)


@pytest.mark.parametrize(
    "name",
    [
        "displayname",
        "extensionAttribute16",
        "has_licence",
        "assignedLicenses",
        "extension_short_costCentre",
        "skills",
    ],
)
def test_what_is_no_source_may_not_be_mapped(name: str) -> None:
    assert not catalogue.is_source(name)


@pytest.mark.rule("R099")
def test_criteria_know_two_fields_that_cannot_be_mapped() -> None:
    assert catalogue.is_criterion_field("has_licence")
    assert catalogue.is_criterion_field("has_mail")
    assert not catalogue.is_criterion_field("manager")


@pytest.mark.rule("R087")
@pytest.mark.parametrize(
    ("source", "properties", "expected"),
    [
        ("mail_or_upn", {"mail": "a@x.example"}, "a@x.example"),
        ("mail_or_upn", {"mail": None, "userPrincipalName": "u@x.example"},
         "u@x.example"),
        ("mail_or_upn", {"userPrincipalName": "u@x.example"}, UNKNOWN),
        ("mail_or_upn", {"mail": ""}, UNKNOWN),
        ("first_business_phone", {"businessPhones": ["", "1", "2"]}, "1"),
        ("first_business_phone", {"businessPhones": []}, None),
        ("first_business_phone", {"businessPhones": None}, None),
        ("first_business_phone", {}, UNKNOWN),
        ("primary_smtp", {"proxyAddresses": ["smtp:b@x", "SMTP:a@x"]}, "a@x"),
        ("primary_smtp", {"proxyAddresses": ["smtp:b@x"]}, None),
        ("primary_smtp", {"proxyAddresses": None}, None),
        ("primary_smtp", {}, UNKNOWN),
        ("upn_prefix", {"userPrincipalName": "ada@acme.example"}, "ada"),
        ("upn_prefix", {"userPrincipalName": None}, None),
        ("upn_prefix", {}, UNKNOWN),
        ("has_licence", {"assignedLicenses": [{"skuId": "1"}]}, True),
        ("has_licence", {"assignedLicenses": []}, False),
        ("has_licence", {}, UNKNOWN),
        ("has_mail", {"mail": " "}, False),
        ("has_mail", {"mail": "a@x.example"}, True),
        ("extensionAttribute1",
         {"onPremisesExtensionAttributes": {"extensionAttribute1": "7"}}, "7"),
        ("extensionAttribute2",
         {"onPremisesExtensionAttributes": {"extensionAttribute1": "7"}}, None),
        ("extensionAttribute1", {"onPremisesExtensionAttributes": None}, None),
        ("extensionAttribute1", {}, UNKNOWN),
        (EXTENSION, {EXTENSION: "42"}, "42"),
        ("department", {"department": None}, None),
        ("department", {}, UNKNOWN),
        ("accountEnabled", {"accountEnabled": None}, True),
        ("accountEnabled", {"accountEnabled": False}, False),
        ("accountEnabled", {}, UNKNOWN),
    ],
)  # fmt: skip
def test_a_source_reads_what_a_person_has(
    source: str, properties: dict[str, Any], expected: Any
) -> None:
    assert catalogue.value(source, properties) == expected


def test_a_field_gets_one_value_of_a_list() -> None:
    held = {"otherMails": ["", "a@x"], "proxyAddresses": ["smtp:b@x", "SMTP:c@x"]}

    assert catalogue.single("otherMails", held) == "a@x"
    assert catalogue.single("proxyAddresses", held) == "c@x"


@pytest.mark.parametrize(
    ("held", "expected"),
    [(True, "true"), (False, "false"), (5, "5"), (None, ""), (["", " a  b "], "a b")],
)
def test_a_value_reads_as_text(held: Any, expected: str) -> None:
    assert catalogue.as_text(held) == expected


def test_the_least_is_asked_of_everybody() -> None:
    always = ("accountEnabled", "userPrincipalName", "userType")

    assert catalogue.deciding(RULES) == always
    assert catalogue.needed(RULES) == ("accountEnabled", "displayName", *always[1:])


def test_what_mappings_read_is_asked_for_by_its_name_in_graph() -> None:
    crit = Criterion("has_licence", Operator.EQUALS, True)
    site = SiteRule(
        10, Filter(criteria=(crit,)), organisation=Ref(1, "A"), field="officeLocation"
    )
    mapped = (
        FieldRule("mail_or_upn", "email"),
        FieldRule("extensionAttribute3", "custom.x"),
        FieldRule("manager", "manager"),
        FieldRule(EXTENSION, "custom.y"),
    )

    asked = set(catalogue.needed(rules(*mapped, site_rules=(site,))))

    assert asked - set(catalogue.needed(RULES)) == {
        "assignedLicenses",
        "mail",
        "officeLocation",
        "onPremisesExtensionAttributes",
        EXTENSION,
    }


def test_what_people_hold_is_asked_for_where_licences_are_imported() -> None:
    asked = set(catalogue.deciding(replace(RULES, licences_into=1)))

    held = {"assignedLicenses", "licenseAssignmentStates"}
    assert asked - set(catalogue.deciding(RULES)) == held


def test_what_only_fields_read_decides_nothing() -> None:
    site = SiteRule(10, Filter(), site=SiteRef(1, "A / B", 1))

    decides = catalogue.deciding(
        rules(FieldRule("jobTitle", "job_title"), site_rules=(site,))
    )

    assert "jobTitle" not in decides


@pytest.mark.rule("R083")
def test_managers_are_asked_for_only_if_mapped() -> None:
    assert catalogue.needs_manager(rules(FieldRule("manager", "manager")))
    assert not catalogue.needs_manager(RULES)


@pytest.mark.rule("R077")
def test_defaults_use_each_source_and_target_once() -> None:
    for fields, targets in (
        (catalogue.DEFAULT_USER_FIELDS, catalogue.USER_TARGETS),
        (catalogue.DEFAULT_AGENT_FIELDS, catalogue.AGENT_TARGETS),
    ):
        assert len({one.source for one in fields}) == len(fields)
        assert {one.target for one in fields} <= set(targets)
        assert all(catalogue.is_source(one.source) for one in fields)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("givenName", "First Name"),
        ("manager", "Manager"),
        ("extensionAttribute7", "Extension Attribute 7"),
        ("primary_smtp", "Primary SMTP Address"),
        (EXTENSION, EXTENSION),
    ],
)
def test_a_source_has_a_name_for_people(source: str, expected: str) -> None:
    assert catalogue.label(source) == expected
