"""Sign-in with Microsoft: its connections and its log."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from common import fields
from connections.models import AppRegistration, CloudName
from directory.models import Site
from sso.words import AllowedAudience, SecondFactor, TenantType


class SsoConnection(models.Model):
    """One way to sign in with Microsoft; off until it is published (R046)."""

    name = fields.text()
    name_key = fields.KeyField(source="name", unique=True)
    slug = models.SlugField(max_length=64, unique=True)
    registration = models.ForeignKey(
        AppRegistration,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="sso_connections",
    )
    tenant_type = fields.choice(TenantType, default=TenantType.SINGLE)
    published = models.BooleanField(default=False)
    allow = fields.choice(AllowedAudience, default=AllowedAudience.BOTH)
    allow_guests = models.BooleanField(default=False)
    second_factor = fields.choice(SecondFactor, default=SecondFactor.OURS)
    auto_redirect = models.BooleanField(default=False)
    link_by_address = models.BooleanField(default=False)
    create_users = models.BooleanField(default=False)
    create_site = models.ForeignKey(
        Site, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    is_module_on: bool
    """Only of what `sso.published.rows` returns: whether its module is enabled."""

    class Meta:
        ordering: ClassVar = ["name_key"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(name_key=""), name="sso_connection_named"
            ),
            models.CheckConstraint(
                condition=fields.one_of("tenant_type", TenantType)
                & fields.one_of("allow", AllowedAudience)
                & fields.one_of("second_factor", SecondFactor),
                name="sso_connection_words",
            ),
            models.CheckConstraint(
                condition=Q(published=False) | Q(registration__isnull=False),
                name="sso_published_is_complete",
            ),
            models.CheckConstraint(
                # AM-10: addresses are believed in a single tenant only.
                condition=Q(link_by_address=False) | Q(tenant_type=TenantType.SINGLE),
                name="sso_link_in_single_tenant",
            ),
            models.CheckConstraint(
                condition=Q(create_users=False) | Q(create_site__isnull=False),
                name="sso_create_needs_site",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class AllowedTenant(models.Model):
    """A tenant whose people may sign in by a multi-tenant connection (R044)."""

    connection = models.ForeignKey(
        SsoConnection, on_delete=models.CASCADE, related_name="allowed_tenants"
    )
    tenant_id = models.UUIDField()
    label = fields.text(blank=True)

    class Meta:
        ordering: ClassVar = ["connection", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "tenant_id"], name="allowed_tenant_once"
            )
        ]

    def __str__(self) -> str:
        return self.label or str(self.tenant_id)


class SignInEvent(models.Model):
    """One attempt to sign in with Microsoft, and what came of it."""

    connection = models.ForeignKey(
        SsoConnection, on_delete=models.SET_NULL, null=True, blank=True
    )
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="sign_in_events",
    )
    audience = fields.text(blank=True)
    reason = fields.text(blank=True)
    """Why it was refused; empty: it was let in."""
    entra_tenant_id = models.UUIDField(null=True, blank=True)
    entra_object_id = models.UUIDField(null=True, blank=True)
    upn = fields.text(blank=True)
    address = models.GenericIPAddressField(null=True, blank=True)
    at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes = [
            models.Index(
                fields=["entra_tenant_id", "entra_object_id"], name="sign_in_of_person"
            )
        ]

    def __str__(self) -> str:
        return f"{self.upn} at {self.at:%Y-%m-%d %H:%M}"


class LegacySignIn(models.Model):
    """The one set of sign-in settings of installations before 2.13.1 (R060).

    Migration 0003 makes the connection Default of it; nothing else reads it.
    """

    tenant_type = fields.choice(TenantType, default=TenantType.SINGLE)
    cloud = fields.choice(CloudName, default=CloudName.GLOBAL)
    tenant_id = models.UUIDField(null=True, blank=True)
    application_id = models.UUIDField(null=True, blank=True)
    client_secret = models.TextField(blank=True, editable=False)
    """Encrypted for the place `sso_legacysignin.client_secret`; empty once moved."""
    published = models.BooleanField(default=False)
    allow = fields.choice(AllowedAudience, default=AllowedAudience.BOTH)
    auto_redirect = models.BooleanField(default=False)

    class Meta:
        db_table = "sso_legacysignin"

    def __str__(self) -> str:
        return f"{self.application_id} in {self.tenant_id}"
