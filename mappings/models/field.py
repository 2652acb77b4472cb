"""Which property of Entra goes into which field, and which fields find old records."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from common import fields
from connections.models import TenantConnection
from mappings.words import Apply, Kind, WhenEmpty


class FieldMapping(models.Model):
    """One source into one target. Each is used once a list (R081, AM-17)."""

    connection = models.ForeignKey(
        TenantConnection, on_delete=models.CASCADE, related_name="field_mappings"
    )
    kind = fields.choice(Kind)
    position = models.PositiveSmallIntegerField(default=0)
    source = fields.text()
    target = fields.text()
    when_empty = fields.choice(WhenEmpty, default=WhenEmpty.KEEP)
    apply = fields.choice(Apply, default=Apply.ALWAYS)

    class Meta:
        ordering: ClassVar = ["connection", "kind", "position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "kind", "target"], name="field_target_once"
            ),
            models.UniqueConstraint(
                fields=["connection", "kind", "source"], name="field_source_once"
            ),
            models.CheckConstraint(
                condition=fields.one_of("kind", Kind)
                & fields.one_of("when_empty", WhenEmpty)
                & fields.one_of("apply", Apply),
                name="field_mapping_words",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} → {self.target}"


class MatchingField(models.Model):
    """A target whose value finds a record that has no Entra id yet, in its order."""

    connection = models.ForeignKey(
        TenantConnection, on_delete=models.CASCADE, related_name="matching_fields"
    )
    kind = fields.choice(Kind)
    position = models.PositiveSmallIntegerField()
    target = fields.text()

    class Meta:
        ordering: ClassVar = ["connection", "kind", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "kind", "target"], name="matching_target_once"
            ),
            models.UniqueConstraint(
                fields=["connection", "kind", "position"], name="matching_position_once"
            ),
            models.CheckConstraint(
                condition=fields.one_of("kind", Kind), name="matching_kind"
            ),
        ]

    def __str__(self) -> str:
        return self.target
