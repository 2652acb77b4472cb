"""The forms of Explain: who, and what would be different. They save nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from common import keys
from connections.models import TenantConnection
from imports import supposing
from imports.models import MirrorGroup
from imports.supposing import Supposed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from common.types import JsonObject


class WhoForm(forms.Form):
    """A connection and one of its people."""

    connection = forms.ModelChoiceField(
        queryset=TenantConnection.objects.only("name", "tenant_id"),
        empty_label="Choose a connection",
    )
    who = forms.CharField(
        label="User principal name, e-mail address or object id",
        max_length=keys.MAX_LENGTH,
        widget=forms.TextInput(attrs={"spellcheck": "false", "class": "w-search"}),
    )

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        """Take the only connection there is as chosen."""
        super().__init__(data)
        first = list(TenantConnection.objects.only("name")[:2])
        if len(first) == 1:
            self.initial["connection"] = first[0]


class SupposeForm(forms.Form):
    """One property and one group that would be different."""

    attribute = forms.ChoiceField(required=False, label="Attribute")
    value = forms.CharField(
        required=False,
        max_length=1000,
        label="Its value would be",
        help_text="Empty: it would be empty. Several values: separate them by commas.",
    )
    membership = forms.ChoiceField(
        required=False,
        label="Membership",
        choices=[("", "Unchanged"), ("joined", "Would join"), ("left", "Would leave")],
    )
    group = forms.ChoiceField(required=False, label="Of the group")

    def __init__(
        self,
        connection: TenantConnection,
        properties: JsonObject,
        data: Mapping[str, Any] | None = None,
    ) -> None:
        """Offer what was read of the person, and the groups that mappings name."""
        super().__init__(data)
        groups = MirrorGroup.objects.filter(connection=connection).order_by("name")
        self._groups = {str(one.group_id): one for one in groups}
        self._choose("attribute", [("", "Unchanged"), *supposing.offered(properties)])
        named = [(key, str(one)) for key, one in self._groups.items()]
        self._choose("group", [("", "Choose a group"), *named])

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    @property
    def is_asked(self) -> bool:
        """Return whether anything is supposed."""
        return any(self.data.get(name) for name in ("attribute", "membership"))

    def clean(self) -> dict[str, Any]:
        """Read the value as Graph would send it; ask for the group that is meant."""
        cleaned = super().clean() or self.cleaned_data
        source = cleaned.get("attribute", "")
        if source:
            try:
                cleaned["parsed"] = supposing.parsed(source, cleaned.get("value", ""))
            except supposing.Odd as exc:
                self.add_error("value", str(exc))
        if cleaned.get("membership") and not cleaned.get("group"):
            self.add_error("group", "Choose the group.")
        return cleaned

    def supposed(self) -> Supposed:
        """Return what would be different."""
        given = self.cleaned_data
        moved = frozenset[Any]()
        if given["membership"]:
            moved = frozenset({self._groups[given["group"]].group_id})
        nobody = frozenset[Any]()
        return Supposed(
            given["attribute"],
            given.get("parsed"),
            joined=moved if given["membership"] == "joined" else nobody,
            left=moved if given["membership"] == "left" else nobody,
        )
