"""Model fields of our own: text of one width, and the key that compares it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

from common import keys

if TYPE_CHECKING:
    from enum import StrEnum

TEXT_LENGTH = keys.MAX_LENGTH


class KeyField(models.CharField[str, str]):
    """The comparison key of another text column, kept in step by every save.

    Carries unique constraints, matching and look-up (see `common.keys`). A save that
    names its columns must name this one too; set-based writes compute it themselves.
    """

    def __init__(self, *, source: str, **options: Any) -> None:
        """Hold the key of the column `source`."""
        self.source = source
        options.setdefault("max_length", TEXT_LENGTH)
        options.setdefault("editable", False)
        options.setdefault("blank", True)
        super().__init__(**options)

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        """Add the source to what a migration stores."""
        name, path, args, options = super().deconstruct()
        return name, path, args, {**options, "source": self.source}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:  # noqa: FBT001 - Django's signature
        """Compute the key from the source column."""
        value = keys.key(getattr(model_instance, self.source))
        setattr(model_instance, self.attname, value)
        return value


def text(**options: Any) -> models.CharField[str, str]:
    """Return a text column of the width that every text column has."""
    options.setdefault("max_length", TEXT_LENGTH)
    return models.CharField(**options)


def choice(kind: type[StrEnum], **options: Any) -> models.CharField[str, str]:
    """Return a column that holds one value of `kind`."""
    options.setdefault("max_length", max(32, *(len(one.value) for one in kind)))
    return models.CharField(choices=choices(kind), **options)


def choices(kind: type[StrEnum]) -> list[tuple[str, str]]:
    """Return the values of `kind` with their names in words."""
    return [(one.value, one.value.replace("_", " ").capitalize()) for one in kind]


def one_of(column: str, kind: type[StrEnum]) -> models.Q:
    """Return the condition that `column` holds a value of `kind`, for a constraint."""
    return models.Q(**{f"{column}__in": [one.value for one in kind]})
