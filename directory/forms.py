"""Forms of the desk's own records and of people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError

from common import keys
from common.rights import WORDS, Permission
from directory import break_glass
from directory.models import (
    Agent,
    AgentRole,
    ChangeAdvisoryBoard,
    CustomField,
    EndUser,
    Organisation,
    Site,
    Software,
    Team,
    UserRole,
)
from directory.pickers import SiteField
from directory.rights import is_last_administrator
from directory.states import CustomKind

if TYPE_CHECKING:
    from django.db.models import Model


class NamedForm(forms.ModelForm[Any]):
    """A record with a name that no other of its kind has, whatever its case."""

    scope: str = ""
    """The column within which names are unique; "" for all."""

    def clean(self) -> dict[str, Any]:
        """Refuse a name that is taken."""
        cleaned: dict[str, Any] = super().clean() or {}
        name = cleaned.get("name")
        if not name or "name_key" not in _columns(self._meta.model):
            return cleaned
        twins = self._meta.model._default_manager.filter(name_key=keys.key(name))
        if self.scope:
            twins = twins.filter(**{self.scope: cleaned.get(self.scope)})
        if twins.exclude(pk=self.instance.pk).exists():
            self.add_error("name", f"“{name}” is taken: there is one already.")
        return cleaned


class OrganisationForm(NamedForm):
    """An organisation."""

    class Meta:
        model = Organisation
        fields = ("name", "is_active")
        labels = {"is_active": "Active"}
        help_texts = {"is_active": "People of an inactive one cannot sign in."}


class SiteForm(NamedForm):
    """A site of an organisation."""

    scope = "organisation"

    class Meta:
        model = Site
        fields = ("organisation", "name", "is_active")
        labels = {"is_active": "Active"}
        help_texts = {"is_active": "Nobody is imported into an inactive site."}


class UserRoleForm(NamedForm):
    """A role of users."""

    class Meta:
        model = UserRole
        fields = ("name",)


class TeamForm(NamedForm):
    """A team of agents."""

    class Meta:
        model = Team
        fields = ("name",)


class SoftwareForm(NamedForm):
    """A product."""

    class Meta:
        model = Software
        fields = ("name",)


class BoardForm(NamedForm):
    """A change advisory board."""

    class Meta:
        model = ChangeAdvisoryBoard
        fields = ("name", "approvals_needed")


class AgentRoleForm(NamedForm):
    """A role of agents: what it permits, and for which organisations."""

    permissions = forms.MultipleChoiceField(
        choices=[(one.value, f"{one.value}: {WORDS[one]}") for one in Permission],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    class Meta:
        model = AgentRole
        fields = ("name", "permissions", "organisations")
        widgets = {"organisations": forms.CheckboxSelectMultiple}
        help_texts = {"organisations": "None ticked: all of them."}


class CustomFieldForm(NamedForm):
    """A field that users have besides the usual ones."""

    choices = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
        help_text="For the kind Choice: one a line.",
    )

    class Meta:
        model = CustomField
        fields = ("name", "label", "kind", "choices")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Keep the name of a stored one: values are kept by it."""
        super().__init__(*args, **kwargs)
        self.initial["choices"] = "\n".join(self.instance.choices)
        if self.instance.pk:
            self.fields["name"].disabled = True

    def clean_choices(self) -> list[str]:
        """Return the choices, tidied, each once."""
        lines = self.cleaned_data["choices"].splitlines()
        return list(dict.fromkeys(keys.tidy(one) for one in lines if one.strip()))

    def clean(self) -> dict[str, Any]:
        """Refuse a choice field that offers none."""
        cleaned = super().clean()
        if cleaned.get("kind") == CustomKind.CHOICE and not cleaned.get("choices"):
            self.add_error("choices", "Give at least one choice.")
        return cleaned


class PersonForm(forms.ModelForm[Any]):
    """What a user's and an agent's form have in common."""

    def clean_name(self) -> str:
        """Refuse a name of nothing but spaces."""
        name: str = keys.tidy(self.cleaned_data["name"])
        if not name:
            raise ValidationError("Give a name.")
        return name


class UserForm(PersonForm):
    """A user, as edited by hand."""

    site = SiteField()

    class Meta:
        model = EndUser
        fields = (
            *("name", "first_name", "last_name", "email", "network_login"),
            *("job_title", "department", "phone", "mobile"),
            *("site", "user_role", "is_active", "keep_active"),
        )
        labels = {
            "first_name": "First Name",
            "last_name": "Surname",
            "email": "Email Address",
            "network_login": "Network Login",
            "job_title": "Job Title",
            "user_role": "Role",
            "is_active": "Active",
            "keep_active": "Keep active",
        }
        help_texts = {"keep_active": "No run deactivates this person."}


class AgentForm(PersonForm):
    """An agent, as edited by hand; roles and seats have their own places."""

    class Meta:
        model = Agent
        fields = (
            *("name", "first_name", "last_name", "email", "ad_login", "job_title"),
            *("mobile", "default_team", "is_active", "keep_active"),
        )
        labels = {
            "first_name": "First Name",
            "last_name": "Surname",
            "email": "Email Address",
            "ad_login": "AD Login",
            "job_title": "Job Title",
            "default_team": "Team",
            "is_active": "Active",
            "keep_active": "Keep active",
        }
        help_texts = {"keep_active": "No run deactivates this person."}

    def clean_is_active(self) -> bool:
        """Refuse to lock everybody out."""
        is_active: bool = self.cleaned_data["is_active"]
        if not is_active and is_last_administrator(self.instance):
            raise ValidationError(
                "This is the last active administrator. Give somebody else the role "
                "first."
            )
        if not is_active and (wrong := break_glass.refusal(self.instance.account)):
            raise ValidationError(wrong)
        return is_active


def _columns(model: type[Model]) -> set[str]:
    return {one.name for one in model._meta.get_fields()}
