from __future__ import annotations

from enum import StrEnum

import pytest
from django.db import models

from common import fields
from directory.models import Organisation
from tests.factories.directory import OrganisationFactory


class Colour(StrEnum):
    """Words for a column of choices."""

    RED = "red"
    DARK_BLUE = "dark_blue"


@pytest.mark.django_db
def test_a_key_follows_its_text_with_every_save() -> None:
    organisation = OrganisationFactory.create(name="Contoso")
    organisation.name = "FABRIKAM  Inc"
    organisation.save(update_fields=["name", "name_key"])

    organisation.refresh_from_db()

    assert organisation.name_key == "fabrikam inc"


@pytest.mark.django_db
def test_a_key_is_computed_in_bulk_too() -> None:
    Organisation.objects.bulk_create([Organisation(name="CONTOSO")])

    assert Organisation.objects.get().name_key == "contoso"


def test_a_migration_stores_the_source_of_a_key() -> None:
    _, path, _, options = fields.KeyField(source="name").deconstruct()

    assert path == "common.fields.KeyField"
    assert fields.KeyField(**options).source == "name"


def test_text_has_one_width_unless_told_otherwise() -> None:
    assert fields.text().max_length == 256
    assert fields.text(max_length=8).max_length == 8


def test_a_choice_names_its_values_in_words() -> None:
    column = fields.choice(Colour, default=Colour.RED)

    assert column.choices == [("red", "Red"), ("dark_blue", "Dark blue")]
    assert column.default == "red"


def test_a_choice_is_wide_enough_for_its_longest_value() -> None:
    class Long(StrEnum):
        ONE = "x" * 40

    assert fields.choice(Long).max_length == 40
    assert fields.choice(Colour).max_length == 32


def test_a_condition_allows_the_words_and_no_others() -> None:
    assert fields.one_of("shade", Colour) == models.Q(shade__in=["red", "dark_blue"])
