"""The form of an SSO connection, with the labels of the guide (R042-R052)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.forms import formset_factory

from common import keys
from connections.models import CloudName, Credential
from directory.models import Site
from halo_entra.integration import sso_saving
from halo_entra.integration.forms import CLOUDS, GuidField, SecretField, TenantIdField
from halo_entra.integration.sso_saving import SsoDetails
from sso.models import SsoConnection
from sso.words import AllowedAudience, SecondFactor, TenantType

AUDIENCES = [
    (AllowedAudience.AGENTS, "Agents"),
    (AllowedAudience.USERS, "Users"),
    (AllowedAudience.BOTH, "Agents and Users"),
]
TYPES = [
    (TenantType.SINGLE, "Single Tenant"),
    (TenantType.MULTI, "Multi Tenant"),
]
FACTORS = [
    (SecondFactor.OURS, "Ours: agents confirm with their own second factor here"),
    (SecondFactor.ENTRA, "Entra's: this tenant enforces multi-factor sign-in"),
]
NO_SECRET = (
    "Publishing needs the application's secret: nobody could sign in. Enter its Value."
)
SETTINGS = (
    *("tenant_type", "published", "allow", "auto_redirect", "allow_guests"),
    *("second_factor", "link_by_address", "create_users"),
)


class SsoForm(forms.Form):
    """Everything about one way to sign in, but for the list of allowed tenants."""

    name = forms.CharField(max_length=keys.MAX_LENGTH, help_text="A unique name.")
    tenant_type = forms.ChoiceField(
        label="Tenant/Application Type",
        choices=TYPES,
        help_text="Single Tenant in most cases. Multi Tenant if people of several "
        "organisations sign in. To service providers CSP is recommended for bringing "
        "their customers; those who do without it use a multi tenant application.",
    )
    cloud = forms.ChoiceField(label="Microsoft cloud")
    tenant_id = TenantIdField(
        label="Tenant ID",
        required=False,
        help_text="The tenant in which the application is registered.",
    )
    application_id = GuidField(label="Application ID", required=False)
    secret = SecretField(
        label="Azure Application Secret (Value)",
        required=False,
        help_text="Leave empty to keep what is stored.",
    )
    expires_on = forms.DateField(
        label="Secret expires on",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    allow = forms.ChoiceField(
        label="Allow Single Sign-On for Agents and/or Users", choices=AUDIENCES
    )
    published = forms.BooleanField(
        required=False,
        help_text="Activates single sign-on. Enable this once configuration is "
        "complete.",
    )
    auto_redirect = forms.BooleanField(
        label="Automatically redirect Agents and Users to Azure without showing the "
        "service desk login screen.",
        required=False,
        help_text="Only accounts that may always sign in locally have another way in.",
    )
    allow_guests = forms.BooleanField(
        label="Let guests of the tenant sign in", required=False
    )
    second_factor = forms.ChoiceField(label="Second factor", choices=FACTORS)
    link_by_address = forms.BooleanField(
        label="Link users once by an address in a verified domain",
        required=False,
        help_text="Single Tenant only, end users only, never agents.",
    )
    create_users = forms.BooleanField(
        label="Create users at first sign-in",
        required=False,
        help_text="Off: people must be imported before they sign in.",
    )
    create_site = forms.ModelChoiceField(
        label="Site of users made at first sign-in",
        queryset=Site.objects.filter(is_active=True).select_related("organisation"),
        required=False,
    )

    def __init__(
        self, *args: Any, stored: SsoConnection | None = None, **kwargs: Any
    ) -> None:
        """Show a stored connection, or the defaults of a new one."""
        self.stored = stored
        self.tenants: list[tuple[Any, str]] = []
        super().__init__(*args, **{"initial": _initial(stored), **kwargs})
        cloud = self.fields["cloud"]
        assert isinstance(cloud, forms.ChoiceField)
        cloud.choices = [
            (name, label)
            for name, label in CLOUDS.items()
            if name != CloudName.CUSTOM or settings.ENTRA_CUSTOM_AUTHORITY
        ]

    def details(self) -> SsoDetails:
        """Return what the form says; only once it is valid."""
        data = self.cleaned_data
        return SsoDetails(
            name=keys.tidy(data["name"]),
            cloud=CloudName(data["cloud"]),
            tenant_id=data["tenant_id"],
            application_id=data["application_id"],
            settings={name: data[name] for name in SETTINGS},
            create_site=data["create_site"],
            allowed_tenants=self.tenants,
        )

    def clean(self) -> dict[str, Any]:
        """Hold the rules over all connections against a form that is right alone."""
        cleaned = super().clean() or {}
        if not self.errors:
            for name, text in sso_saving.wrong(self.details(), self.stored).items():
                self.add_error(name if name in self.fields else None, text)
        is_published = not self.errors and cleaned["published"]
        if is_published and not (cleaned["secret"] or self._has_secret()):
            self.add_error("secret", NO_SECRET)
        return cleaned

    def _has_secret(self) -> bool:
        """Return whether the application has a credential stored, for any purpose."""
        data = self.cleaned_data
        return Credential.objects.filter(
            registration__cloud=data["cloud"],
            registration__application_id=data["application_id"],
        ).exists()


class AllowedTenantForm(forms.Form):
    """One tenant whose people may sign in."""

    tenant_id = TenantIdField(label="Tenant ID")
    label = forms.CharField(max_length=keys.MAX_LENGTH, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Give each control its column's name: a cell has no label of its own."""
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = field.label or "Label"


AllowedTenants = formset_factory(AllowedTenantForm, extra=1, can_delete=True)


def allowed(formset: Any) -> list[tuple[Any, str]]:
    """Return the tenants of a valid formset, without those marked for removal."""
    return [
        (row["tenant_id"], row["label"])
        for row in formset.cleaned_data
        if row and not row.get("DELETE")
    ]


def _initial(stored: SsoConnection | None) -> dict[str, Any]:
    if stored is None:
        custom = settings.ENTRA_CUSTOM_AUTHORITY
        return {
            "tenant_type": TenantType.SINGLE,
            "allow": AllowedAudience.BOTH,
            "second_factor": SecondFactor.OURS,
            "cloud": CloudName.CUSTOM if custom else CloudName.GLOBAL,
        }
    registration = stored.registration
    return {
        "name": stored.name,
        "create_site": stored.create_site,
        **{name: getattr(stored, name) for name in SETTINGS},
        "cloud": registration.cloud if registration else CloudName.GLOBAL,
        "tenant_id": registration.tenant_id if registration else None,
        "application_id": registration.application_id if registration else None,
    }
