"""What is known of the Integrator's health, and who was told of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from common import fields
from connections.models import TenantConnection
from imports.words import Trouble


class Heartbeat(models.Model):
    """When something that must not fall silent was last heard of: the tick."""

    name = fields.text(unique=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} at {self.at:%Y-%m-%d %H:%M:%S}"


class Notice(models.Model):
    """One trouble, from when it was first seen until it is over, and its mails.

    Of the whole installation where it names no connection.
    """

    connection = models.ForeignKey(
        TenantConnection,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="notices",
    )
    trouble = fields.choice(Trouble)
    since = models.DateTimeField()
    text = models.TextField(blank=True)
    """The cause and what to do, in the administrator's words, as last seen."""
    run = models.ForeignKey(
        "imports.Run",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    mark = fields.text(blank=True)
    """What the last mail was about: another set of losses is told of at once."""
    seen_at = models.DateTimeField(default=timezone.now)
    mailed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=fields.one_of("trouble", Trouble), name="notice_trouble"
            ),
            models.UniqueConstraint(
                fields=["connection", "trouble"],
                condition=Q(ended_at=None) & ~Q(connection=None),
                name="notice_once_a_connection",
            ),
            models.UniqueConstraint(
                fields=["trouble"],
                condition=Q(ended_at=None, connection=None),
                name="notice_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.trouble} since {self.since:%Y-%m-%d %H:%M}"


class Tally(models.Model):
    """What runs have come to, summed up since the beginning: runs go, sums stay."""

    connection = models.ForeignKey(
        TenantConnection, on_delete=models.CASCADE, related_name="tallies"
    )
    measure = fields.text()
    """runs, people, graph_requests, throttled_seconds."""
    label = fields.text(blank=True)
    """The status of runs, the outcome of people."""
    value = models.FloatField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "measure", "label"], name="tally_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.label}: {self.value}"
