"""Site mappings in words."""

from __future__ import annotations

import pytest

from common.types import Json
from mappings.describe import criterion, described, target
from mappings.models import Criterion, SiteMapping
from mappings.words import Combine, MappingType, Operator
from tests.factories.directory import OrganisationFactory, SiteFactory
from tests.factories.mappings import CriterionFactory, SiteMappingFactory


@pytest.mark.parametrize(
    ("field", "operator", "value", "words"),
    [
        ("department", Operator.EQUALS, "Sales", "Department equals “Sales”"),
        ("accountEnabled", Operator.EQUALS, True, "Account Enabled equals “true”"),
        ("city", Operator.IS_EMPTY, None, "City is empty"),
        ("city", Operator.IN, ["A", "B"], "City is one of “A”, “B”"),
        (
            "extensionAttribute2",
            Operator.NOT_IN,
            ["A", "B", "C", "D", "E"],
            "Extension Attribute 2 is none of “A”, “B”, “C” and 2 more",
        ),
    ],
)
def test_a_criterion_is_part_of_a_sentence(
    field: str, operator: Operator, value: Json, words: str
) -> None:
    assert criterion(Criterion(field=field, operator=operator, value=value)) == words


@pytest.mark.django_db
def test_each_type_says_where_people_come() -> None:
    site = SiteFactory.create()
    by_field = SiteMapping(
        type=MappingType.ORGANISATION_BY_FIELD,
        organisation=site.organisation,
        field="officeLocation",
    )

    assert target(SiteMappingFactory.create(site=site)) == str(site)
    assert target(by_field) == f"{site.organisation} / by Office Location"
    assert target(SiteMapping(is_agent=True)) == "*Agent*"


@pytest.mark.django_db
def test_criteria_are_joined_only_if_there_are_several() -> None:
    row = SiteMappingFactory.create(match=Combine.ANY)
    CriterionFactory.create(mapping=row)

    assert described(row).joined == ""
    CriterionFactory.create(mapping=row, position=1)
    assert described(row).joined == "any of"


@pytest.mark.django_db
def test_every_place_that_is_inactive_is_told() -> None:
    organisation = OrganisationFactory.create(is_active=False)
    asleep = SiteFactory.create(organisation=organisation)
    row = SiteMappingFactory.create(
        type=MappingType.ORGANISATION_BY_FIELD,
        site=None,
        organisation=organisation,
        field="city",
        default_site=asleep,
    )

    told = described(row).faults

    assert len(told) == 2
    assert f"{organisation} is inactive: nobody is brought to its sites." in told
    assert f"{asleep} is inactive: people without a City are left out." in told
