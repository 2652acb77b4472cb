"""Field mappings: one new or changed row, and the rules of all rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from common import keys
from directory.models import CustomField
from mappings import catalogue, checks, labels
from mappings.forms.versioned import Versioned, select
from mappings.models import FieldMapping
from mappings.words import Apply, Kind, WhenEmpty

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from connections.models import TenantConnection

EXTENSION_HELP = (
    "Directory extensions have names like extension_<application>_<name>. Leave this "
    "empty if you chose a field above."
)


class FieldForm(Versioned):
    """Which Azure field goes into which field of ours (R080)."""

    source = select("Azure field")
    extension = forms.CharField(
        label="Or a directory extension",
        required=False,
        max_length=keys.MAX_LENGTH,
        help_text=EXTENSION_HELP,
    )
    target = select("Our field")
    when_empty = forms.ChoiceField(
        label="When it is empty in Entra",
        choices=list(labels.WHEN_EMPTY.items()),
        initial=WhenEmpty.KEEP,
    )
    apply = forms.ChoiceField(choices=list(labels.APPLY.items()), initial=Apply.ALWAYS)

    def __init__(
        self,
        *args: Any,
        connection: TenantConnection,
        kind: Kind,
        row: FieldMapping | None = None,
    ) -> None:
        """Offer what no other row of the list uses (R081)."""
        self.kind, self.row = kind, row
        self.custom = custom_labels() if kind is Kind.USERS else {}
        rows = FieldMapping.objects.filter(connection=connection, kind=kind)
        self.others = [one for one in rows if row is None or one.pk != row.pk]
        super().__init__(*args, connection=connection, initial=_initial(row))
        used = {one.source for one in self.others}
        offered = labels.sources()
        if kind is Kind.AGENTS:
            used |= {catalogue.MANAGER}
        _offer(self.fields["source"], _without(offered, used))
        targets = self._targets()
        _offer(self.fields["target"], targets)
        if not targets:
            self.fields[
                "target"
            ].help_text = (
                "Every field is mapped already. Change or remove one of the mappings."
            )

    def _targets(self) -> list[labels.Group]:
        used = {one.target for one in self.others}
        own = list(catalogue.TARGETS[self.kind].items())
        custom = [(catalogue.CUSTOM + name, text) for name, text in self.custom.items()]
        return _without([("Fields", own), ("Custom fields", custom)], used)

    def clean(self) -> dict[str, Any]:
        """Hold the rules that hold for a file too."""
        cleaned = super().clean() or {}
        typed = cleaned.get("extension", "")
        place = "extension" if typed else "source"
        source = typed or cleaned.get("source", "")
        target = cleaned.get("target", "")
        cleaned["source"] = source
        if not source:
            self.add_error("source", "Choose an Azure field.")
        else:
            self.refuse(place, lambda: checks.source(source) or self._source(source))
        if not target:
            self.add_error("target", "Choose a field of ours.")
        else:
            self.refuse("target", lambda: self._target(target))
        if source and target:
            self.refuse("target", lambda: checks.pair(source, target))
        return cleaned

    def _source(self, source: str) -> str:
        for other in self.others:
            if other.source == source:
                shown = labels.target(other.target, self.kind, self.custom)
                return (
                    f"{catalogue.label(source)} is mapped to {shown} already: each "
                    "field can only be used once."
                )
        return ""

    def _target(self, target: str) -> str:
        for other in self.others:
            if other.target == target:
                return (
                    f"{labels.target(target, self.kind, self.custom)} gets "
                    f"{catalogue.label(other.source)} already: each field can only be "
                    "used once."
                )
        return checks.target(target, self.kind, self.custom)

    def columns(self) -> dict[str, Any]:
        """Return the row as it is stored; only once the form is valid."""
        names = ("source", "target", "when_empty", "apply")
        return {name: self.cleaned_data[name] for name in names}


class RowsForm(Versioned):
    """When the rows of both lists apply; one pair of selects a row."""

    def __init__(
        self, *args: Any, connection: TenantConnection, rows: Iterable[FieldMapping]
    ) -> None:
        """Show each row's choices."""
        self.rows = list(rows)
        super().__init__(*args, connection=connection)
        for row in self.rows:
            named = catalogue.label(row.source)
            for name, words, told in (
                ("when_empty", labels.WHEN_EMPTY, f"When {named} is empty in Entra"),
                ("apply", labels.APPLY, f"Apply {named}"),
            ):
                self.fields[f"{name}-{row.pk}"] = forms.ChoiceField(
                    choices=list(words.items()),
                    initial=getattr(row, name),
                    widget=forms.Select(attrs={"aria-label": told}),
                )

    def columns(self, row: FieldMapping) -> dict[str, Any]:
        """Return what was chosen for a row."""
        return {
            name: self.cleaned_data[f"{name}-{row.pk}"]
            for name in ("when_empty", "apply")
        }


def custom_labels() -> dict[str, str]:
    """Return the labels of users' custom fields by their names."""
    return dict(CustomField.objects.values_list("name", "label"))


def _initial(row: FieldMapping | None) -> dict[str, Any]:
    if row is None:
        return {}
    listed = {name for _, some in labels.sources() for name, _ in some}
    is_listed = row.source in listed
    return {
        "source": row.source if is_listed else "",
        "extension": "" if is_listed else row.source,
        "target": row.target,
        "when_empty": row.when_empty,
        "apply": row.apply,
    }


def _offer(field: forms.Field, groups: Iterable[labels.Group]) -> None:
    widget = field.widget
    assert isinstance(widget, forms.Select)
    widget.choices = [("", "Choose…"), *groups]


def _without(
    groups: Sequence[labels.Group], used: Mapping[str, object] | set[str]
) -> list[labels.Group]:
    return [
        (label, left)
        for label, pairs in groups
        if (left := [pair for pair in pairs if pair[0] not in used])
    ]
