"""The criteria builder: rows of field, operator and value (R099, AM-25)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms

from common.types import Json
from mappings import catalogue, checks, labels
from mappings.forms.versioned import Quiet, select
from mappings.words import Operator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import QueryDict

    from mappings.models import SiteMapping

PREFIX = "criteria"
MOST = 50
READY: dict[str, tuple[str, dict[str, str]]] = {
    "enabled": (
        "Enabled accounts",
        {"field": "accountEnabled", "operator": Operator.EQUALS, "value": "true"},
    ),
    "licence": (
        "Have a licence",
        {"field": "has_licence", "operator": Operator.EQUALS, "value": "true"},
    ),
    "members": (
        "Members, no guests",
        {"field": "userType", "operator": Operator.EQUALS, "value": "Member"},
    ),
    "mail": (
        "Have mail",
        {"field": "has_mail", "operator": Operator.EQUALS, "value": "true"},
    ),
}
"""Criteria that most tenants want, a click each (AM-46)."""


class CriterionForm(Quiet):
    """One comparison. Lists have a value a line."""

    field = select("Azure field")
    operator = forms.ChoiceField(
        choices=list(labels.OPERATORS.items()), initial=Operator.EQUALS
    )
    value = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 1, "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the Azure fields, and name each control for screen readers."""
        super().__init__(*args, **kwargs)
        widget = self.fields["field"].widget
        assert isinstance(widget, forms.Select)
        offered = labels.criterion_fields()
        known = {name for _, some in offered for name, _ in some}
        now = self["field"].value()
        extra = [("Directory extension", [(now, now)])] if now not in known else []
        widget.choices = [("", "Choose…"), *offered, *(extra if now else [])]
        for name, told in (("field", "Field"), ("operator", "Is"), ("value", "Value")):
            label = f"{told} of criterion {self.number}"
            self.fields[name].widget.attrs["aria-label"] = label

    @property
    def row(self) -> str:
        """Return the last part of the prefix: the row among all that were posted."""
        return str(self.prefix).rpartition("-")[2]

    @property
    def number(self) -> str:
        """Return the place of the row, from 1."""
        return str(int(self.row) + 1) if self.row.isdecimal() else ""

    def clean(self) -> dict[str, Any]:
        """Hold the rules that hold for a file too."""
        cleaned = super().clean() or {}
        name, operator = cleaned.get("field", ""), cleaned.get("operator")
        if not name:
            self.add_error("field", "Choose an Azure field, or remove the row.")
        elif wrong := checks.criterion_field(name):
            self.add_error("field", wrong)
        if operator:
            self._clean_value(Operator(operator), cleaned)
        return cleaned

    def _clean_value(self, operator: Operator, cleaned: dict[str, Any]) -> None:
        typed = str(cleaned.get("value") or "").strip()
        cleaned["value"] = value = _value(typed, operator)
        if operator in checks.NO_VALUE and typed:
            told = f"“{labels.OPERATORS[operator]}” takes no value: leave it empty."
            self.add_error("value", told)
        elif operator in checks.LIST_VALUE and not value:
            self.add_error("value", "Type the values, one a line.")
        elif isinstance(value, list) and len(value) > checks.LONGEST_LIST:
            self.add_error("value", f"At most {checks.LONGEST_LIST} values.")
        elif operator not in (*checks.NO_VALUE, *checks.LIST_VALUE):
            self._clean_text(typed)

    def _clean_text(self, typed: str) -> None:
        if not typed:
            told = "Type a value. For “nothing” choose “is empty” or “is not empty”."
            self.add_error("value", told)
        elif "\n" in typed:
            told = "This takes one value. For several choose “is one of”."
            self.add_error("value", told)


def _value(typed: str, operator: Operator) -> Json:
    if operator in checks.NO_VALUE:
        return None
    if operator in checks.LIST_VALUE:
        return [line.strip() for line in typed.splitlines() if line.strip()]
    return typed


class CriteriaFormSet(forms.BaseFormSet[CriterionForm]):
    """All criteria of a mapping; removed rows are gone, the others keep their order."""

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        """Judge empty rows too: without such a row the mapping selects more people."""
        return {} if index is None else {"empty_permitted": False}

    def quiet(self) -> None:
        """Show what was typed without judging it yet."""
        for form in self.forms:
            form.quiet()

    def point_out(self) -> bool:
        """Put the focus on the first mistake; return whether there is one."""
        for form in self.kept():
            for name in form.errors:
                form.fields[name].widget.attrs["autofocus"] = True
                return True
        return bool(self.non_form_errors())

    def kept(self) -> list[CriterionForm]:
        """Return the rows that were not removed."""
        return [form for form in self.forms if not form["DELETE"].value()]

    def removed(self) -> list[CriterionForm]:
        """Return the rows that were removed, so that the page goes on knowing it."""
        return [form for form in self.forms if form["DELETE"].value()]

    def columns(self, before: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return the rows as they are stored; only once they are valid.

        A value that reads as it did before keeps its kind: true of a file stays true.
        """
        old = {_reads(one): one["value"] for one in before}
        rows = [
            {name: form.cleaned_data[name] for name in ("field", "operator", "value")}
            for form in self.kept()
        ]
        return [{**row, "value": old.get(_reads(row), row["value"])} for row in rows]


CriteriaForms = cast(
    "type[CriteriaFormSet]",
    forms.formset_factory(
        CriterionForm,
        formset=CriteriaFormSet,
        extra=0,
        can_delete=True,
        max_num=MOST,
        validate_max=True,
    ),
)


def stored(mapping: SiteMapping | None) -> list[dict[str, Any]]:
    """Return the criteria of a mapping as they are stored."""
    if mapping is None:
        return []
    return [
        {"field": one.field, "operator": one.operator, "value": one.value}
        for one in mapping.criteria.all()
    ]


def initial(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return stored criteria as the builder shows them."""
    return [{**row, "value": text(row["value"])} for row in rows]


def text(value: Json) -> str:
    """Return a value as it is typed: a list has a line for each."""
    if isinstance(value, list):
        return "\n".join(text(one) for one in value)
    return catalogue.as_text(value) if value is not None else ""


def _reads(row: dict[str, Any]) -> tuple[str, str, str]:
    return row["field"], row["operator"], text(row["value"])


def edited(posted: QueryDict) -> QueryDict:
    """Return what was posted with a row added or removed, as its buttons say."""
    data = posted.copy()
    total = f"{PREFIX}-TOTAL_FORMS"
    rows = str(data.get(total, ""))
    count = int(rows) if rows.isdecimal() else 0
    if removed := data.get("remove_criterion"):
        data[f"{PREFIX}-{removed}-DELETE"] = "on"
    ready = READY.get(str(data.get("add_ready", "")))
    if (ready or data.get("add_criterion")) and count < MOST:
        for name, value in ready[1].items() if ready else ():
            data[f"{PREFIX}-{count}-{name}"] = value
        data.setdefault(f"{PREFIX}-{count}-operator", Operator.EQUALS)
        data[total] = str(count + 1)
    return data
