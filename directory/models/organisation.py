"""Organisations and their sites."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from common import fields


class Organisation(models.Model):
    """A customer or a company that the desk serves."""

    name = fields.text()
    name_key = fields.KeyField(source="name", unique=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["name_key"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(name_key=""), name="organisation_named"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Site(models.Model):
    """A place of an organisation; every user belongs to one."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="sites"
    )
    name = fields.text()
    name_key = fields.KeyField(source="name")
    source_value = fields.text(blank=True)
    """The value in Entra that made the site: renaming it here makes no twin."""
    source_key = fields.KeyField(source="source_value")
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["organisation", "name_key"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "name_key"], name="site_name_once"
            ),
            models.UniqueConstraint(
                fields=["organisation", "source_key"],
                condition=~models.Q(source_key=""),
                name="site_source_once",
            ),
            models.CheckConstraint(condition=~models.Q(name_key=""), name="site_named"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} / {self.name}"
