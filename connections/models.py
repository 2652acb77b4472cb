"""How we reach a tenant: the application registered there and what it may use."""

from __future__ import annotations

import uuid
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from common import encryption, fields

if TYPE_CHECKING:
    import datetime


class CloudName(StrEnum):
    """The Microsoft clouds; `custom` is the one that the environment names."""

    GLOBAL = "global"
    US_GOV = "us_gov"
    US_DOD = "us_dod"
    CHINA = "china"
    CUSTOM = "custom"


class Authorisation(StrEnum):
    """Whose permissions a connection uses (AM-05)."""

    DELEGATED = "delegated"
    APPLICATION = "application"


class CredentialKind(StrEnum):
    """What proves that a request comes from the registered application."""

    SECRET = "secret"
    CERTIFICATE = "certificate"


class Module(models.Model):
    """An integration of the desk; off until somebody enables it (R004)."""

    slug = models.SlugField(max_length=64, unique=True)
    enabled = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.slug


class AppRegistration(models.Model):
    """An application registered in Entra, used for imports, for sign-in or both."""

    cloud = fields.choice(CloudName, default=CloudName.GLOBAL)
    tenant_id = models.UUIDField()
    application_id = models.UUIDField()

    class Meta:
        constraints = [
            # AM-03: one application cannot import from several tenants.
            models.UniqueConstraint(
                fields=["cloud", "application_id"], name="registration_once"
            ),
            models.CheckConstraint(
                condition=fields.one_of("cloud", CloudName), name="registration_cloud"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} in {self.tenant_id}"


class Credential(models.Model):
    """A secret, or a certificate with its key. Several of one registration are
    tried in order, so that a secret is replaced without a gap."""

    registration = models.ForeignKey(
        AppRegistration, on_delete=models.CASCADE, related_name="credentials"
    )
    position = models.PositiveSmallIntegerField(default=0)
    kind = fields.choice(CredentialKind, default=CredentialKind.SECRET)
    binding = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    value = models.TextField(editable=False)
    """The secret or the private key, encrypted; read it by `reveal`."""
    certificate = models.TextField(blank=True)
    """The public certificate in PEM, for the kind certificate."""
    reference = models.JSONField(default=dict, blank=True)
    """Where the value came from: {"env": NAME}, {"file": PATH}; empty: typed."""
    certificate_reference = models.JSONField(default=dict, blank=True)
    expires_on = models.DateField(null=True, blank=True)
    set_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["registration", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["registration", "position"], name="credential_position_once"
            ),
            models.CheckConstraint(
                condition=models.Q(kind=CredentialKind.SECRET, certificate="")
                | models.Q(kind=CredentialKind.CERTIFICATE) & ~models.Q(certificate=""),
                name="credential_kind_fits",
            ),
            models.CheckConstraint(
                condition=~models.Q(value=""), name="credential_value_set"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}, set on {self.set_at:%Y-%m-%d}"

    @property
    def place(self) -> str:
        """Return what the ciphertext is bound to."""
        return f"connections_credential.value.{self.binding}"

    def keep(self, value: str) -> None:
        """Encrypt `value` into the row, which the caller saves."""
        self.value = encryption.encrypt(value, place=self.place)

    def reveal(self) -> str:
        """Return the secret or private key; raises CannotDecrypt."""
        return encryption.decrypt(self.value, place=self.place)


class TenantConnection(models.Model):
    """One tenant that we import from, and the claim of the run that works on it."""

    name = fields.text()
    name_key = fields.KeyField(source="name", unique=True)
    registration = models.ForeignKey(
        AppRegistration, on_delete=models.PROTECT, related_name="connections"
    )
    # The registration's, repeated so that a constraint can hold AM-03.
    cloud = fields.choice(CloudName, default=CloudName.GLOBAL)
    tenant_id = models.UUIDField()
    authorisation = fields.choice(Authorisation, default=Authorisation.APPLICATION)
    own_tenant = models.BooleanField(
        default=False, help_text="Agents may be matched by fields (AM-35)."
    )
    notify = models.JSONField(default=list, blank=True)
    """Addresses told of trouble; empty: all administrators."""

    authorised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    authorised_as = fields.text(blank=True)
    authorised_person = models.UUIDField(null=True, blank=True)
    """The object id of who authorised it, for delegated permissions."""
    authorised_at = models.DateTimeField(null=True, blank=True)
    authorisation_lost_at = models.DateTimeField(null=True, blank=True)
    """Since when Microsoft no longer accepts it; None: it does, as far as we know."""
    granted_scopes = models.JSONField(default=list, blank=True)
    binding = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    token_cache = models.TextField(blank=True, editable=False)
    renewal_token = models.UUIDField(null=True, blank=True, editable=False)
    """Whose renewal of the tokens is under way, and when it counts as abandoned."""
    renewal_until = models.DateTimeField(null=True, blank=True, editable=False)

    display_name = fields.text(blank=True)
    verified_domains = models.JSONField(default=list, blank=True)
    """The tenant's own domains, as last read; matching by address needs them."""
    first_fetched_at = models.DateTimeField(null=True, blank=True)

    rules_version = models.PositiveBigIntegerField(default=1)
    """Grows with every saved change of the rules, or of what they name."""
    paused_at = models.DateTimeField(null=True, blank=True)
    paused_reason = fields.text(blank=True)

    claim_token = models.UUIDField(null=True, blank=True)
    claim_beat_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["name_key"]
        constraints = [
            models.UniqueConstraint(
                fields=["cloud", "tenant_id"], name="connection_tenant_once"
            ),
            models.CheckConstraint(
                condition=fields.one_of("cloud", CloudName), name="connection_cloud"
            ),
            models.CheckConstraint(
                condition=fields.one_of("authorisation", Authorisation),
                name="connection_authorisation",
            ),
            models.CheckConstraint(
                condition=~models.Q(name_key=""), name="connection_named"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def token_place(self) -> str:
        """Return what the token cache's ciphertext is bound to."""
        return f"connections_tenantconnection.token_cache.{self.binding}"

    @property
    def needs_authorising_again(self) -> bool:
        """Return whether somebody authorised it and Microsoft accepts that no more."""
        return self.authorised_at is not None and self.authorisation_lost_at is not None

    def is_authorised(self, now: datetime.datetime) -> bool:
        """Return whether somebody has authorised the connection by now."""
        return self.authorised_at is not None and self.authorised_at <= now
