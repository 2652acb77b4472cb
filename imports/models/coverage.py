"""Whom each mapping matches, as last counted (R109).

People whom the same mappings answer for in the same way share a pattern. There are few
patterns, and each knows how many people it has: every count is read from them, and
every list of people is a walk along one index.
"""

from __future__ import annotations

from django.db import models

from connections.models import TenantConnection
from imports.models.mirror import MirrorUser


class Recount(models.Model):
    """The last complete count of one connection, and who may write the next."""

    connection = models.OneToOneField(
        TenantConnection, on_delete=models.CASCADE, related_name="recount"
    )
    attempt = models.PositiveBigIntegerField(default=0)
    """Grows with each start; a count that is not the latest writes nothing more."""
    rules_version = models.PositiveBigIntegerField(null=True, blank=True)
    """The rules of the last complete count; empty: there is none."""
    counted_at = models.DateTimeField(null=True, blank=True)
    """When that count began to read the mirror."""
    generation = models.PositiveIntegerField(default=0)
    """The last walk that had ended by then."""

    def __str__(self) -> str:
        return f"Recount of {self.connection}"


class MatchPattern(models.Model):
    """What the mappings answer for some of the people of a connection.

    `answers` lists [id of the site mapping, answer] by sequence, without those that say
    no; an answer is a `Result` of the engine. An empty list: no mapping matches.
    """

    connection = models.ForeignKey(
        TenantConnection, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    answers = models.JSONField(default=list)
    digest = models.BigIntegerField()
    """Of the answers, so that a pattern is found however long it is."""
    people = models.PositiveIntegerField(default=0)
    """How many people had it in the last complete count."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "digest"], name="match_pattern_once"
            )
        ]

    def __str__(self) -> str:
        return f"Pattern {self.answers}"


class PersonMatch(models.Model):
    """The pattern of one person of the mirror who is in the tenant."""

    person = models.OneToOneField(
        MirrorUser, on_delete=models.CASCADE, primary_key=True, related_name="match"
    )
    pattern = models.ForeignKey(
        MatchPattern, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    revision = models.PositiveBigIntegerField()
    """The revision of the mirror row that was looked at."""

    class Meta:
        indexes = [models.Index(fields=["pattern", "person"], name="person_match_of")]

    def __str__(self) -> str:
        return f"{self.person}: {self.pattern}"
