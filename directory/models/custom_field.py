"""Fields that an installation adds to its users."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models

from common import fields
from directory.states import CustomKind


class CustomField(models.Model):
    """A field of users, made by an administrator; values are kept by its name."""

    name = models.CharField(
        max_length=64,
        unique=True,
        validators=[
            RegexValidator(
                r"\A[a-z][a-z0-9_]*\Z",
                "Use lower-case letters, digits and _, starting with a letter.",
            )
        ],
    )
    label = fields.text()
    kind = fields.choice(CustomKind, default=CustomKind.TEXT)
    choices = models.JSONField(default=list, blank=True)

    class Meta:
        ordering: ClassVar = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=fields.one_of("kind", CustomKind), name="custom_field_kind"
            )
        ]

    def __str__(self) -> str:
        return self.label
