"""The forms of a tenant: its details, and its secrets, which are never shown again."""

from __future__ import annotations

import re
from typing import Any

from cryptography import x509
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from common import keys
from connections.credentials import GUID, SECRET_ID
from connections.models import Authorisation, CloudName, TenantConnection
from halo_entra.integration import saving
from halo_entra.integration.saving import TenantDetails

CLOUDS = {
    CloudName.GLOBAL: "Microsoft's global cloud (most tenants)",
    CloudName.US_GOV: "US Government (GCC High)",
    CloudName.US_DOD: "US Department of Defense",
    CloudName.CHINA: "China, operated by 21Vianet",
    CloudName.CUSTOM: "The cloud that this installation's environment names",
}
AUTHORISATIONS = [
    (
        Authorisation.APPLICATION,
        "Application (recommended): nobody's account is behind it",
    ),
    (
        Authorisation.DELEGATED,
        "Delegated: acts on behalf of whoever authorises it, and stops when that "
        "person's password, second factor or account changes",
    ),
]
NOT_A_GUID = "Paste the ID as Entra shows it: 8-4-4-4-12 digits and letters a to f."
SEVERAL_TENANTS = (
    "Give the ID of one tenant. Multi-tenanted apps cannot be used to import users "
    "from multiple Azure tenants: configure a separate application in each."
)


class GuidField(forms.UUIDField):
    """An ID as Entra shows it."""

    default_error_messages = {"invalid": NOT_A_GUID}
    widget = forms.TextInput(
        attrs={"class": "mono", "spellcheck": "false", "autocomplete": "off"}
    )


class TenantIdField(GuidField):
    """The ID of exactly one tenant (R014)."""

    def to_python(self, value: Any) -> Any:
        """Refuse the words that stand for many tenants."""
        if str(value).strip().lower() in ("common", "organizations", "consumers"):
            raise ValidationError(SEVERAL_TENANTS)
        return super().to_python(value)


class SecretField(forms.CharField):
    """A secret typed once: never sent back to a browser."""

    widget = forms.PasswordInput(
        render_value=False,
        attrs={"autocomplete": "new-password", "spellcheck": "false"},
    )


class TenantForm(forms.Form):
    """A tenant's name, identity and way of authorisation (R063, R064, AM-05)."""

    name = forms.CharField(
        max_length=keys.MAX_LENGTH, help_text="A unique name for the tenant."
    )
    cloud = forms.ChoiceField(label="Microsoft cloud")
    tenant_id = TenantIdField(
        label="Tenant ID", help_text="Entra: Overview > Tenant ID."
    )
    application_id = GuidField(
        label="Application ID",
        help_text="Entra: App registrations > your application > "
        "Application (client) ID.",
    )
    authorisation = forms.ChoiceField(
        label="Permissions", choices=AUTHORISATIONS, widget=forms.RadioSelect
    )
    own_tenant = forms.BooleanField(
        label="This is our own tenant",
        required=False,
        help_text="Agents may be matched with people of this tenant by their fields.",
    )
    notify = forms.CharField(
        label="Tell of trouble",
        required=False,
        help_text="E-mail addresses, separated by commas. Empty: all administrators.",
    )

    def __init__(
        self, *args: Any, stored: TenantConnection | None = None, **kwargs: Any
    ) -> None:
        """Show a stored tenant, or the defaults of a new one."""
        self.stored = stored
        super().__init__(*args, **{"initial": _initial(stored), **kwargs})
        cloud = self.fields["cloud"]
        assert isinstance(cloud, forms.ChoiceField)
        cloud.choices = [
            (name, label)
            for name, label in CLOUDS.items()
            if name != CloudName.CUSTOM or settings.ENTRA_CUSTOM_AUTHORITY
        ]
        if stored is not None and stored.first_fetched_at is not None:
            for name in ("cloud", "tenant_id"):
                self.fields[name].disabled = True
                self.fields[name].help_text = "Read-only since the first import."

    def clean_notify(self) -> list[str]:
        """Return the addresses, each of them checked."""
        found = re.split(r"[\s,;]+", self.cleaned_data["notify"].strip())
        addresses = [one for one in found if one]
        for address in addresses:
            try:
                validate_email(address)
            except ValidationError:
                raise ValidationError(f"“{address}” is no e-mail address.") from None
        return addresses

    def clean(self) -> dict[str, Any]:
        """Hold the rules over all connections against a form that is right alone."""
        cleaned = super().clean() or {}
        if not self.errors:
            for name, text in saving.wrong(self.details(), self.stored).items():
                self.add_error(name if name in self.fields else None, text)
        return cleaned

    def details(self) -> TenantDetails:
        """Return what the form says; only once it is valid."""
        data = self.cleaned_data
        return TenantDetails(
            name=keys.tidy(data["name"]),
            cloud=CloudName(data["cloud"]),
            tenant_id=data["tenant_id"],
            application_id=data["application_id"],
            authorisation=data["authorisation"],
            own_tenant=data["own_tenant"],
            notify=data["notify"],
        )


