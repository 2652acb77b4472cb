"""Picking a site by typing: "Organisation / Site", with suggestions as one types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.urls import reverse_lazy

from common import keys
from directory.filters import search
from directory.models import Site

if TYPE_CHECKING:
    from common.rights import Rights

SHOWN = 20
SEPARATOR = " / "


class SiteField(forms.CharField):
    """The site that is typed as "Organisation / Site"; `sites` are those allowed."""

    def __init__(self, **options: Any) -> None:
        """Suggest what matches; the page works without that too."""
        options.setdefault("label", "Site")
        options.setdefault("help_text", "As “Organisation / Site”; type to search.")
        super().__init__(**options)
        self.sites: QuerySet[Site] = Site.objects.none()
        self.widget.attrs |= {
            "list": "sites",
            "autocomplete": "off",
            "hx-get": reverse_lazy("directory:pick-sites"),
            "hx-trigger": "input changed delay:200ms",
            "hx-target": "#sites",
            "hx-swap": "innerHTML",
            "hx-include": "this",
        }

    def prepare_value(self, value: Any) -> str:
        """Show a stored site by its names."""
        return str(value) if value else ""

    def clean(self, value: Any) -> Any:
        """Return the site; raises ValidationError unless exactly one is meant."""
        text = super().clean(value)
        if not text:
            return None
        found = list(by_name(self.sites, text)[:2])
        if len(found) != 1:
            raise ValidationError(
                f"There is no active site “{text}”. Write it as “Organisation / Site”."
                if not found
                else f"“{text}” may be read in more than one way. Rename one of the "
                "sites first."
            )
        return found[0]


def by_name(sites: QuerySet[Site], text: str) -> QuerySet[Site]:
    """Return the sites that `text` names as "Organisation / Site"."""
    parts = text.split("/")
    splits = [
        ("/".join(parts[:at]), "/".join(parts[at:])) for at in range(1, len(parts))
    ]
    found = Site.objects.none()
    for organisation, name in splits:
        found = found | sites.filter(
            organisation__name_key=keys.key(organisation), name_key=keys.key(name)
        )
    return found


def suggested(sites: QuerySet[Site], text: str) -> QuerySet[Site]:
    """Return the first few sites that hold every word typed."""
    words = text.replace("/", " ")
    rows = search("name_key", "organisation__name_key")(sites, "", words)
    return rows.order_by("organisation__name_key", "name_key")[:SHOWN]


def pickable(rights: Rights) -> QuerySet[Site]:
    """Return the active sites that the agent may put people into."""
    sites = Site.objects.filter(is_active=True, organisation__is_active=True)
    if rights.organisations is not None:
        sites = sites.filter(organisation__in=rights.organisations)
    return sites.select_related("organisation")
