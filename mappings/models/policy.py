"""Policies of a connection: leavers, limits, licences and devices."""

from __future__ import annotations

from django.db import models

from common import fields
from connections.models import TenantConnection
from directory.models import Organisation, Site
from mappings.words import Policy


class LeaverPolicy(models.Model):
    """What happens to the records of people who leave, by cause (AM-29)."""

    connection = models.OneToOneField(
        TenantConnection, on_delete=models.CASCADE, related_name="leaver_policy"
    )
    disabled = fields.choice(Policy, default=Policy.DEACTIVATE)
    deleted = fields.choice(Policy, default=Policy.DEACTIVATE)
    unmatched = fields.choice(Policy, default=Policy.FLAG)
    agents_unmatched = fields.choice(Policy, default=Policy.DEACTIVATE)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=fields.one_of("disabled", Policy)
                & fields.one_of("deleted", Policy)
                & fields.one_of("unmatched", Policy)
                & fields.one_of("agents_unmatched", Policy),
                name="leaver_policy_words",
            )
        ]

    def __str__(self) -> str:
        return f"Leavers of {self.connection}"


class GuardLimits(models.Model):
    """How much a run may take away unasked (AM-45); 100 percent switches it off."""

    connection = models.OneToOneField(
        TenantConnection, on_delete=models.CASCADE, related_name="guard_limits"
    )
    people = models.PositiveIntegerField(default=10)
    percent = models.PositiveSmallIntegerField(default=10)
    new_sites = models.PositiveIntegerField(default=25)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(percent__lte=100), name="guard_percent"
            )
        ]

    def __str__(self) -> str:
        return f"Limits of {self.connection}"


class LicenceSettings(models.Model):
    """Where Microsoft 365 licences go, and whether the desk may change them."""

    connection = models.OneToOneField(
        TenantConnection, on_delete=models.CASCADE, related_name="licence_settings"
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    managed_here = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"Licences of {self.connection}"


class DeviceSettings(models.Model):
    """Whether Intune devices come in, and where those without a user go."""

    connection = models.OneToOneField(
        TenantConnection, on_delete=models.CASCADE, related_name="device_settings"
    )
    enabled = models.BooleanField(default=False)
    default_site = models.ForeignKey(
        Site, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    def __str__(self) -> str:
        return f"Devices of {self.connection}"
