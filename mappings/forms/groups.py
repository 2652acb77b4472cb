"""The group picker: keep, pick from a search, or type the exact name (R097, AM-23)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms

from common import keys
from common.rights import Permission
from mappings import groups, tenant
from mappings.forms.versioned import Versioned
from mappings.groups import GroupRefused
from mappings.rights import ADMINISTRATORS_ONLY
from mappings.risk import Gives, Level
from mappings.tenant import Found, Settled

if TYPE_CHECKING:
    from uuid import UUID

    from common.rights import Rights

KEEP, NONE = "keep", "none"


@dataclass(frozen=True, slots=True)
class Held:
    """The group that a mapping has: by id, or by a name that waits for its id."""

    group_id: UUID | None = None
    name: str = ""

    def __bool__(self) -> bool:
        """Return whether there is one."""
        return bool(self.group_id or self.name)


class GroupForm(Versioned):
    """A form about a mapping that may have a group.

    What is picked from the search counts, else what is typed, else what is kept.
    """

    group_now = forms.ChoiceField(
        label="Group of this mapping",
        required=False,
        initial=KEEP,
        widget=forms.RadioSelect,
    )
    group = forms.CharField(
        label="Azure group",
        required=False,
        max_length=keys.MAX_LENGTH,
        help_text="Type the beginning of its name to search, its exact name, or its "
        "Object ID.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    group_pick = forms.UUIDField(label="Found groups", required=False)
    confirm_group = forms.BooleanField(
        label="I have checked who can get into this group", required=False
    )
    is_group_required = False

    def __init__(self, *args: Any, held: Held, **kwargs: Any) -> None:
        """Show the group that the mapping has, and offer to drop it."""
        self.held = held
        self.found = Found()
        self.note = ""
        super().__init__(*args, **kwargs)
        now = self.fields["group_now"]
        assert isinstance(now, forms.ChoiceField)
        now.choices = [(KEEP, f"Keep {held.name or held.group_id}"), (NONE, "No group")]
        if not held or self.is_group_required:
            del self.fields["group_now"]
        self.asks_risk = bool(self.data.get("confirm_group"))

    def find(self) -> None:
        """Search the tenant if that was asked for, or if something was picked.

        The page shows again what it was picked from.
        """
        picked = self.data.get("group_pick", "")
        if picked or "find" in self.data:
            self.found = tenant.search(
                self.connection, self.data.get("group") or picked
            )

    def wanted(self) -> Held:
        """Return the group that was chosen, still to be asked for."""
        cleaned = self.cleaned_data
        if picked := cleaned.get("group_pick"):
            return Held(picked)
        if typed := keys.tidy(cleaned.get("group", "")):
            group_id = tenant.as_id(typed)
            return Held(group_id, "" if group_id else typed)
        return Held() if cleaned.get("group_now") == NONE else self.held

    def settle(self, gives: Gives) -> Settled | None:
        """Return the group as it is stored; None, with errors, if it is refused.

        A group that is kept and gives no power is not asked for again.
        """
        wanted = self.wanted()
        if not wanted:
            return Settled(None, "")
        if wanted == self.held and self.held.group_id and gives is Gives.SITE:
            return Settled(wanted.group_id, wanted.name)
        try:
            settled = tenant.settle(self.connection, wanted.group_id, wanted.name)
            if settled.group is not None:
                risk = groups.check(settled.group, gives=gives)
                if risk.level is Level.CONFIRM and not self.is_confirmed():
                    self.ask_for_risk(risk.sentence)
                    return None
                self.note = risk.sentence
        except GroupRefused as refused:
            self.add_error("group", str(refused))
            return None
        if settled.trouble:
            self.note = (
                f"The group could not be looked up now. {settled.trouble} The next "
                "run does."
            )
        return settled

    def is_confirmed(self) -> bool:
        """Return whether the group's rule was looked at."""
        return bool(self.cleaned_data.get("confirm_group"))

    def ask_for_risk(self, sentence: str) -> None:
        """Ask whether everybody whom the rule lets in may have what is given."""
        self.asks_risk = True
        self.add_error("confirm_group", sentence)

    def moves_group(self) -> bool:
        """Return whether the group is another one, or none, than before."""
        return self.wanted() != self.held

    def needs_administrator(self, rights: Rights) -> None:
        """Refuse those who may not give people access."""
        if not rights.may(Permission.ADMINISTER):
            self.add_error(None, ADMINISTRATORS_ONLY)