class SecretForm(forms.Form):
    """A further secret of a stored application."""

    secret = SecretField(
        label="Azure Application Secret (Value)",
        help_text="Azure only provides it once. It is stored encrypted and never "
        "shown again.",
    )
    expires_on = forms.DateField(
        label="Expires on",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="As Entra shows it: you are told 60, 30, 14, 7 and 1 days before.",
    )
    is_certain = forms.BooleanField(
        label="It is the value although it looks like a Secret ID",
        required=False,
        widget=forms.HiddenInput,
    )

    def clean(self) -> dict[str, Any]:
        """Ask once whether what looks like a Secret ID is meant (R064)."""
        cleaned = super().clean() or {}
        secret = cleaned.get("secret", "")
        if GUID.fullmatch(secret) and not cleaned.get("is_certain"):
            self.fields["is_certain"].widget = forms.CheckboxInput()
            self.add_error("secret", SECRET_ID)
        return cleaned


class NewTenantForm(TenantForm, SecretForm):
    """A new tenant with its first secret."""

    field_order = [
        *("name", "cloud", "tenant_id", "application_id", "secret", "is_certain"),
        *("expires_on", "authorisation", "own_tenant", "notify"),
    ]


class CertificateForm(forms.Form):
    """A certificate with its private key, both in PEM."""

    certificate = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 4, "class": "mono", "spellcheck": "false"})
    )
    private_key = forms.CharField(
        label="Private key",
        widget=forms.Textarea(
            attrs={"rows": 4, "class": "mono", "spellcheck": "false"}
        ),
        help_text="Stored encrypted and never shown again.",
    )
    expires_on = forms.DateField(
        required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def clean_certificate(self) -> str:
        """Take only what is a certificate."""
        text: str = self.cleaned_data["certificate"]
        try:
            x509.load_pem_x509_certificate(text.encode())
        except ValueError:
            raise ValidationError("This is no PEM certificate.") from None
        return text

    def clean_private_key(self) -> str:
        """Take only what is a private key."""
        text: str = self.cleaned_data["private_key"]
        if "PRIVATE KEY" not in text:
            raise ValidationError("This is no private key in PEM.")
        return text


def _initial(stored: TenantConnection | None) -> dict[str, Any]:
    if stored is None:
        custom = settings.ENTRA_CUSTOM_AUTHORITY
        return {
            "cloud": CloudName.CUSTOM if custom else CloudName.GLOBAL,
            "authorisation": Authorisation.APPLICATION,
            # AM-35: whose tenant is first is our own, until somebody says otherwise.
            "own_tenant": not TenantConnection.objects.exists(),
        }
    return {
        "name": stored.name,
        "cloud": stored.cloud,
        "tenant_id": stored.tenant_id,
        "application_id": stored.registration.application_id,
        "authorisation": stored.authorisation,
        "own_tenant": stored.own_tenant,
        "notify": ", ".join(stored.notify),
    }
