"""The forms of the Imports tab; they clean and choose, and save nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError

from common import keys, spans
from imports import integrator_settings, matching_fields
from mappings import checks
from mappings.words import Kind

if TYPE_CHECKING:
    from datetime import timedelta

    from connections.models import TenantConnection
    from imports.models import SyncSchedule

KINDS = [
    ("users", "Users"),
    ("agents", "Agents"),
    ("licences", "Licences"),
    ("devices", "Devices"),
]
PLACES = ("First", "Second", "Third", "Fourth")


class MatchingForm(forms.Form):
    """The matching fields of one kind, each in its place of the order."""

    def __init__(
        self, connection: TenantConnection, kind: Kind, data: Any = None
    ) -> None:
        """Offer the mapped fields in as many places as there may be."""
        self.kind = kind
        super().__init__(data, prefix=kind.value)
        stored = matching_fields.stored(connection, kind)
        self._choices = matching_fields.choices(connection, kind)
        number = min(max(len(stored) + 1, len(PLACES)), max(len(self._choices), 1))
        for place in range(number):
            is_few = place < len(PLACES)
            self.fields[str(place)] = forms.ChoiceField(
                label=PLACES[place] if is_few else f"{place + 1}th",
                choices=[("", "Nothing"), *self._choices],
                required=False,
                initial=stored[place] if place < len(stored) else "",
            )

    def clean(self) -> dict[str, Any]:
        """Refuse a field that stands twice, or that is not mapped (R126)."""
        cleaned = super().clean() or self.cleaned_data
        mapped = [target for target, _ in self._choices]
        seen: set[str] = set()
        for place, target in list(cleaned.items()):
            if not target:
                continue
            wrong = checks.matching(target, self.kind, mapped)
            if target in seen:
                wrong = "This field stands here twice: once is enough."
            seen.add(target)
            if wrong:
                self.add_error(place, wrong)
        return cleaned

    def targets(self) -> list[str]:
        """Return what was chosen, in its order."""
        chosen = [self.cleaned_data[name] for name in self.fields]
        return [target for target in chosen if target]


class DurationField(forms.CharField):
    """A duration like 15m, 24h or 7d; empty: what the form says."""

    def to_python(self, value: Any) -> Any:
        """Return a timedelta, or None for an empty field."""
        text = super().to_python(value)
        if not text:
            return None
        span = spans.duration(text)
        if span is None:
            raise ValidationError(spans.WRITE_DURATION)
        return span


class IntegratorForm(forms.Form):
    """When the Integrator syncs a connection, and what (R134, R138, R139, R141)."""

    enabled = forms.BooleanField(
        label="Enable the Halo Integrator for this connection",
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "switch"}),
    )
    kinds = forms.MultipleChoiceField(
        label="Import",
        choices=KINDS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Licences come first, then users, agents and devices.",
    )
    full_every = DurationField(
        label="Full sync every",
        required=False,
        help_text="Like 24h or 7d. Empty: 24h, or 7d with delta queries.",
    )
    delta = forms.BooleanField(
        label="Use delta queries",
        required=False,
        help_text="Retrieves recently updated records only, which allows a much more "
        "frequent sync. The first run still reads everybody.",
    )
    delta_every = DurationField(
        label="Delta sync every", required=False, help_text="Like 15m. Empty: 15m."
    )
    log_full = forms.BooleanField(
        label="Log full syncs in Inbound Requests too",
        required=False,
        help_text="Delta syncs are always logged there. Of a full sync, those are "
        "whose records it changes, or about whom something is to be decided.",
    )
    quiet = forms.CharField(
        label="Quiet hours",
        required=False,
        help_text="Windows in which nothing starts, separated by commas, like "
        "22:00-06:00.",
    )
    time_zone = forms.CharField(
        label="Time zone of the quiet hours",
        required=False,
        max_length=keys.MAX_LENGTH,
        help_text="Like Europe/London. Empty: UTC.",
    )

    @staticmethod
    def initial_of(row: SyncSchedule) -> dict[str, Any]:
        """Return a schedule as the form shows it."""
        return {
            "enabled": row.enabled,
            "kinds": row.kinds,
            "full_every": "" if row._state.adding else spans.written(row.full_every),
            "delta": row.delta,
            "delta_every": "" if row._state.adding else spans.written(row.delta_every),
            "log_full": row.log_full,
            "quiet": ", ".join(row.quiet),
            "time_zone": row.time_zone,
        }

    def clean_quiet(self) -> tuple[str, ...]:
        """Return the windows."""
        text: str = self.cleaned_data["quiet"]
        windows = [one.strip() for one in text.split(",") if one.strip()]
        for one in windows:
            if not spans.is_window(one):
                raise ValidationError(f"“{one}” is no window. {spans.WRITE_WINDOW}")
        return tuple(windows)

    def clean_time_zone(self) -> str:
        """Return a zone that there is."""
        zone: str = self.cleaned_data["time_zone"] or "UTC"
        if not spans.is_time_zone(zone):
            raise ValidationError(spans.WRITE_ZONE)
        return zone

    def clean(self) -> dict[str, Any]:
        """Refuse an Integrator that has nothing to import."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("enabled") and not cleaned.get("kinds"):
            self.add_error(
                "kinds", "Choose at least one, or switch the Integrator off."
            )
        return cleaned

    def settings(self) -> integrator_settings.Settings:
        """Return what was set; intervals that were left empty by their defaults."""
        given = self.cleaned_data
        weekly = given["delta"] and integrator_settings.WEEK
        full: timedelta = given["full_every"] or weekly or integrator_settings.DAY
        return integrator_settings.Settings(
            enabled=given["enabled"],
            kinds=tuple(given["kinds"]),
            full_every=full,
            delta=given["delta"],
            delta_every=given["delta_every"] or integrator_settings.QUARTER,
            log_full=given["log_full"],
            quiet=given["quiet"],
            time_zone=given["time_zone"],
        )


class ReasonForm(forms.Form):
    """Why somebody does what others will ask about."""

    reason = forms.CharField(
        label="Reason",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Others see it when they ask why.",
    )


class ResetForm(forms.Form):
    """The two ways to reset deltas (R143-R145)."""

    mode = forms.ChoiceField(
        label="Reset Deltas",
        choices=[
            ("clear", "Clear the delta: the next sync processes the entire directory"),
            (
                "latest",
                "Get the latest delta: processing starts from now, and changes made "
                "before now are skipped until the next full sync",
            ),
        ],
        widget=forms.RadioSelect,
    )


class RejectForm(forms.Form):
    """How long a rejection holds."""

    how = forms.ChoiceField(
        label="Reject",
        choices=[
            ("once", "This time: the next run plans the same again"),
            (
                "keep",
                "Keep these people: what the plan would take stays with them until "
                "they, or the mappings, change",
            ),
        ],
        initial="once",
        widget=forms.RadioSelect,
    )
