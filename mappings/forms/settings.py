"""The sections of Advanced Configuration that are settings of a connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms

from common.rights import Permission
from directory.models import AgentRole, Team, UserRole
from mappings import checks, labels, licence_places
from mappings.forms import places
from mappings.forms.versioned import Versioned, select
from mappings.models import (
    AgentLicensing,
    AgentSettings,
    GuardLimits,
    LeaverPolicy,
    LicenceSettings,
)
from mappings.rights import ADMINISTRATORS_ONLY

if TYPE_CHECKING:
    from django.db.models import Model

    from common.rights import Rights
    from connections.models import TenantConnection

POLICIES = list(labels.POLICIES.items())


class SettingsForm(Versioned):
    """A section whose fields are columns of one row; the row may not be there yet."""

    model: type[Model]
    columns: tuple[str, ...] = ()
    needs = Permission.CONFIGURE
    title = ""
    note = ""

    def __init__(
        self, *args: Any, connection: TenantConnection, rights: Rights, **kwargs: Any
    ) -> None:
        """Show what is saved, or the defaults."""
        self.rights = rights
        rows = self.model._default_manager.filter(connection=connection)
        self.row = rows.first() or self.model(connection=connection)
        initial = {name: getattr(self.row, name) for name in self.columns}
        super().__init__(*args, connection=connection, initial=initial, **kwargs)
        if not rights.may(self.needs):
            for field in self.fields.values():
                field.disabled = True

    def clean(self) -> dict[str, Any]:
        """Refuse those who may not."""
        if not self.rights.may(self.needs):
            raise forms.ValidationError(ADMINISTRATORS_ONLY)
        return super().clean() or {}

    def values(self) -> dict[str, Any]:
        """Return the row's columns; only once the form is valid."""
        return {name: self.cleaned_data[name] for name in self.columns}


