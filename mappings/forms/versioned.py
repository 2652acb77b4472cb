"""Forms that know which version of the rules they were made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.forms.utils import ErrorDict

from mappings.saving import MOVED

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import QueryDict

    from connections.models import TenantConnection


class Quiet(forms.Form):
    """A form whose buttons may change it without saving."""

    def quiet(self) -> None:
        """Show what was typed without judging it yet."""
        self.cleaned_data = {}
        self._errors = ErrorDict()


class Versioned(Quiet):
    """A form about rules; it can be refused because they have moved."""

    rules_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, connection: TenantConnection, **kwargs: Any) -> None:
        """Carry the version that the connection has now."""
        self.connection = connection
        self.has_moved = False
        super().__init__(*args, **kwargs)
        self.initial.setdefault("rules_version", connection.rules_version)

    @property
    def seen(self) -> int | None:
        """Return the version that the page was made of."""
        return self.cleaned_data.get("rules_version")

    def refuse_moved(self) -> None:
        """Say that the rules have moved; the next save is of the version of now."""
        self.connection.refresh_from_db(fields=["rules_version"])
        data = cast("QueryDict", self.data).copy()
        data[self.add_prefix("rules_version")] = str(self.connection.rules_version)
        self.data, self.has_moved = data, True
        self.add_error(None, MOVED)

    def refuse(self, name: str, check: Callable[[], str]) -> None:
        """Put what a check finds wrong at a field."""
        if text := check():
            self.add_error(name, text)


def select(label: str, **attrs: str) -> forms.CharField:
    """Return a field chosen from a list that is narrower than what may be sent.

    What is sent is checked in words, as some lists leave out what is used already.
    """
    field = forms.CharField(label=label, required=False)
    field.widget = forms.Select(attrs=attrs)
    return field
