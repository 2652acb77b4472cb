"""The forms of linking by hand; they clean and choose, and save nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from common.errors import NotFound
from imports import explaining
from imports.explain_forms import WhoForm
from imports.words import Verdict

if TYPE_CHECKING:
    from imports.models import MirrorUser


class LinkForm(WhoForm):
    """Whose record it is."""

    revision = forms.IntegerField(widget=forms.HiddenInput)

    person: MirrorUser

    def clean(self) -> dict[str, Any]:
        """Find the person; only agents who see everybody come here."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("connection") and cleaned.get("who"):
            try:
                self.person = explaining.find(cleaned["connection"], cleaned["who"])
            except NotFound as exc:
                self.add_error("who", str(exc))
        return cleaned


class UnlinkForm(forms.Form):
    """What later runs do with the person whose record it was."""

    then = forms.ChoiceField(
        label="The person in Entra afterwards",
        choices=[
            (
                Verdict.LEAVE_OUT.value,
                "Stays out: no run brings them in, until that is taken back",
            ),
            (Verdict.CREATE.value, "Gets a record of their own with the next import"),
            (
                "",
                "As the mappings say: a matching field may link this record again",
            ),
        ],
        initial=Verdict.LEAVE_OUT.value,
        required=False,
        widget=forms.RadioSelect,
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def verdict(self) -> Verdict | None:
        """Return the decision; None: none."""
        chosen = self.cleaned_data["then"]
        return Verdict(chosen) if chosen else None
