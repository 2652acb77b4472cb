"""What the database itself refuses: every limit of our records, and its proof."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from django import db
from django.apps import apps
from django.db import models

if TYPE_CHECKING:
    from collections.abc import Iterator

    from factory.django import DjangoModelFactory

APPS = (
    "accounts",
    "connections",
    "directory",
    "mappings",
    "imports",
    "licensing",
    "sso",
)


@dataclass(frozen=True, slots=True)
class Limit:
    """A constraint of a table; one without a name of its own is that of a column."""

    table: str
    columns: tuple[str, ...] = ()
    name: str = ""

    def is_named_by(self, error: db.IntegrityError) -> bool:
        """Return whether the database gives this limit as the reason."""
        text = str(error)
        if self.name and self.name in text:
            return True
        if db.connection.vendor == "sqlite":
            places = ", ".join(f"{self.table}.{column}" for column in self.columns)
            return bool(places) and text == f"UNIQUE constraint failed: {places}"
        return f'"{self.table}_' in text and f"Key ({self.columns[0]})=" in text


def limits() -> dict[str, Limit]:
    """Return every limit of our records, by its constraint's or column's name."""
    found: dict[str, Limit] = {}
    for model in apps.get_models():
        if model._meta.app_label in APPS:
            found |= _constraints(model) | _columns(model)
    return found


def _constraints(model: type[models.Model]) -> dict[str, Limit]:
    table = model._meta.db_table
    return {
        one.name: Limit(table, _fields_of(model, one), one.name)
        for one in model._meta.constraints
    }


def _columns(model: type[models.Model]) -> dict[str, Limit]:
    """Return the columns that are unique by themselves."""
    return {
        f"{model._meta.label}.{field.name}": Limit(
            model._meta.db_table, (str(field.column),)
        )
        for field in model._meta.local_fields
        if field.unique and not field.primary_key
    }


def _fields_of(
    model: type[models.Model], one: models.BaseConstraint
) -> tuple[str, ...]:
    names = one.fields if isinstance(one, models.UniqueConstraint) else ()
    columns = {field.name: str(field.column) for field in model._meta.local_fields}
    return tuple(columns[name] for name in names)


@contextmanager
def refused(limit: str) -> Iterator[None]:
    """Demand that the database refuses what is written inside, by that limit."""
    with pytest.raises(db.IntegrityError) as caught, db.transaction.atomic():
        yield
    assert limits()[limit].is_named_by(caught.value), str(caught.value)


def again(
    factory: type[DjangoModelFactory[Any]], *columns: str, **both: object
) -> None:
    """Make a record, and another that has the same values in `columns`."""
    first = factory.create(**both)
    factory.create(**both | {column: getattr(first, column) for column in columns})
