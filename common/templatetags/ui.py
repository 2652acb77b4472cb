"""What pages are made of: icons, fields with errors, words with colours, times."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template
from django.forms import CheckboxInput
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from lucide.templatetags.lucide import lucide

if TYPE_CHECKING:
    import datetime

    from django.forms import BaseForm, BoundField
    from django.utils.safestring import SafeString

register = template.Library()

TONES = {
    "ok": "succeeded active present applied create reactivate link granted authorised "
    "done won matched yes",
    "info": "running planned update move queued preview import delta undo flag pending",
    "warn": "waiting_for_approval partly_failed review stale held paused disabled "
    "unmatched expired skip unknown busy deactivate",
    "bad": "failed crashed rejected deleted inactive refused missing no",
}
"""The colour of each state's word, once for all pages."""
TONE = {word: tone for tone, words in TONES.items() for word in words.split()}


@register.simple_tag
def icon(name: str, size: int = 16) -> str:
    """Return an icon of lucide; it says nothing to a screen reader."""
    return lucide(name, size=size, aria_hidden="true")


@register.simple_tag
def badge(word: str, label: str = "", tone: str = "") -> SafeString:
    """Return a state's word in its colour; `label` in place of the word itself."""
    text = label or str(word).replace("_", " ").capitalize()
    return format_html(
        '<span class="badge {}">{}</span>', tone or TONE.get(str(word), ""), text
    )


@register.simple_tag
def when(moment: datetime.datetime | None, never: str = "never") -> SafeString | str:
    """Return a moment in the reader's zone, exact on hovering."""
    if moment is None:
        return never
    local = timezone.localtime(moment)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        moment.isoformat(),
        date_format(local, "j F Y, H:i:s T"),
        date_format(local, "j M Y, H:i"),
    )


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, wide: str = "") -> dict[str, Any]:
    """Show a field: label, control, help, errors; the first error has the focus."""
    widget = bound.field.widget
    if bound.errors and _first_wrong(bound.form) == bound.name:
        widget.attrs["autofocus"] = True
    return {
        "field": bound,
        "is_check": isinstance(widget, CheckboxInput),
        "is_group": widget.use_fieldset,
        "wide": wide,
    }


def _first_wrong(form: BaseForm) -> str:
    """Return the first field with an error that one can see, in the form's order."""
    wrong = (one.name for one in form.visible_fields() if one.errors)
    return next(wrong, "")
