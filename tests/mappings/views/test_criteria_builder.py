"""The criteria of a site mapping, built row by row."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from common.rights import Permission
from connections.models import TenantConnection
from mappings.models import Criterion, SiteMapping
from mappings.words import Operator
from tests.desk_agents import sign_in
from tests.factories.directory import (
    SiteFactory,
)
from tests.factories.mappings import CriterionFactory, SiteMappingFactory
from tests.mappings.views.making import new, sales
from tests.mappings.views.pages import filled, read, url, version


@pytest.fixture
def page(client: Client, connection: TenantConnection) -> Client:
    """A browser of somebody who may configure, and see everybody."""
    sign_in(client, Permission.VIEW, Permission.CONFIGURE)
    return client


@pytest.mark.rule("R099")
def test_criteria_are_added_and_removed_by_buttons(
    page: Client, connection: TenantConnection
) -> None:
    site = SiteFactory.create()
    form = sales(page, new(connection), site=site.pk)
    three = page.post(new(connection), form | {"add_ready": "enabled"})
    four = page.post(
        new(connection), read(three.content.decode()) | {"add_criterion": "1"}
    )
    left = page.post(
        new(connection), read(four.content.decode()) | {"remove_criterion": "0"}
    )
    html = left.content.decode()
    end = read(html) | {
        "criteria-2-field": "city",
        "criteria-2-operator": "in",
        "criteria-2-value": " Oslo \n\nRome",
    }

    page.post(new(connection), end)

    assert "Nothing was saved" not in html
    rows = Criterion.objects.values_list("field", "operator", "value")
    assert list(rows) == [
        ("accountEnabled", "equals", "true"),
        ("city", "in", ["Oslo", "Rome"]),
    ]


def test_an_empty_criterion_is_not_passed_over(
    page: Client, connection: TenantConnection
) -> None:
    site = SiteFactory.create()
    sent = sales(page, new(connection), site=site.pk)

    answer = page.post(new(connection), sent | {"criteria-0-field": ""})
    html = answer.content.decode()

    assert answer.status_code == 400
    assert "Look at the criteria" in html
    assert "Choose an Azure field, or remove the row." in html
    assert re.search(r'name="criteria-0-field"[^>]* autofocus', html)
    assert not SiteMapping.objects.exists()


@pytest.mark.parametrize(
    ("operator", "value", "told"),
    [
        ("is_empty", "x", "takes no value"),
        ("in", "", "one a line"),
        ("equals", "", "For “nothing” choose"),
    ],
)
def test_a_value_must_fit_its_operator(
    page: Client, connection: TenantConnection, operator: str, value: str, told: str
) -> None:
    sent = sales(page, new(connection), site=SiteFactory.create().pk)
    row = {"criteria-0-operator": operator, "criteria-0-value": value}

    assert told in page.post(new(connection), sent | row).content.decode()


def test_values_that_are_not_touched_keep_their_kind(
    page: Client, connection: TenantConnection
) -> None:
    row = SiteMappingFactory.create(connection=connection)
    CriterionFactory.create(mapping=row, field="accountEnabled", value=True)
    CriterionFactory.create(
        mapping=row, position=1, operator=Operator.IN, value=["A", 5]
    )
    edit = url("mapping", connection, row.pk)

    page.post(edit, filled(page, edit))
    is_same = version(connection)
    page.post(edit, filled(page, edit, sequence="7"))

    assert is_same == 1
    assert version(connection) == 2
    assert list(row.criteria.values_list("value", flat=True)) == [True, ["A", 5]]


def test_a_form_is_not_judged_before_it_is_saved(
    page: Client, connection: TenantConnection
) -> None:
    form = filled(page, new(connection), sequence="")

    for button in ("refresh", "add_criterion", "find"):
        answer = page.post(new(connection), form | {button: "1"})

        assert answer.status_code == 200
        assert "Nothing was saved" not in answer.content.decode()
