"""How the directory's lists are searched and filtered, on key columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import django_filters
from django.db.models import Model, Q

from common import keys
from directory.states import EntraState

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.db.models import QuerySet

M = TypeVar("M", bound=Model)
STATES = [(state.value, state.value.capitalize()) for state in EntraState]


def search(*columns: str) -> Callable[[QuerySet[M], str, str], QuerySet[M]]:
    """Return a filter method: every word is found in one of these key columns."""

    def find(rows: QuerySet[M], _name: str, text: str) -> QuerySet[M]:
        for word in keys.key(text).split():
            found = Q()
            for column in columns:
                found |= Q(**{f"{column}__contains": word})
            rows = rows.filter(found)
        return rows

    return find


def _search(*columns: str) -> django_filters.CharFilter:
    return django_filters.CharFilter(label="Search", method=search(*columns))


def _flag(
    column: str, label: str, choices: Mapping[str, str], either: str
) -> django_filters.ChoiceFilter:
    """Return a filter on a column of yes or no; `choices` name "true" and "false"."""

    def keep(rows: QuerySet[M], _name: str, text: str) -> QuerySet[M]:
        return rows.filter(**{column: text == "true"})

    return django_filters.ChoiceFilter(
        label=label, choices=list(choices.items()), empty_label=either, method=keep
    )


def _active() -> django_filters.ChoiceFilter:
    words = {"true": "Active", "false": "Inactive"}
    return _flag("is_active", "Active", words, "Active or not")


def _place(prefix: str) -> django_filters.CharFilter:
    return django_filters.CharFilter(
        label="Organisation or site",
        method=search(f"{prefix}name_key", f"{prefix}organisation__name_key"),
    )


class PersonFilters(django_filters.FilterSet):
    """What users and agents are both filtered by."""

    q = _search("name_key", "email_key", "login_key")
    active = _active()
    state = django_filters.ChoiceFilter(
        field_name="entra_state",
        label="In Entra",
        choices=STATES,
        empty_label="Any state in Entra",
    )
    pinned = _flag(
        "keep_active", "Kept active", {"true": "Kept active"}, "Kept active or not"
    )


class UserFilters(PersonFilters):
    """Users are also found by where they are."""

    place = _place("site__")


class NameFilters(django_filters.FilterSet):
    """Small lists are searched by name."""

    q = _search("name_key")


class ActiveFilters(NameFilters):
    """Some of them can be inactive."""

    active = _active()


class SiteFilters(ActiveFilters):
    """A site is found by its organisation too."""

    q = _search("name_key", "organisation__name_key")


class AssetFilters(django_filters.FilterSet):
    """Devices by name, serial number or user."""

    q = _search("serial_key", "user__name_key")


class LicenceFilters(django_filters.FilterSet):
    """Licences by product or organisation."""

    q = _search("software__name_key", "organisation__name_key")


class FieldFilters(django_filters.FilterSet):
    """Custom fields by name."""

    q = django_filters.CharFilter(label="Search", method=search("name"))