class AgentsForm(SettingsForm):
    """What agents of the connection get that no mapping says (AM-27, AM-31)."""

    model, needs = AgentSettings, Permission.ADMINISTER
    columns = ("default_team_id", "user_site_id", "user_role_id", "remove_roles")
    title = "Agents of this connection"
    note = "What imported agents get that no mapping says."

    default_team_id = select("Default team")
    user_site_id = select("Site for agents' user accounts")
    user_role_id = select("User role of these accounts")
    remove_roles = forms.BooleanField(
        label="Remove roles when no longer in the group", required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer teams, sites and roles."""
        super().__init__(*args, **kwargs)
        for name, model in (("default_team_id", Team), ("user_role_id", UserRole)):
            rows = model._default_manager.values_list("pk", "name")
            widget = cast("forms.Select", self.fields[name].widget)
            widget.choices = [("", "None"), *((str(pk), text) for pk, text in rows)]
        field = self.fields["user_site_id"]
        now = cast("AgentSettings", self.row).user_site
        first = [("", "None: agents only, unless a mapping gives a site")]
        places.offer(field, places.sites(self.rights), now, first)
        field.help_text = (
            "Agents also have a user account. If no site mapping matches them, it "
            "belongs to this site."
        )

    def clean(self) -> dict[str, Any]:
        """Take ids of records that are there, and may be seen."""
        cleaned = super().clean()
        self._choose(cleaned, "default_team_id", Team.objects.all())
        self._choose(cleaned, "user_role_id", UserRole.objects.all())
        now = cast("AgentSettings", self.row).user_site_id
        if cleaned.get("user_site_id") == str(now):
            cleaned["user_site_id"] = now
        else:
            self._choose(cleaned, "user_site_id", places.sites(self.rights))
        return cleaned

    def _choose(self, cleaned: dict[str, Any], name: str, rows: Any) -> None:
        value = cleaned.get(name)
        found = places.chosen(rows, value)
        if value and found is None:
            self.add_error(name, "This is gone: choose another one.")
        cleaned[name] = found.pk if found else None


class LicensingForm(SettingsForm):
    """Which roles make an agent active (R119, R120, AM-33, AM-34)."""

    model, needs = AgentLicensing, Permission.ADMINISTER
    columns = ("enabled",)
    title = "Agent licensing"
    note = (
        "Updates the status of an agent by the roles they hold: with a licensed role "
        "active, with none inactive. This is about agents of the desk, not about "
        "Microsoft 365 licences."
    )

    enabled = forms.BooleanField(
        label="Let licensed roles decide whether agents are active", required=False
    )
    licensed_roles = forms.ModelMultipleChoiceField(
        queryset=AgentRole.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer all agent roles."""
        super().__init__(*args, **kwargs)
        field = self.fields["licensed_roles"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = AgentRole.objects.all()
        self.licensing = cast("AgentLicensing", self.row)
        self.held: set[int] = set()
        if not self.licensing._state.adding:
            roles = self.licensing.licensed_roles
            self.held.update(roles.values_list("pk", flat=True))
        self.initial["licensed_roles"] = list(self.held)

    def clean(self) -> dict[str, Any]:
        """Never let all agents become inactive by a forgotten tick."""
        cleaned = super().clean()
        roles = cleaned.get("licensed_roles") or ()
        if wrong := checks.licensing(len(roles), is_on=bool(cleaned.get("enabled"))):
            self.add_error("licensed_roles", wrong)
        return cleaned


class LeaversForm(SettingsForm):
    """What becomes of the records of people who leave (AM-29)."""

    model = LeaverPolicy
    columns = ("disabled", "deleted", "unmatched", "agents_unmatched")
    title = "People who leave"
    note = (
        "Nobody is ever deleted here. “Flag” only marks the record. Whoever comes back "
        "is reactivated if the sync had deactivated them."
    )

    disabled = forms.ChoiceField(label="Disabled in Entra", choices=POLICIES)
    deleted = forms.ChoiceField(label="Deleted in Entra", choices=POLICIES)
    unmatched = forms.ChoiceField(
        label="No longer matched by a mapping", choices=POLICIES
    )
    agents_unmatched = forms.ChoiceField(
        label="Agents no longer matched by *Agent*",
        choices=POLICIES,
        help_text="The agent record only; the mapping's role is taken back in any "
        "case.",
    )


class GuardForm(SettingsForm):
    """How much a run may take away before somebody must approve it (AM-45)."""

    model = GuardLimits
    columns = ("people", "percent", "new_sites")
    title = "Safety limits"
    note = (
        "A run that takes more from people than this waits for approval: deactivated, "
        "moved, or without a role or seat they had. Both limits must be passed; half "
        "of all people, or 500, wait too. 100 percent switches this off. An "
        "administrator's role is never taken without approval."
    )

    people = forms.IntegerField(min_value=0, max_value=checks.LAST_SEQUENCE)
    percent = forms.IntegerField(label="Percent", min_value=0, max_value=100)
    new_sites = forms.IntegerField(
        label="New sites of one run", min_value=0, max_value=checks.LAST_SEQUENCE
    )


class LicencesForm(SettingsForm):
    """Where Microsoft 365 licences of the tenant go (R150-R153)."""

    model = LicenceSettings
    columns = ("organisation_id",)
    title = "Microsoft 365 licences"
    note = (
        "What the tenant has bought is imported as licences of one organisation; "
        "imports of users then link its people to what they hold. Nothing is changed "
        "in Entra."
    )

    organisation_id = select("Organisation")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the organisations; none can be chosen while the permission lacks."""
        super().__init__(*args, **kwargs)
        self.now = cast("LicenceSettings", self.row).organisation
        self.offered = places.organisations(self.rights)
        field = self.fields["organisation_id"]
        first = [("", "None: no licences are imported")]
        places.offer(field, self.offered, self.now, first)
        if permission := licence_places.lacking(self.connection):
            field.disabled = True
            field.help_text = (
                f"The permission {permission} is not granted. Grant it to the "
                "application, then authorise this connection again."
            )
        elif others := licence_places.others(self.connection, self.now):
            field.help_text = (
                f"Mappings also bring people to {others}. They are not linked to "
                "these licences: choose the organisation that people are imported to."
            )
        else:
            field.help_text = "Choose the one that people are imported to."

    def clean(self) -> dict[str, Any]:
        """Take an organisation that is there, and may be seen; or none."""
        cleaned = super().clean()
        value = cleaned.get("organisation_id")
        if self.fields["organisation_id"].disabled or (
            self.now is not None and value == str(self.now.pk)
        ):
            cleaned["organisation_id"] = self.now.pk if self.now else None
            return cleaned
        found = places.chosen(self.offered, value)
        if value and found is None:
            self.add_error("organisation_id", "This is gone: choose another one.")
        cleaned["organisation_id"] = found.pk if found else None
        return cleaned


SECTIONS: dict[str, type[SettingsForm]] = {
    "licensing": LicensingForm,
    "agents": AgentsForm,
    "leavers": LeaversForm,
    "guard": GuardForm,
    "licences": LicencesForm,
}
