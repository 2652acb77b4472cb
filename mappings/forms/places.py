"""Fields that choose one of our sites, organisations or roles, however many."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.db.models import Q

from common import keys
from directory.models import Organisation, Site
from directory.rights import visible

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from common.rights import Rights

AGENT_SITE = "*Agent*"
SHOWN = 200
"""How many sites or organisations a select lists; a search narrows them."""


def sites(rights: Rights) -> QuerySet[Site]:
    """Return the sites that the agent may choose."""
    active = Site.objects.filter(is_active=True, organisation__is_active=True)
    return visible(active.select_related("organisation"), rights).order_by(
        "organisation__name_key", "name_key"
    )


def organisations(rights: Rights) -> QuerySet[Organisation]:
    """Return the organisations that the agent may choose."""
    return visible(Organisation.objects.filter(is_active=True), rights)


def narrowed(queryset: QuerySet[Any], text: str) -> QuerySet[Any]:
    """Return the sites or organisations whose name, or organisation's, has the text."""
    key = keys.key(text)
    if not key:
        return queryset
    found = Q(name_key__contains=key)
    if queryset.model is Site:
        for word in key.split(" / "):
            found |= Q(organisation__name_key__contains=word)
        if " / " in key:
            organisation, _, name = key.partition(" / ")
            found = Q(
                organisation__name_key__contains=organisation, name_key__contains=name
            )
    return queryset.filter(found)


def offer(
    field: forms.Field,
    queryset: QuerySet[Any],
    now: Site | Organisation | None,
    first: list[tuple[str, str]],
) -> bool:
    """List the first records in a select; return whether there are more of them."""
    rows = list(queryset[: SHOWN + 1])
    choices = [(str(row.pk), str(row)) for row in rows[:SHOWN]]
    if now is not None and now not in rows[:SHOWN]:
        inactive = "" if now.is_active else " (inactive)"
        choices.insert(0, (str(now.pk), f"{now}{inactive}"))
    cast("forms.Select", field.widget).choices = [*first, *choices]
    return len(rows) > SHOWN


def chosen(queryset: QuerySet[Any], value: Any) -> Any:
    """Return the record of a posted id; None if there is none, or not for you."""
    text = str(value or "")
    return queryset.filter(pk=int(text)).first() if text.isdecimal() else None
