"""A site mapping of either type: whom it selects, and where they come (R092-R107)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms

from common import keys
from directory.models import AgentRole, Organisation, Site, UserRole
from mappings import checks, labels
from mappings.forms import places, site_values
from mappings.forms.groups import GroupForm, Held
from mappings.forms.places import AGENT_SITE
from mappings.forms.site_values import AS_USUAL, NO, YES
from mappings.forms.versioned import select
from mappings.models import SiteMapping
from mappings.rights import beyond
from mappings.risk import Gives
from mappings.words import Combine, MappingType

if TYPE_CHECKING:
    from common.rights import Rights
    from connections.models import TenantConnection
    from mappings.tenant import Settled

NESTED = [
    (AS_USUAL, "As usual: counted for sites, not for *Agent*"),
    (YES, "Count them too"),
    (NO, "Only direct members"),
]


class SiteMappingForm(GroupForm):
    """One row of *Site Mappings*. Its type is fixed from the first step on."""

    site_find = forms.CharField(label="Find a site", required=False)
    site = select("Site")
    organisation = select("Organization")
    field = select("Azure field that names the site")
    default_site = select("Site of people whose field is empty")
    sequence = forms.IntegerField(
        min_value=0,
        max_value=checks.LAST_SEQUENCE,
        help_text="Lower comes first; the first mapping that matches a person wins.",
    )
    user_role = select("User role")
    agent_role = select("Agent role")
    nested = forms.ChoiceField(
        label="Members of groups inside the group", required=False, choices=NESTED
    )
    include_external = forms.BooleanField(
        label="Include external users",
        required=False,
        help_text="Guests, and people whose login has #EXT#.",
    )
    match = forms.ChoiceField(
        label="Which must hold",
        choices=list(labels.COMBINE.items()),
        initial=Combine.ALL,
    )
    enabled = forms.BooleanField(required=False, initial=True)
    everybody = forms.BooleanField(
        label="Everybody in the tenant is meant", required=False
    )

    def __init__(
        self,
        *args: Any,
        connection: TenantConnection,
        rights: Rights,
        type_: MappingType,
        mapping: SiteMapping | None,
    ) -> None:
        """Show a mapping, or a new one after all others."""
        self.rights, self.type, self.mapping = rights, type_, mapping
        held = Held(mapping.group_id, mapping.group_name) if mapping else Held()
        super().__init__(
            *args,
            connection=connection,
            held=held,
            initial=site_values.initial(connection, mapping),
        )
        self.has_more_places = False
        if type_ is MappingType.EXISTING_SITE:
            self._offer_sites()
        else:
            self._offer_organisations()
        _offer_roles(self.fields["user_role"], UserRole)
        _offer_roles(self.fields["agent_role"], AgentRole)
        del self.fields["user_role" if self.is_agent else "agent_role"]
        self.asks_everybody = bool(self.data.get("everybody"))

    @property
    def is_agent(self) -> bool:
        """Return whether the site that is chosen now is `*Agent*`."""
        if self.type is not MappingType.EXISTING_SITE:
            return False
        return keys.key(str(self["site"].value() or "")) == keys.key(AGENT_SITE)

    @property
    def gives(self) -> Gives:
        """Return what members of the group would be given."""
        if not self.is_agent:
            return Gives.SITE
        role = self.cleaned_data.get("agent_role")
        is_administrator = role is not None and role.is_administrator
        return Gives.ADMINISTRATOR if is_administrator else Gives.AGENT

    def _offer_sites(self) -> None:
        for name in ("organisation", "field", "default_site"):
            del self.fields[name]
        text = self.data.get("site_find", "")
        found = places.narrowed(places.sites(self.rights), text)
        now = self.mapping.site if self.mapping else None
        first = [("", "Choose…"), (AGENT_SITE, AGENT_SITE)]
        self.has_more_places = places.offer(self.fields["site"], found, now, first)

    def _offer_organisations(self) -> None:
        del self.fields["site"]
        text = self.data.get("site_find", "")
        found = places.narrowed(places.organisations(self.rights), text)
        now = self.mapping.organisation if self.mapping else None
        field = self.fields["organisation"]
        self.has_more_places = places.offer(field, found, now, [("", "Choose…")])
        widget = cast("forms.Select", self.fields["field"].widget)
        widget.choices = [("", "Choose…"), *labels.naming_fields()]
        sites = places.sites(self.rights)
        organisation = str(self["organisation"].value() or "")
        inside = int(organisation) if organisation.isdecimal() else None
        first = [("", "None: they are left to the next mapping")]
        default = self.mapping.default_site if self.mapping else None
        if default and str(default.organisation_id) != organisation:
            default = None
        places.offer(
            self.fields["default_site"],
            sites.filter(organisation=inside) if inside else sites.none(),
            default,
            first,
        )

    def clean_site(self) -> Site | str:
        """Return the site, or `*Agent*`."""
        if self.is_agent:
            return AGENT_SITE
        now = self.mapping.site if self.mapping else None
        value = self.cleaned_data["site"]
        if now is not None and str(now.pk) == value:
            return now
        found: Site | None = places.chosen(places.sites(self.rights), value)
        if found is None:
            raise forms.ValidationError("Choose a site, or *Agent*.")
        return found

    def clean_organisation(self) -> Organisation:
        """Return the organisation under which sites are made."""
        now = self.mapping.organisation if self.mapping else None
        value = self.cleaned_data["organisation"]
        if now is not None and str(now.pk) == value:
            return now
        found: Organisation | None = places.chosen(
            places.organisations(self.rights), value
        )
        if found is None:
            raise forms.ValidationError("Choose an organization.")
        return found

    def clean_field(self) -> str:
        """Return the property whose value names the site (R105)."""
        name: str = self.cleaned_data["field"]
        if not name:
            raise forms.ValidationError("Choose an Azure field.")
        if wrong := checks.naming_field(name):
            raise forms.ValidationError(wrong)
        return name

    def clean_sequence(self) -> int:
        """Return the sequence, which no other mapping of the connection has (R095)."""
        sequence: int = self.cleaned_data["sequence"]
        others = SiteMapping.objects.filter(
            connection=self.connection, sequence=sequence
        )
        if any(other != self.mapping for other in others):
            raise forms.ValidationError(
                f"Another mapping has the sequence {sequence}. Each has its own; the "
                f"next free one is {site_values.next_sequence(self.connection)}."
            )
        return sequence

    def clean_user_role(self) -> UserRole | None:
        """Return the role that users assume."""
        role: UserRole | None = _role(UserRole, self.cleaned_data["user_role"])
        return role

    def clean_agent_role(self) -> AgentRole | None:
        """Return the role that agents get, which nobody gives who has less."""
        role: AgentRole | None = _role(AgentRole, self.cleaned_data["agent_role"])
        if role is not None and (wrong := beyond(self.rights, role)):
            raise forms.ValidationError(wrong)
        return role

    def clean(self) -> dict[str, Any]:
        """Hold what concerns several fields."""
        cleaned = super().clean() or {}
        organisation, text = cleaned.get("organisation"), cleaned.get("default_site")
        if organisation is not None:
            cleaned["default_site"] = self._default_site(organisation, text)
        if self.is_agent and self.data.get("user_role"):
            self.add_error(
                "agent_role", "Agents have agent roles: choose one of these."
            )
        if self.is_agent or self._was_agent() or self._moves_mapped_group():
            self.needs_administrator(self.rights)
        return cleaned

    def _default_site(self, organisation: Organisation, value: Any) -> Site | None:
        if not value:
            return None
        now = self.mapping.default_site if self.mapping else None
        is_kept = now is not None and str(now.pk) == value
        if now is not None and is_kept and now.organisation_id == organisation.pk:
            return now
        inside = places.sites(self.rights).filter(organisation=organisation)
        found: Site | None = places.chosen(inside, value)
        if found is None:
            told = f"This is no site of {organisation.name}."
            self.add_error("default_site", told)
        return found

    def _was_agent(self) -> bool:
        return self.mapping is not None and self.mapping.is_agent

    def _moves_mapped_group(self) -> bool:
        if self.moves_group():
            return True
        return (
            self.mapping is not None
            and bool(self.held)
            and self.is_nested() != self.mapping.nested
        )

    def is_nested(self) -> bool:
        """Return whether members of nested groups count (AM-23b)."""
        chosen = self.cleaned_data.get("nested") or AS_USUAL
        return chosen == YES or (chosen == AS_USUAL and not self.is_agent)

    def ask_for_everybody(self, people: int | None) -> None:
        """Ask whether everybody is meant, with the number of them (AM-20)."""
        self.asks_everybody = True
        number = f"{people:,} people" if people is not None else "everybody in it"
        self.add_error(
            "everybody",
            f"Without a group and without criteria this mapping selects everybody in "
            f"the tenant: {number}, guests only if you include external users. Choose "
            "a group or add criteria, or tick this if everybody is meant.",
        )

    def columns(self, settled: Settled) -> dict[str, Any]:
        """Return the mapping as it is stored; only once the form is valid."""
        cleaned, site = self.cleaned_data, self.cleaned_data.get("site")
        return {
            "type": self.type,
            "is_agent": self.is_agent,
            "site": site if isinstance(site, Site) else None,
            "organisation": cleaned.get("organisation"),
            "field": cleaned.get("field", ""),
            "default_site": cleaned.get("default_site") or None,
            "user_role": cleaned.get("user_role"),
            "agent_role": cleaned.get("agent_role"),
            "group_id": settled.group_id,
            "group_name": settled.name,
            "nested": self.is_nested(),
            **{
                name: cleaned[name]
                for name in ("sequence", "include_external", "match", "enabled")
            },
        }


def _offer_roles(field: forms.Field, model: type[UserRole | AgentRole]) -> None:
    rows = model._default_manager.values_list("pk", "name")
    widget = cast("forms.Select", field.widget)
    widget.choices = [("", "None"), *((str(pk), name) for pk, name in rows)]


def _role(model: type[Any], value: str) -> Any:
    if not value:
        return None
    found = places.chosen(model._default_manager.all(), value)
    if found is None:
        raise forms.ValidationError("This role is gone: choose another one.")
    return found
